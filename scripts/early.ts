import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { minifySync } from 'vite'

/** Of Vite what is needed of its kinds. */
interface Chunk {
  type: string
  fileName: string
  name?: string
  isEntry?: boolean
  imports?: string[]
  facadeModuleId?: string | null
}
interface Tag {
  tag: string
  attrs: Record<string, string | boolean>
  injectTo: 'head'
}

const WORDS = /\/web\/text\.(\w+)\.ts$/

/**
 * A plugin of Vite. Has index.html name what would be asked for only once the first script has come: the scripts
 * that it imports, and, for web/public/appearance.js, the words of each language. That script is made small too,
 * which Vite does not do by itself with what it only copies.
 */
export function early() {
  return {
    name: 'early',
    enforce: 'pre' as const,
    transformIndexHtml: {
      order: 'post' as const,
      handler(html: string, { bundle = {} }: { bundle?: Record<string, Chunk> }) {
        const chunks = Object.values(bundle).filter(({ type }) => type === 'chunk')
        const imports = chunks.find(({ isEntry }) => isEntry)?.imports ?? []
        const words = chunks.flatMap(({ facadeModuleId, fileName }) => {
          const tag = WORDS.exec(facadeModuleId ?? '')?.[1]
          return tag === undefined ? [] : [[tag, `/${fileName}`]]
        })
        const place = '<script src="/appearance.js"'
        if (!html.includes(place)) throw new Error(`index.html is without ${place}`)
        const named = JSON.stringify(Object.fromEntries(words)).replaceAll('"', '&quot;')
        const tags = imports.map((file): Tag => {
          const attrs = { rel: 'modulepreload', crossorigin: true, href: `/${file}` }
          return { tag: 'link', attrs, injectTo: 'head' }
        })
        return { html: html.replace(place, `${place} data-words="${named}"`), tags }
      },
    },
    writeBundle({ dir = '' }: { dir?: string }): void {
      const path = join(dir, 'appearance.js')
      writeFileSync(path, minifySync(path, readFileSync(path, 'utf8')).code)
    },
  }
}
