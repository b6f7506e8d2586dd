import { createECDH, randomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { PushJob } from '../protocol/push.ts'
import { TEXT, type Timed } from './scenarios.ts'
import { startPushing, type BenchServer } from './servers.ts'

/** Pushes through the queue to a push service on this machine that takes everything at once. */
export class PushBench {
  private taken = 0
  private wanted = 0
  private hasAll: () => void = () => {}

  private readonly server: BenchServer
  private readonly service: Server
  private readonly job: PushJob

  private constructor(server: BenchServer, service: Server, job: PushJob) {
    this.server = server
    this.service = service
    this.job = job
    service.on('request', (request, response) => {
      request.resume()
      request.on('end', () => {
        response.writeHead(201).end()
        if (++this.taken === this.wanted) this.hasAll()
      })
    })
  }

  static async start(port: number): Promise<PushBench> {
    const service = createServer()
    await new Promise<void>((resolve) => service.listen(port + 1, '127.0.0.1', resolve))
    const job = jobFor(`http://127.0.0.1:${port + 1}/push`)
    return new PushBench(await startPushing(port), service, job)
  }

  /** From the queue to the service: `count` jobs until it has them all. */
  async deliver(count: number): Promise<Timed> {
    const all = new Promise<void>((resolve) => (this.hasAll = resolve))
    this.wanted = this.taken + count
    const start = performance.now()
    await this.ask(`/jobs?count=${count}`)
    await all
    return { latencies: [], took: performance.now() - start }
  }

  /** Encrypts and signs `count` pushes, one after the other, and sends none. */
  async encrypt(count: number): Promise<Timed> {
    const start = performance.now()
    await this.ask(`/encrypt?count=${count}`)
    return { latencies: [], took: performance.now() - start }
  }

  async stop(): Promise<void> {
    await this.server.stop()
    this.service.closeAllConnections()
    this.service.close()
  }

  private async ask(path: string): Promise<void> {
    const url = this.server.url.replace('ws', 'http') + path
    const response = await fetch(url, { method: 'POST', body: JSON.stringify(this.job) })
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
  }
}

function jobFor(endpoint: string): PushJob {
  const p256dh = createECDH('prime256v1').generateKeys('base64url')
  const keys = { p256dh, auth: randomBytes(16).toString('base64url') }
  return {
    kind: 'show',
    userId: 'bench',
    deviceId: 'device',
    address: { kind: 'webpush', subscription: { endpoint, keys } },
    channelId: 'channel',
    messageId: 1,
    title: 'Bench',
    body: TEXT,
    count: 1,
    unread: 1,
    createdAt: Date.now(),
    expiresAt: Date.now() + 24 * 60 * 60 * 1000,
  }
}
