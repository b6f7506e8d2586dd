import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const ID = 'virtual:precache'
/** Served by themselves: the worker, and the pages about the API. */
const LEFT_OUT = /^(_headers|service-worker\.js|docs\/)/

/**
 * A plugin of Vite for the service worker, after the page was built: `virtual:precache` is everything that
 * the page is made of, so that a new version of any file is a new worker.
 */
export function precache() {
  let folder = ''
  return {
    name: 'precache',
    configResolved({ root, build }: { root: string; build: { outDir: string } }): void {
      folder = resolve(root, build.outDir)
    },
    resolveId: (id: string): string | null => (id === ID ? `\0${ID}` : null),
    load(id: string): string | null {
      if (id !== `\0${ID}`) return null
      const names = readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1))
        .filter((name) => !LEFT_OUT.test(name) && name !== 'index.html')
        .sort()
      const html = readFileSync(join(folder, 'index.html'), 'utf8')
      const mentioned = names.filter((name) => html.includes(`/${name}`))
      const files = names.map((name) => ({
        path: `/${name}`,
        integrity: `sha256-${digestOf(join(folder, name)).toString('base64')}`,
      }))
      const version = createHash('sha256').update(html).update(JSON.stringify(files)).digest('hex')
      return [
        `export const version = ${JSON.stringify(version.slice(0, 16))}`,
        `export const files = ${JSON.stringify(files)}`,
        `export const mentioned = ${JSON.stringify(mentioned.map((name) => `/${name}`))}`,
      ].join('\n')
    },
  }
}

function digestOf(path: string): Buffer {
  return createHash('sha256').update(readFileSync(path)).digest()
}
