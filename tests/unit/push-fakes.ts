import { createECDH, randomBytes, type ECDH } from 'node:crypto'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { decrypt } from 'http_ece'
import { vi } from 'vitest'
import {
  pushPayloadSchema,
  type PushJob,
  type PushPayload,
  type WebPushSubscription,
} from '../../protocol/push.ts'
import { freshVapidKey } from '../../scripts/dev-vars.ts'
import type { PushConsumer } from '../../workers/push/consume.ts'
import { vapidPublicKey } from '../../workers/push/vapid.ts'
import type { PushHosts } from '../../workers/push/endpoints.ts'
import { webPush } from '../../workers/push/web-push.ts'

const privateKey = freshVapidKey()

export const SETTINGS = {
  vapid: { privateKey, publicKey: vapidPublicKey(privateKey) ?? '', subject: 'mailto:a@b.example' },
  hosts: 'any' as PushHosts,
  topicKey: 'a key for tests',
}

/** Web Push that gives up on a silent service soon. */
export function testWebPush(timeoutMs = 10_000, settings = SETTINGS) {
  return webPush(settings, { send: (input, init) => fetch(input, init), timeoutMs })
}

type Show = Extract<PushJob, { kind: 'show' }> & {
  address: { kind: 'webpush'; subscription: WebPushSubscription }
}

export function showJob(subscription: WebPushSubscription, fields: Partial<Show> = {}): Show {
  return {
    kind: 'show',
    userId: 'ann',
    deviceId: 'phone',
    address: { kind: 'webpush', subscription },
    channelId: 'channel',
    sinceMessageId: null,
    replaces: null,
    messageId: 7,
    title: 'Ben',
    body: 'Hello',
    count: 1,
    unread: 3,
    createdAt: Date.now(),
    expiresAt: Date.now() + 24 * 60 * 60 * 1000,
    ...fields,
  }
}

export function clearJob(show: Show): PushJob {
  const { title: _, body: __, count: ___, replaces: ____, ...common } = show
  return { ...common, kind: 'clear' }
}

/** A browser's end of a subscription. */
export class FakeBrowser {
  readonly subscription: WebPushSubscription
  private readonly keys: ECDH
  private readonly auth = randomBytes(16)

  constructor(endpoint: string) {
    this.keys = createECDH('prime256v1')
    const p256dh = this.keys.generateKeys('base64url')
    this.subscription = { endpoint, keys: { p256dh, auth: this.auth.toString('base64url') } }
  }

  /** What the browser hands to the service worker, decrypted by a library that is not ours. */
  decrypt(body: Buffer): string {
    const parameters = {
      version: 'aes128gcm',
      privateKey: this.keys,
      authSecret: this.auth,
    } as const
    return decrypt(body, parameters).toString('utf8')
  }

  read(body: Buffer): PushPayload {
    return pushPayloadSchema.parse(JSON.parse(this.decrypt(body)))
  }
}

interface Received {
  path: string
  headers: IncomingHttpHeaders
  body: Buffer
}

/**
 * What the stand-in does with a push: answers with a status (2xx takes it), hangs, hangs up, or takes it and
 * hangs up.
 */
export type Behaviour =
  | { status: number; headers?: Record<string, string> }
  | 'hang'
  | 'reset'
  | 'take, then reset'

/** A push service on loopback that behaves as it is told, and otherwise takes everything. */
export class FakePushService {
  /** Everything that was posted, in order. */
  readonly received: Received[] = []
  /** What waits for each device, by its path and the topic: a repeated topic replaces. */
  readonly kept = new Map<string, Received>()
  behave: (received: Received) => Behaviour = () => ({ status: 201 })

  private constructor(private readonly server: Server) {
    server.on('request', (request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const { url = '', headers } = request
        const received = { path: url, headers, body: Buffer.concat(chunks) }
        this.received.push(received)
        const behaviour = this.behave(received)
        const taken = typeof behaviour === 'object' ? behaviour.status < 300 : behaviour !== 'reset'
        if (behaviour === 'hang') return
        if (taken) this.kept.set(`${url} ${String(headers['topic'])}`, received)
        if (typeof behaviour === 'object') {
          response.writeHead(behaviour.status, behaviour.headers).end('said something')
        } else request.socket.destroy()
      })
    })
  }

  static async start(): Promise<FakePushService> {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return new FakePushService(server)
  }

  browser(name: string): FakeBrowser {
    const { port } = this.server.address() as AddressInfo
    return new FakeBrowser(`http://127.0.0.1:${port}/${name}`)
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }
}

/** A message of the queue as the consumer sees it. */
export function queued(body: unknown, attempts = 1) {
  return {
    body,
    attempts,
    ack: vi.fn<() => void>(),
    retry: vi.fn<(options?: { delaySeconds?: number }) => void>(),
  }
}

export function testConsumer(timeoutMs?: number): PushConsumer & { dropped: PushJob[] } {
  const dropped: PushJob[] = []
  return {
    providers: { webpush: testWebPush(timeoutMs), fcm: null },
    dropAddress: async (job) => void dropped.push(job),
    isOver: async () => false,
    dropped,
  }
}
