import { constants } from 'node:os'
import { join } from 'node:path'
import { build } from './build.ts'
import { readDevArguments } from './dev-arguments.ts'
import { makeDevVars, migrate } from './state.ts'
import { requireInstall, ROOT, start, stop } from './tools.ts'

/** `npm run dev`: everything that a fresh clone needs, then `wrangler dev`. Needs no internet. */

/** How long Wrangler gets to shut workerd down before all that is left is killed. */
const SHUTDOWN_MS = 5000
const PARENT_CHECK_MS = 250

const parent = process.ppid
requireInstall()
const { persistTo, wrangler } = readDevArguments(
  process.argv.slice(2),
  process.env['INIT_CWD'] ?? process.cwd(),
  join(ROOT, '.wrangler', 'state'),
)
makeDevVars()
await Promise.all([build(), migrate(persistTo)])
serve()

function serve(): void {
  const child = start('wrangler', ['dev', ...wrangler])
  let stopping = false
  const end = (signal: NodeJS.Signals) => {
    if (stopping) return killGroup(child.pid)
    stopping = true
    child.kill(signal)
    setTimeout(() => killGroup(child.pid), SHUTDOWN_MS).unref()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end)
  // npm passes a signal on to the shell it started, which dies of it and tells nobody.
  if (process.env['npm_lifecycle_event'] !== undefined) {
    setInterval(() => {
      if (process.ppid !== parent && !stopping) end('SIGTERM')
    }, PARENT_CHECK_MS).unref()
  }
  child.on('error', (error) => stop(`Wrangler did not start: ${error.message}`))
  child.on('exit', (code, signal) => {
    killGroup(child.pid)
    process.exit(stopping ? 0 : (code ?? 128 + (signal ? constants.signals[signal] : 0)))
  })
}

/** Ends whatever is still there of Wrangler, workerd and esbuild. */
function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // Nothing is left of the group, as it should be.
  }
}
