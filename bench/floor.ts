import { join } from 'node:path'
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare'

/**
 * The floor that the figures stand beside: a bare object that echoes, and one that inserts a row before
 * it echoes. `node bench/floor.ts PORT FOLDER`.
 */

const [port = '8930', persistTo = '/tmp'] = process.argv.slice(2)
const script = `
import { DurableObject } from 'cloudflare:workers'
export class Floor extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env)
    ctx.storage.sql.exec('CREATE TABLE IF NOT EXISTS rows (id INTEGER PRIMARY KEY, text TEXT NOT NULL)')
  }
  fetch(request) {
    const { 0: client, 1: server } = new WebSocketPair()
    this.ctx.acceptWebSocket(server, [new URL(request.url).pathname.slice(1)])
    return new Response(null, { status: 101, webSocket: client })
  }
  webSocketMessage(ws, message) {
    const [tag] = this.ctx.getTags(ws)
    if (tag === 'insert') this.ctx.storage.sql.exec('INSERT INTO rows (text) VALUES (?)', message)
    if (tag === 'fan') for (const other of this.ctx.getWebSockets()) other.send(message)
    else ws.send(message)
  }
}
export default {
  fetch(request, env) {
    const name = new URL(request.url).searchParams.get('name') ?? 'one'
    return env.FLOOR.get(env.FLOOR.idFromName(name)).fetch(request)
  },
}`
const miniflare = new Miniflare(
  convertV4MiniflareOptions({
    log: new Log(LogLevel.ERROR),
    resourcePersistencePath: join(persistTo, 'v3'),
    workers: [
      {
        name: 'floor',
        modules: true,
        script,
        compatibilityDate: '2026-10-20',
        durableObjects: { FLOOR: { className: 'Floor', useSQLite: true } },
        unsafeDirectSockets: [{ host: '127.0.0.1', port: Number(port) }],
      },
    ],
  }),
)
await miniflare.ready
console.log('Ready')
