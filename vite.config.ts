import { defineConfig } from 'vite'

export default defineConfig({
  root: 'web',
  // The page runs under a Content-Security-Policy without inline code: everything is a file.
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
})
