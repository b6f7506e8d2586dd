import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { bundleWorker, serveWorker } from './serve-worker.ts'
import { makeDevVars, migrate } from './state.ts'
import { requireInstall } from './tools.ts'

/**
 * `npm run serve -- --port P --persist-to DIR --var NAME:value`: the built Worker under workerd, without
 * the development proxy and the page's files, until it is stopped. For load from outside.
 */

requireInstall()
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '8787' },
    'persist-to': { type: 'string', default: '.wrangler/state' },
    var: { type: 'string', multiple: true, default: [] },
  },
})
const persistTo = resolve(process.env['INIT_CWD'] ?? process.cwd(), values['persist-to'])
const vars = Object.fromEntries(
  values.var.map((text) => [text.slice(0, text.indexOf(':')), text.slice(text.indexOf(':') + 1)]),
)
makeDevVars()
await Promise.all([migrate(persistTo), bundleWorker()])
const miniflare = await serveWorker({ port: Number(values.port), persistTo, vars })
console.log(`Ready on http://127.0.0.1:${values.port}`)
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void miniflare.dispose())
}
