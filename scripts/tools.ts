import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Running the project's own tools, with the Node that runs this script, from any folder. */

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))

const BIN = join(ROOT, 'node_modules', '.bin')

/** Tools find the same Node, and send nothing home. */
const env = {
  ...process.env,
  PATH: [dirname(process.execPath), BIN, process.env['PATH'] ?? ''].join(delimiter),
  WRANGLER_SEND_METRICS: 'false',
}

/** Runs a tool to its end and shows what it says. */
export function run(tool: string, args: string[]): boolean {
  return spawnSync(join(BIN, tool), args, { cwd: ROOT, env, stdio: 'inherit' }).status === 0
}

interface Captured {
  ok: boolean
  output: string
}

/** Runs a tool to its end without asking anybody anything, and keeps what it says. */
export function capture(tool: string, args: string[]): Promise<Captured> {
  return new Promise((resolve) => {
    const child = spawn(join(BIN, tool), args, {
      cwd: ROOT,
      env: { ...env, CI: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    child.stdout.on('data', (data) => (output += String(data)))
    child.stderr.on('data', (data) => (output += String(data)))
    child.on('error', (error) => resolve({ ok: false, output: `${output}${error.message}` }))
    child.on('close', (status) => resolve({ ok: status === 0, output }))
  })
}

/** Starts a tool in a process group of its own, so that all of it can be ended. */
export function start(tool: string, args: string[]) {
  return spawn(join(BIN, tool), args, {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true,
  })
}

/** Ends the script with a message for whoever started it. */
export function stop(message: string): never {
  console.error(`\n${message}`)
  process.exit(1)
}

export function requireInstall(): void {
  if (!existsSync(join(BIN, 'wrangler'))) stop('node_modules is missing: run `npm ci` first.')
}
