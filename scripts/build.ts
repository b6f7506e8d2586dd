import { createHash } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { capture, requireInstall, ROOT, stop } from './tools.ts'

/** Builds what is served as static files: the web client, its service worker, and the page at /docs. */

const DIST = join(ROOT, 'dist')
const OUT = join(DIST, 'web')
const SOURCES = [
  'web',
  'client',
  'protocol',
  'vite.config.ts',
  'vite.worker.config.ts',
  'scripts/early.ts',
  'scripts/emoji-data.ts',
  'scripts/precache.ts',
  'scripts/slim-imports.ts',
  'scripts/slim-zod.ts',
  'package-lock.json',
]
const SWAGGER_FILES = ['swagger-ui.css', 'swagger-ui-bundle.js']

/** What the files in OUT were built from. */
const STAMP = join(DIST, 'web.stamp')

/** Holds the process id of whoever builds. */
const LOCK = join(DIST, 'web.lock')

/**
 * Builds unless nothing has changed since: a running `wrangler dev` starts anew, and drops its
 * sockets, whenever the files are written. Two at the same moment take turns.
 */
export async function build(): Promise<void> {
  const failure = await tryBuild()
  if (failure !== null) stop(`The web client does not build:\n${failure}`)
}

async function tryBuild(): Promise<string | null> {
  mkdirSync(DIST, { recursive: true })
  await takeLock()
  try {
    const stamp = digest()
    const built = existsSync(join(OUT, 'index.html')) && existsSync(STAMP)
    if (built && readFileSync(STAMP, 'utf8') === stamp) return null
    rmSync(STAMP, { force: true })
    for (const config of ['vite.config.ts', 'vite.worker.config.ts']) {
      const vite = await capture('vite', ['build', '--logLevel', 'warn', '--config', config])
      if (!vite.ok) return vite.output
    }
    copySwagger()
    writeFileSync(STAMP, stamp)
    return null
  } finally {
    rmSync(LOCK, { force: true })
  }
}

/** The page at /docs comes from web/public/docs, and Vite has just copied it. */
function copySwagger(): void {
  const docs = join(OUT, 'docs')
  mkdirSync(docs, { recursive: true })
  for (const file of SWAGGER_FILES) {
    copyFileSync(join(ROOT, 'node_modules', 'swagger-ui-dist', file), join(docs, file))
  }
}

async function takeLock(): Promise<void> {
  for (;;) {
    try {
      writeFileSync(LOCK, String(process.pid), { flag: 'wx' })
      return
    } catch {
      // Somebody else builds, or died while building.
      if (isAlive(readLock())) await setTimeout(100)
      else rmSync(LOCK, { force: true })
    }
  }
}

function readLock(): number {
  try {
    return Number(readFileSync(LOCK, 'utf8'))
  } catch {
    // Just released.
    return 0
  }
}

function isAlive(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0)
  } catch {
    // There is no such process.
    return false
  }
}

function digest(): string {
  const hash = createHash('sha256')
  const add = (path: string): void => {
    if (statSync(path).isDirectory()) {
      for (const name of readdirSync(path).sort()) add(join(path, name))
    } else hash.update(path).update(readFileSync(path))
  }
  for (const source of SOURCES) add(join(ROOT, source))
  return hash.digest('hex')
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  requireInstall()
  await build()
}
