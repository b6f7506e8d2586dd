import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import * as z from 'zod'
import { completeDevVars } from './dev-vars.ts'
import { ROOT, stop } from './tools.ts'

/** What a development server needs before it starts: secrets, and migrated databases. */

/** Makes `.dev.vars` if it is missing, or adds what an older one lacks. */
export function makeDevVars(): void {
  const file = join(ROOT, '.dev.vars')
  const text = completeDevVars(existsSync(file) ? readFileSync(file, 'utf8') : null)
  if (text === null) return
  writeFileSync(file, text, { mode: 0o600 })
  chmodSync(file, 0o600)
  console.error('Wrote .dev.vars with secrets for this machine')
}

/** Each database with the folder of its migrations; wrangler.toml says the same to Wrangler. */
const DATABASES = { DB: 'main', ARCHIVE_0: 'archive', ARCHIVE_1: 'archive' } as const

/**
 * Applies the migrations of every database to the local state in `persistTo`, and keeps the same record
 * of it as Wrangler. Wrangler itself needs seconds for each database, here one workerd does them all; and
 * a note beside the state says when there is nothing to do.
 */
export async function migrate(persistTo: string): Promise<void> {
  const wanted = Object.entries(DATABASES)
    .flatMap(([database, folder]) => migrationsIn(folder).map((name) => `${database} ${name}`))
    .join('\n')
  const note = join(persistTo, 'applied-migrations')
  const applied = existsSync(note) && existsSync(join(persistTo, 'v3', 'd1'))
  if (applied && readFileSync(note, 'utf8') === wanted) return
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      resourcePersistencePath: join(persistTo, 'v3'),
      workers: [
        {
          name: 'migrate',
          modules: true,
          script: 'export default {}',
          d1Databases: Object.fromEntries(Object.keys(DATABASES).map((name) => [name, name])),
        },
      ],
    }),
  )
  try {
    for (const [database, folder] of Object.entries(DATABASES)) {
      await applyMigrations(await miniflare.getD1Database(database), folder)
    }
  } catch (error) {
    stop(`The migrations do not apply to the state in ${persistTo}:\n${String(error)}`)
  } finally {
    await miniflare.dispose()
  }
  mkdirSync(persistTo, { recursive: true })
  writeFileSync(note, wanted)
}

const appliedSchema = z.array(z.object({ name: z.string() }))

type Database = Awaited<ReturnType<Miniflare['getD1Database']>>

async function applyMigrations(db: Database, folder: string): Promise<void> {
  await db
    .prepare(
      `CREATE TABLE IF NOT EXISTS d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT,
         name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)`,
    )
    .run()
  const { results } = await db.prepare('SELECT name FROM d1_migrations').all()
  const applied = new Set(appliedSchema.parse(results).map(({ name }) => name))
  for (const name of migrationsIn(folder).filter((one) => !applied.has(one))) {
    const statements = readFileSync(join(ROOT, 'migrations', folder, name), 'utf8')
      .split('--> statement-breakpoint')
      .map((statement) => db.prepare(statement))
    await db.batch([
      ...statements,
      db.prepare('INSERT INTO d1_migrations (name) VALUES (?)').bind(name),
    ])
  }
}

function migrationsIn(folder: string): string[] {
  return readdirSync(join(ROOT, 'migrations', folder))
    .filter((name) => name.endsWith('.sql'))
    .sort()
}
