import { readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare'
import { unstable_getMiniflareWorkerOptions } from 'wrangler'
import * as z from 'zod'
import { build } from './build.ts'
import { capture, ROOT, stop } from './tools.ts'

export interface ServeOptions {
  port: number
  /** The same folder that `npm run dev -- --persist-to` takes, with the same layout. */
  persistTo: string
  vars?: Record<string, string>
  /** The bundle, if it is not the product's own. */
  script?: string
}

const BUNDLE = join(ROOT, 'dist', 'worker', 'index.js')

/**
 * Bundles the Worker as a deployment would, into dist/worker; Wrangler asks for the page's files too.
 * Another `entry` of the project goes into a folder of its own. Returns the bundle's file.
 */
export async function bundleWorker(entry?: string): Promise<string> {
  await build()
  const name = entry === undefined ? null : basename(dirname(entry))
  const outdir = name === null ? dirname(BUNDLE) : join(ROOT, 'dist', name)
  const args = ['deploy', ...(entry === undefined ? [] : [entry]), '--dry-run', '--outdir', outdir]
  const { ok, output } = await capture('wrangler', args)
  if (!ok) stop(`The Worker does not bundle:\n${output}`)
  return entry === undefined ? BUNDLE : join(outdir, `${basename(entry, '.ts')}.js`)
}

/**
 * Runs the bundled Worker under workerd with all of its bindings, without the development proxy:
 * requests come straight to the Worker. For load tests and the bench.
 */
export async function serveWorker({
  port,
  persistTo,
  vars = {},
  script = BUNDLE,
}: ServeOptions): Promise<Miniflare> {
  const { workerOptions } = unstable_getMiniflareWorkerOptions(join(ROOT, 'wrangler.toml'))
  const { assets: _, modulesRules: __, ...options } = workerOptions
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      log: new Log(LogLevel.ERROR),
      resourcePersistencePath: join(persistTo, 'v3'),
      workers: [
        {
          ...options,
          name: 'parley',
          modules: [{ type: 'ESModule', path: script, contents: readFileSync(script, 'utf8') }],
          bindings: { ...z.record(z.string(), z.string()).parse(options.bindings), ...vars },
          unsafeDirectSockets: [{ host: '127.0.0.1', port }],
        },
      ],
    }),
  )
  await miniflare.ready
  return miniflare
}
