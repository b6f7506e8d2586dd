import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'

/** Made-up values: the real ones are secrets of a deployment. */
const TEST_BINDINGS = {
  ENVIRONMENT: 'development',
  RATE_LIMITS: 'off',
  BETTER_AUTH_SECRET: 'a secret for tests, and for nothing else',
  CHANNEL_KEY: 'a channel key for tests, and for nothing else',
  MAIL_API_KEY: '',
  VAPID_PRIVATE_KEY: 'a-VAPID-key-for-tests-and-for-nothing-else0',
}

const report = process.env['TEST_REPORT']

export default defineConfig({
  test: {
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
    projects: [
      {
        // Pure logic, with its dependencies passed in.
        test: { name: 'unit', include: ['tests/unit/**/*.test.ts'] },
      },
      {
        // Objects, D1 and sockets inside workerd.
        plugins: [
          cloudflareTest(async () => ({
            main: './workers/index.ts',
            wrangler: { configPath: './wrangler.toml' },
            miniflare: {
              bindings: {
                ...TEST_BINDINGS,
                ...(process.env['PROPERTY_RUNS'] && {
                  PROPERTY_RUNS: process.env['PROPERTY_RUNS'],
                }),
                TEST_MIGRATIONS: await readD1Migrations('./migrations/main'),
                TEST_ARCHIVE_MIGRATIONS: await readD1Migrations('./migrations/archive'),
              },
            },
          })),
        ],
        test: {
          name: 'workerd',
          include: ['tests/workerd/**/*.test.ts'],
          setupFiles: ['./tests/workerd/set-up.ts'],
          // Longer than the alarms and back-offs that are part of what is tested.
          expect: { poll: { timeout: 20_000 } },
          testTimeout: 30_000,
        },
      },
      {
        // The product as a whole: wrangler dev, real sockets, a real browser.
        test: {
          name: 'e2e',
          include: ['tests/e2e/**/*.test.ts'],
          globalSetup: './tests/e2e/global-set-up.ts',
          fileParallelism: false,
          // A browser on a busy machine: long enough that only what never comes is missed.
          expect: { poll: { timeout: 30_000 } },
          testTimeout: 90_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
