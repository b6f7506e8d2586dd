import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium, type Browser, type BrowserContext } from 'playwright-core'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome']

/** As root in a container, and without anything that reaches out to the world by itself. */
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** The browser that `CHROMIUM` names, or the first on the PATH; null if there is none. */
export function findChromium(): string | null {
  const named = process.env['CHROMIUM']
  if (named !== undefined && named !== '') return named
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  const paths = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)))
  return paths.find(isExecutable) ?? null
}

/** Starts a browser with a fresh profile, which goes with it. */
export function launchChromium(executablePath: string, args: string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath, args: [...ARGS, ...args] })
}

/**
 * The same with one profile for all of its windows, so that what connects to it at `port` of this machine opens windows
 * that are logged in as those are. The profile goes with it.
 */
export function launchProfile(executablePath: string, port: number): Promise<BrowserContext> {
  const args = [...ARGS, `--remote-debugging-port=${port}`]
  // Nothing of ours may decide how large the windows are that others open.
  return chromium.launchPersistentContext('', { executablePath, args, viewport: null })
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    // Not there, or not for us: the next one.
    return false
  }
}
