import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { completeDevVars } from './dev-vars.ts'
import { capture, ROOT, stop } from './tools.ts'

/** What a development server needs before it starts: secrets, and a migrated database. */

/** Makes `.dev.vars` if it is missing, or adds what an older one lacks. */
export function makeDevVars(): void {
  const file = join(ROOT, '.dev.vars')
  const text = completeDevVars(existsSync(file) ? readFileSync(file, 'utf8') : null)
  if (text === null) return
  writeFileSync(file, text, { mode: 0o600 })
  chmodSync(file, 0o600)
  console.error('Wrote .dev.vars with secrets for this machine')
}

/**
 * Applies the migrations to the local state in `persistTo`. Wrangler needs seconds even to find that
 * there is nothing to do, so a note beside the state says so.
 */
export async function migrate(persistTo: string): Promise<void> {
  const names = readdirSync(join(ROOT, 'migrations', 'main')).filter((name) =>
    name.endsWith('.sql'),
  )
  const wanted = names.sort().join('\n')
  const note = join(persistTo, 'applied-migrations')
  const applied = existsSync(note) && existsSync(join(persistTo, 'v3', 'd1'))
  if (applied && readFileSync(note, 'utf8') === wanted) return
  const args = ['d1', 'migrations', 'apply', 'DB', '--local', '--persist-to', persistTo]
  const { ok, output } = await capture('wrangler', args)
  if (!ok) stop(`The migrations do not apply to the state in ${persistTo}:\n${output}`)
  mkdirSync(persistTo, { recursive: true })
  writeFileSync(note, wanted)
}
