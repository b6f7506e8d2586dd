import { defineConfig } from 'vite'
import { precache } from './scripts/precache.ts'
import { slimZod } from './scripts/slim-zod.ts'

/** The service worker: one file beside the page's, at an address that never changes; built after the page. */
export default defineConfig({
  root: 'web',
  publicDir: false,
  build: {
    outDir: '../dist/web',
    emptyOutDir: false,
    target: 'es2023',
    rolldownOptions: {
      input: 'web/service-worker/service-worker.ts',
      output: { format: 'iife', entryFileNames: 'service-worker.js' },
    },
  },
  // A start of the page waits for the worker: the less is in it, the better.
  plugins: [precache(), slimZod()],
})
