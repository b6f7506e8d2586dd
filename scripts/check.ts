import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { checkFlags } from './check-flags.ts'
import { capture, requireInstall, ROOT } from './tools.ts'

/** `npm run check`: everything that can be told without running the product. Names what is wrong. */

requireInstall()

interface Check {
  name: string
  run(): Promise<string | null>
}

/** A check that is a tool and its arguments; its output is the complaint. */
function tool(name: string, command: string, ...args: string[]): Check {
  return {
    name,
    async run() {
      const { ok, output } = await capture(command, args)
      return ok ? null : output
    },
  }
}

const CHECKS: Check[] = [
  tool('types of the server', 'tsc', '-p', 'tsconfig.json'),
  tool('types of the page and the SDK', 'tsc', '-p', 'tsconfig.web.json'),
  tool('types of the service worker', 'tsc', '-p', 'tsconfig.worker.json'),
  tool('types of scripts and tests', 'tsc', '-p', 'tsconfig.node.json'),
  tool('lint', 'oxlint', '--deny-warnings'),
  tool('format', 'oxfmt', '--check'),
  tool('dead code', 'knip'),
  tool(
    'worker-configuration.d.ts is up to date',
    'wrangler',
    'types',
    '--strict-vars=false',
    '--check',
  ),
  {
    name: 'migrations of the main database are up to date',
    run: () => checkMigrations('main', 'workers/db/schema.ts'),
  },
  {
    name: 'migrations of the archive are up to date',
    run: () => checkMigrations('archive', 'workers/db/archive-schema.ts'),
  },
  { name: 'the flags of wrangler.toml can be deployed', run: checkFlags },
  { name: 'the Worker bundles', run: checkBundle },
]

let failed = 0
for (const check of CHECKS) {
  const complaint = await check.run()
  console.log(`${complaint === null ? 'ok    ' : 'FAILED'} ${check.name}`)
  if (complaint === null) continue
  failed++
  console.log(complaint.trimEnd())
}
if (failed > 0) process.exit(1)

/** Generates into a copy, where nothing new may come out. */
async function checkMigrations(folder: string, schema: string): Promise<string | null> {
  const out = mkdtempSync(join(tmpdir(), 'parley-migrations-'))
  try {
    cpSync(join(ROOT, 'migrations', folder), out, { recursive: true })
    const before = readdirSync(out).length
    const { ok, output } = await capture('drizzle-kit', [
      'generate',
      '--dialect=sqlite',
      `--schema=./${schema}`,
      `--out=${out}`,
    ])
    if (!ok) return output
    const same = readdirSync(out).length === before
    return same ? null : `${schema} has changed: run \`npm run db:generate\``
  } finally {
    rmSync(out, { recursive: true })
  }
}

/** What would be deployed, without deploying it, and how large it is. */
async function checkBundle(): Promise<string | null> {
  const outdir = join(ROOT, 'dist', 'worker')
  rmSync(outdir, { recursive: true, force: true })
  // The files that are served do not matter here, and dist/web may not be there yet.
  const args = ['deploy', '--dry-run', '--outdir', outdir, '--assets', join(ROOT, 'web')]
  const { ok, output } = await capture('wrangler', args)
  if (!ok) return output
  const scripts = readdirSync(outdir).filter((name) => name.endsWith('.js'))
  const bytes = scripts.reduce((sum, name) => sum + statSync(join(outdir, name)).size, 0)
  const packed = scripts.reduce(
    (sum, name) => sum + gzipSync(readFileSync(join(outdir, name))).length,
    0,
  )
  console.log(`       the Worker's bundle: ${kilobytes(bytes)}, ${kilobytes(packed)} gzipped`)
  return null
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(0)} KiB`
}
