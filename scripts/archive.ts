import { parseArgs } from 'node:util'
import { archiveComparisonSchema, archiveStatusSchema } from '../protocol/operator.ts'
import { stop } from './tools.ts'

/**
 * `OPERATOR_KEY=… npm run archive -- status|rebuild|compare|move --channel ID --url URL [--shard N]`: what
 * operators do with the two copies of a channel, on a running server, here or deployed.
 */

const WATCH_EVERY_MS = 1_000

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    channel: { type: 'string' },
    url: { type: 'string', default: 'http://localhost:8787' },
    shard: { type: 'string' },
  },
})
const key = process.env['OPERATOR_KEY'] ?? stop('OPERATOR_KEY is not set.')
const channel = values.channel ?? stop('Which channel? --channel ID')
const base = `${values.url.replace(/\/$/, '')}/v1/operator/channels/${channel}/archive`

switch (positionals[0]) {
  case 'status':
    console.log(await status())
    break
  case 'rebuild':
    await call('POST', '/rebuild')
    await watch()
    break
  case 'compare':
    await compare()
    break
  case 'move':
    if (values.shard === undefined) stop('To which shard? --shard N')
    await call('POST', '/move', { shard: Number(values.shard) })
    console.log(await status())
    break
  default:
    stop('What is to be done? status, rebuild, compare or move')
}

async function status() {
  return archiveStatusSchema.parse(await call('GET', ''))
}

/** Until everything is archived again. */
async function watch(): Promise<void> {
  for (;;) {
    const { backlogRows, behind } = await status()
    const rows = behind.reduce((sum, shard) => sum + shard.rows, backlogRows)
    console.log(`${rows} rows to go`)
    if (rows === 0) return
    await new Promise((resolve) => setTimeout(resolve, WATCH_EVERY_MS))
  }
}

/** Prints what differs; ends with 1 if anything does. */
async function compare(): Promise<void> {
  let compared = 0
  let different = 0
  for (let after: number | null = 0; after !== null;) {
    const part = archiveComparisonSchema.parse(await call('POST', '/compare', { after }))
    for (const one of part.differences) console.log(one)
    compared += part.compared
    different += part.differences.length
    after = part.next
  }
  console.log(`${compared} messages compared, ${different} differ`)
  if (different > 0) process.exitCode = 1
}

async function call(method: string, path: string, body?: object): Promise<unknown> {
  const response = await fetch(base + path, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  if (!response.ok) stop(`${method} ${base}${path}: ${response.status} ${text}`)
  return text === '' ? null : JSON.parse(text)
}
