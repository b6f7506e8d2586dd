import { defineConfig } from 'vite'

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
    modulePreload: { polyfill: false },
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
})
