import * as z from 'zod'

// The page's Content-Security-Policy forbids `eval`, which zod would try for speed. Schemas decide
// when they are made, so this module has to be imported before any other that makes one.
z.config({ jitless: true })
