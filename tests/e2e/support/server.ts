import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A development server as a developer starts it, with a folder and a port of its own. */
export interface Server {
  url: string
  /** What it has printed so far. */
  log(): string
  /** Ends it like Ctrl+C. The folder stays; start again with `persistTo`. */
  stop(): Promise<void>
  /** Ends it and all of its processes at once, as a power cut would. */
  kill(): Promise<void>
  persistTo: string
}

export interface ServerOptions {
  /** The folder of an earlier server; without one a new folder that `removeFolder` deletes. */
  persistTo?: string
  port?: number
  vars?: Record<string, string>
}

const READY_WITHIN_MS = 90_000
const root = new URL('../../../', import.meta.url).pathname

export async function startServer(options: ServerOptions = {}): Promise<Server> {
  const persistTo = options.persistTo ?? mkdtempSync(join(tmpdir(), 'parley-'))
  const port = options.port ?? (await freePort())
  const vars = { RATE_LIMITS: 'off', ...options.vars }
  const args = ['run', 'dev', '--', '--port', String(port), '--persist-to', persistTo]
  for (const [name, value] of Object.entries(vars)) args.push('--var', `${name}:${value}`)
  const child = spawn('npm', args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  let log = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (log += text))
  }
  const url = `http://localhost:${port}`
  await ready(url, child, () => log)
  return { url, persistTo, log: () => log, stop: () => stop(child), kill: () => kill(child) }
}

export function removeFolder(server: Server): void {
  rmSync(server.persistTo, { recursive: true, force: true })
}

async function ready(url: string, child: ChildProcess, log: () => string): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`the server ended:\n${log()}`)
    const health = await fetch(`${url}/healthz`).catch(() => null)
    if (health?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  await stop(child)
  throw new Error(`the server was not ready within ${READY_WITHIN_MS} ms:\n${log()}`)
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.pid === undefined) return
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  process.kill(-child.pid, 'SIGINT')
  await ended
}

/** Wrangler runs in a process group of its own, so its processes are found by their parents. */
async function kill(child: ChildProcess): Promise<void> {
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  for (const pid of [...descendants(child.pid ?? 0), child.pid ?? 0]) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It ended with its parent.
    }
  }
  await ended
}

function descendants(pid: number): number[] {
  const children = new Map<number, number[]>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
      children.set(parent, [...(children.get(parent) ?? []), Number(name)])
    } catch {
      // The process ended while it was looked at.
    }
  }
  const all: number[] = []
  const walk = (parent: number): void => {
    for (const kid of children.get(parent) ?? []) {
      all.push(kid)
      walk(kid)
    }
  }
  walk(pid)
  return all
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      const port = typeof address === 'object' && address ? address.port : 0
      probe.close(() => resolve(port))
    })
  })
}
