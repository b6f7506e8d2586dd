import { files, mentioned, version } from 'virtual:precache'
import { isPagePath } from '../paths.ts'

/**
 * The page's own files, kept in the browser: each worker has those of its version, complete, and answers from
 * them alone, so html and scripts always match. Nothing of what people say is ever in here.
 */

const PREFIX = 'parley-shell-'
const NAME = PREFIX + version
const PATHS = new Set(files.map(({ path }) => path))

/** Everything is named by its content in there, and never changes. */
const isHashed = (path: string): boolean => path.startsWith('/assets/')

/**
 * Keeps all files of this version. Rejects unless every one of them came and is what it should be: during
 * a deployment the server may still have those of another version.
 */
export async function keepShell(): Promise<void> {
  const cache = await caches.open(NAME)
  await Promise.all([keepHtml(cache), ...files.map((file) => keepFile(cache, file))])
}

/** Whether an older worker answers from files of its own, for which pages may still ask. */
export async function hasOlderShell(): Promise<boolean> {
  return (await olderShells()).length > 0
}

/** Deletes the files of all other versions. Returns whether there were any. */
export async function dropOlderShells(): Promise<boolean> {
  const names = await olderShells()
  await Promise.all(names.map((name) => caches.delete(name)))
  return names.length > 0
}

/** What of a request this worker answers from its files; null for what is not the page's. */
export function shellPath({ method, mode, url }: Request): string | null {
  const { origin, pathname } = new URL(url)
  if (method !== 'GET' || origin !== location.origin) return null
  if (PATHS.has(pathname)) return pathname
  return mode === 'navigate' && isPagePath(pathname) ? '/' : null
}

export async function answer(path: string, request: Request): Promise<Response> {
  // The browser may have thrown the files away.
  return (await (await caches.open(NAME)).match(path, { ignoreVary: true })) ?? fetch(request)
}

async function keepHtml(cache: Cache): Promise<void> {
  const response = await fetch('/', { cache: 'no-cache' })
  // Not by its digest: a proxy of the operator's may add something to every page.
  const html = await response.clone().text()
  if (!response.ok || !mentioned.every((path) => html.includes(path))) {
    throw new Error('index.html is of another version')
  }
  await cache.put('/', response)
}

async function keepFile(
  cache: Cache,
  { path, integrity }: { path: string; integrity: string },
): Promise<void> {
  if (isHashed(path)) {
    // From an older version, or from a try that was cut off.
    const held = await caches.match(path, { ignoreVary: true })
    if (held !== undefined) return await cache.put(path, held)
  }
  const response = await fetch(path, { integrity, cache: isHashed(path) ? 'default' : 'no-cache' })
  if (!response.ok) throw new Error(`${path}: ${response.status}`)
  await cache.put(path, response)
}

async function olderShells(): Promise<string[]> {
  return (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== NAME)
}
