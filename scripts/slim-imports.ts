/**
 * Parts of the page that come later are imported as they are: Vite's own helper would load style sheets and
 * other scripts with them, of which there are none, since all styles come first (web/main.tsx) and nothing is
 * preloaded (vite.config.ts). A part that brings styles of its own fails the build.
 */
const HELPER = '\0vite/preload-helper.js'

interface Output {
  type: string
  fileName: string
  isEntry?: boolean
  viteMetadata?: { importedCss: Set<string> }
}

/** A plugin of Vite. */
export function slimImports() {
  return {
    name: 'slim-imports',
    enforce: 'pre' as const,
    load(id: string): string | null {
      return id === HELPER ? 'export const __vitePreload = (load) => load()' : null
    },
    generateBundle(_: unknown, bundle: Record<string, Output>): void {
      for (const { fileName, isEntry, viteMetadata } of Object.values(bundle)) {
        if (isEntry !== true && (viteMetadata?.importedCss.size ?? 0) > 0) {
          throw new Error(`${fileName} has styles of its own, which nothing would load`)
        }
      }
    },
  }
}
