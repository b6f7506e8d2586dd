import { bundleWorker, serveWorker } from '../scripts/serve-worker.ts'

/** The counting Worker under workerd: `node bench/serve-counting.ts PORT FOLDER`. */

const [port = '8933', persistTo = '/tmp'] = process.argv.slice(2)
const script = await bundleWorker('bench/counting/worker.ts')
const vars = { PUSH_ENDPOINTS: 'any', RATE_LIMITS: 'off' }
await serveWorker({ port: Number(port), persistTo, vars, script })
console.log('Ready')
