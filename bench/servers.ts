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
  /** Milliseconds of processor time that workerd has used. */
  cpu(): number
  /** Ends it and leaves its state where it is. */
  kill(): Promise<void>
  /** Ends it, and its state goes. */
  stop(): Promise<void>
}

export type Disk = 'disk' | 'tmpfs'

/** The product, with `users` accounts that can log in. */
export async function startParley(disk: Disk, users: number, port: number): Promise<BenchServer> {
  const persistTo = folder(disk)
  await migrate(persistTo)
  const people = await seedAccounts(persistTo, users)
  return await serve(persistTo, port, people)
}

/**
 * The product on a state that was filled while it was down: `make` prepares through the API what `fill`
 * then writes into the files below `persistTo`.
 */
export async function startFilled<Made>(
  disk: Disk,
  users: number,
  port: number,
  make: (server: BenchServer) => Promise<Made>,
  fill: (persistTo: string, made: Made) => void,
): Promise<{ server: BenchServer; made: Made }> {
  const persistTo = folder(disk)
  await migrate(persistTo)
  const people = await seedAccounts(persistTo, users)
  const empty = await serve(persistTo, port, people)
  const made = await make(empty)
  await empty.kill()
  fill(persistTo, made)
  return { server: await serve(persistTo, port, people), made }
}

/** For the operator's calls of a server under test. */
export const OPERATOR_KEY = 'the operator key of a bench, for nothing else'

async function serve(persistTo: string, port: number, people: Seeded[]): Promise<BenchServer> {
  const place = ['--port', String(port), '--persist-to', persistTo]
  const vars = ['--var', 'RATE_LIMITS:off', '--var', `OPERATOR_KEY:${OPERATOR_KEY}`]
  const child = start('scripts/serve.ts', [...place, ...vars])
  await ready(child)
  return server(child, port, people, persistTo)
}

/** The product with counters where Cloudflare bills (`counting/`), and `users` accounts. */
export async function startCounting(users: number, port: number): Promise<BenchServer> {
  const persistTo = folder('tmpfs')
  await migrate(persistTo)
  const people = await seedAccounts(persistTo, users)
  const child = start('bench/serve-counting.ts', [String(port), persistTo])
  await ready(child)
  return server(child, port, people, persistTo)
}

/** The product, also pushing when it is told to (`pushing/`), and `users` accounts. */
export async function startPushing(users: number, port: number): Promise<BenchServer> {
  const persistTo = folder('tmpfs')
  await migrate(persistTo)
  const people = await seedAccounts(persistTo, users)
  const child = start('bench/serve-pushing.ts', [String(port), persistTo])
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

/** Process groups that run, and go when this process does. */
const running = new Set<number>()
process.once('exit', () => running.forEach(killGroup))
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => process.exit(1))
}

function start(script: string, args: string[]): ChildProcess {
  const child = spawn(process.execPath, [join(ROOT, script), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  if (child.pid !== undefined) running.add(child.pid)
  return child
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
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
  const kill = async (): Promise<void> => {
    const ended = new Promise((resolve) => child.once('close', resolve))
    const { pid } = child
    if (pid !== undefined) killGroup(pid)
    await ended
    if (pid !== undefined) running.delete(pid)
  }
  return {
    url: `ws://127.0.0.1:${port}`,
    people,
    memory: () => sum(workerds(child.pid ?? 0), memoryOf),
    cpu: () => sum(workerds(child.pid ?? 0), cpuOf),
    kill,
    stop: async () => {
      await kill()
      rmSync(persistTo, { recursive: true, force: true })
    },
  }
}

const CLOCK_TICKS_PER_SECOND = 100

/** The workerd processes of a process group: field 5 of /proc/PID/stat (proc(5)). */
function workerds(group: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      const fields = statOf(pid)
      return fields !== null && fields.name === 'workerd' && fields.values[2] === String(group)
    })
}

function memoryOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024
}

function cpuOf(pid: number): number {
  const values = statOf(pid)?.values ?? []
  return ((Number(values[11]) + Number(values[12])) * 1000) / CLOCK_TICKS_PER_SECOND
}

function statOf(pid: number): { name: string; values: string[] } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const end = stat.lastIndexOf(')')
    return { name: stat.slice(stat.indexOf('(') + 1, end), values: stat.slice(end + 2).split(' ') }
  } catch {
    // The process ended while it was looked at.
    return null
  }
}

function sum(pids: number[], of: (pid: number) => number): number {
  return pids.reduce((total, pid) => total + of(pid), 0)
}
