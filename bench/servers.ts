import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { seedAccounts, type Seeded } from '../scripts/seed-accounts.ts'
import { migrate } from '../scripts/state.ts'
import { ROOT } from '../scripts/tools.ts'

/** A server under test, in processes of its own. */
export interface BenchServer {
  url: string
  people: Seeded[]
  /** Bytes of memory that workerd holds. */
  memory(): number
  stop(): Promise<void>
}

export type Disk = 'disk' | 'tmpfs'

/** The product, with `users` accounts that can log in. */
export async function startParley(disk: Disk, users: number, port: number): Promise<BenchServer> {
  const persistTo = folder(disk)
  await migrate(persistTo)
  const people = await seedAccounts(persistTo, users)
  const child = start('scripts/serve.ts', [
    ...['--port', String(port), '--persist-to', persistTo, '--var', 'RATE_LIMITS:off'],
  ])
  await ready(child)
  return server(child, port, people, persistTo)
}

/** The floor: what workerd does with nothing of ours in it. */
export async function startFloor(disk: Disk, port: number): Promise<BenchServer> {
  const persistTo = folder(disk)
  const child = start('bench/floor.ts', [String(port), persistTo])
  await ready(child)
  return server(child, port, [], persistTo)
}

function folder(disk: Disk): string {
  return mkdtempSync(join(disk === 'tmpfs' ? '/dev/shm' : tmpdir(), 'parley-bench-'))
}

function start(script: string, args: string[]): ChildProcess {
  return spawn(process.execPath, [join(ROOT, script), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
}

function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = ''
    child.stderr?.on('data', (data) => (output += String(data)))
    child.stdout?.on('data', (data) => {
      if (String(data).includes('Ready')) resolve()
    })
    child.once('exit', () => reject(new Error(output)))
  })
}

function server(
  child: ChildProcess,
  port: number,
  people: Seeded[],
  persistTo: string,
): BenchServer {
  return {
    url: `ws://127.0.0.1:${port}`,
    people,
    memory: () => memoryOfGroup(child.pid ?? 0),
    stop: async () => {
      const ended = new Promise((resolve) => child.once('close', resolve))
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
      await ended
      rmSync(persistTo, { recursive: true, force: true })
    },
  }
}

/** Resident memory of the workerd processes that the child started. */
function memoryOfGroup(group: number): number {
  let bytes = 0
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
      const [, , processGroup] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      if (Number(processGroup) !== group || !stat.includes('(workerd)')) continue
      const rss = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${name}/status`, 'utf8'))?.[1]
      bytes += Number(rss ?? 0) * 1024
    } catch {
      // The process ended while it was looked at.
    }
  }
  return bytes
}
