import { defineConfig } from 'drizzle-kit'

/** Every shard of the archive has the same tables. */
export default defineConfig({
  dialect: 'sqlite',
  schema: './workers/db/archive-schema.ts',
  out: './migrations/archive',
})
