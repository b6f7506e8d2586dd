import { createECDH, randomBytes, randomUUID } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { PushJob, WebPushSubscription } from '../protocol/push.ts'
import type { Seeded } from '../scripts/seed-accounts.ts'
import { call } from './conversation.ts'
import { makeChannel, TEXT, type Timed } from './scenarios.ts'
import { startPushing, type BenchServer } from './servers.ts'

/** Pushes through the queue to a push service on this machine that takes everything at once. */
export class PushBench {
  private taken = 0
  private wanted = 0
  private hasAll: () => void = () => {}
  /** By the path of an endpoint: what is to be done when the next push gets there. */
  private readonly expected = new Map<string, () => void>()

  private readonly server: BenchServer
  private readonly service: Server
  private readonly job: WebPushJob
  private readonly channels: string[] = []

  private constructor(server: BenchServer, service: Server, job: WebPushJob) {
    this.server = server
    this.service = service
    this.job = job
    service.on('request', (request, response) => {
      request.resume()
      request.on('end', () => {
        response.writeHead(201).end()
        this.expected.get(request.url ?? '')?.()
        if (++this.taken === this.wanted) this.hasAll()
      })
    })
  }

  /** With as many people who are away as `offline` is to send messages to. */
  static async start(port: number, away: number): Promise<PushBench> {
    const service = createServer()
    await new Promise<void>((resolve) => service.listen(port + 1, '127.0.0.1', resolve))
    const job = jobFor(`http://127.0.0.1:${port + 1}/push`)
    return new PushBench(await startPushing(1 + away, port), service, job)
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

  /** Has everybody but the first register a browser, and opens a DM of the first with each. */
  async register(): Promise<void> {
    const [sender, ...away] = this.server.people
    for (const person of away) {
      const address = { ...this.job.address, subscription: this.subscriptionOf(person) }
      await call(this.server, 'PUT', '/v1/push', person, address)
      if (sender) this.channels.push(await makeChannel(this.server, [sender, person]))
    }
  }

  /**
   * One message to each of those who are away, `pauseMs` after the last one: from sending it to its push at
   * the service, which the product lets wait for two seconds.
   */
  async offline(pauseMs: number): Promise<Timed> {
    const [sender, ...away] = this.server.people
    const start = performance.now()
    const latencies = await Promise.all(
      away.map(async (person, i) => {
        await new Promise((resolve) => setTimeout(resolve, i * pauseMs))
        const path = new URL(this.subscriptionOf(person).endpoint).pathname
        const arrived = new Promise<void>((resolve) => this.expected.set(path, resolve))
        const sentAt = performance.now()
        const body = { clientId: randomUUID(), text: TEXT }
        const messages = `/v1/channels/${this.channels[i] ?? ''}/messages`
        await call(this.server, 'POST', messages, sender, body)
        await arrived
        return performance.now() - sentAt
      }),
    )
    return { latencies, took: performance.now() - start }
  }

  private subscriptionOf({ userId }: Seeded): WebPushSubscription {
    const { subscription } = this.job.address
    return { ...subscription, endpoint: `${subscription.endpoint}/of-${userId}` }
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

type WebPushJob = PushJob & { address: { kind: 'webpush' } }

function jobFor(endpoint: string): WebPushJob {
  const p256dh = createECDH('prime256v1').generateKeys('base64url')
  const keys = { p256dh, auth: randomBytes(16).toString('base64url') }
  return {
    kind: 'show',
    userId: 'bench',
    deviceId: 'device',
    address: { kind: 'webpush', subscription: { endpoint, keys } },
    channelId: 'channel',
    sinceMessageId: null,
    replaces: null,
    messageId: 1,
    title: 'Bench',
    body: TEXT,
    count: 1,
    unread: 1,
    createdAt: Date.now(),
    expiresAt: Date.now() + 24 * 60 * 60 * 1000,
  }
}
