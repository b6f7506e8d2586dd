import { randomUUID } from 'node:crypto'
import type { PushJob } from '../protocol/push.ts'
import type { Seeded } from '../scripts/seed-accounts.ts'
import { call } from './conversation.ts'
import { PushService } from './push-service.ts'
import { makeChannel, TEXT, type Timed } from './scenarios.ts'
import { startPushing, type BenchServer } from './servers.ts'

/** Pushes through the queue to a push service on this machine that takes everything at once. */
export class PushBench {
  private wanted = 0
  private hasAll: () => void = () => {}
  /** By the path of an endpoint: what is to be done when the next push gets there. */
  private readonly expected = new Map<string, () => void>()

  private readonly server: BenchServer
  private readonly service: PushService
  private readonly job: PushJob
  private readonly channels: string[] = []

  private constructor(server: BenchServer, service: PushService) {
    this.server = server
    this.service = service
    this.job = jobFor(service)
    service.onPush = (path) => {
      this.expected.get(path)?.()
      if (service.taken === this.wanted) this.hasAll()
    }
  }

  /** With as many people who are away as `offline` is to send messages to. */
  static async start(port: number, away: number): Promise<PushBench> {
    const service = await PushService.start(port + 1)
    return new PushBench(await startPushing(1 + away, port), service)
  }

  /** From the queue to the service: `count` jobs until it has them all. */
  async deliver(count: number): Promise<Timed> {
    const all = new Promise<void>((resolve) => (this.hasAll = resolve))
    this.wanted = this.service.taken + count
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
      await call(this.server, 'PUT', '/v1/push', person, this.addressOf(person))
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
        const path = new URL(this.addressOf(person).subscription.endpoint).pathname
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

  private addressOf({ userId }: Seeded) {
    return this.service.addressOf(`of-${userId}`)
  }

  async stop(): Promise<void> {
    await this.server.stop()
    this.service.stop()
  }

  private async ask(path: string): Promise<void> {
    const url = this.server.url.replace('ws', 'http') + path
    const response = await fetch(url, { method: 'POST', body: JSON.stringify(this.job) })
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
  }
}

function jobFor(service: PushService): PushJob {
  return {
    kind: 'show',
    userId: 'bench',
    deviceId: 'device',
    address: service.addressOf('of-nobody'),
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
