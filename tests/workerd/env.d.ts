import type { D1Migration } from '@cloudflare/vitest-plugin'

declare global {
  namespace Cloudflare {
    interface Env {
      TEST_MIGRATIONS: D1Migration[]
      /** How many random histories are tried. */
      PROPERTY_RUNS?: string
      TEST_ARCHIVE_MIGRATIONS: D1Migration[]
    }
  }
}
