import { bundleWorker, serveWorker } from '../scripts/serve-worker.ts'

/** The Worker that pushes when told to: `node bench/serve-pushing.ts PORT FOLDER`. */

const [port = '8935', persistTo = '/tmp'] = process.argv.slice(2)
const script = await bundleWorker('bench/pushing/worker.ts')
const vars = { PUSH_ENDPOINTS: 'any', RATE_LIMITS: 'off' }
await serveWorker({ port: Number(port), persistTo, vars, script })
console.log('Ready')
