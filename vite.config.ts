import { defineConfig } from 'vite'
import { early } from './scripts/early.ts'
import { emojiData } from './scripts/emoji-data.ts'
import { slimImports } from './scripts/slim-imports.ts'
import { slimZod } from './scripts/slim-zod.ts'

export default defineConfig({
  root: 'web',
  // The page runs under a Content-Security-Policy without inline code: everything is a file.
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2023',
    // With `light-dark()`, by which each colour has both themes in one place.
    cssTarget: ['chrome123', 'firefox125', 'safari17.5'],
    assetsInlineLimit: 0,
    // What comes later comes in one piece or two: their preloading would be more code than it saves.
    modulePreload: false,
    rolldownOptions: {
      output: {
        // What the first chat needs is one file: small ones compress badly, and each waits for the one before.
        codeSplitting: {
          groups: [
            {
              name: 'page',
              test: /\/(node_modules|client\/(?!passkeys|clear-rows|shared-link|export)|protocol\/(?!graphemes)|web\/(jitless|state\/(?!pushes|service-worker|updates|passkey|clear-kept|find-person|members|save-as|theme|used-emoji)|markup|language\/(l|counting)|text\.ts|router|paths|screens\/conversation\/(?!past-|use-past|reaction-picker|delete-dialog|edit-composer|message-menu|jump-to|emoji-(?!button)|suggestions|completions)|ui\/(?!people-picker|password-field|field|dialog|confirm-dialog)))/,
            },
          ],
        },
      },
    },
  },
  plugins: [slimZod(), slimImports(), emojiData(), early()],
  // The same build whoever calls for it: under a test's NODE_ENV it would be that for development.
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact', development: false } },
})
