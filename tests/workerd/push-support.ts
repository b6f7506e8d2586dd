import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { createECDH, randomBytes, type ECDH } from 'node:crypto'
import { decrypt } from 'http_ece'
import { expect, vi } from 'vitest'
import type { Profile } from '../../durable-objects/shared/profile.ts'
import { userStub } from '../../durable-objects/shared/stubs.ts'
import {
  pushPayloadSchema,
  type PushAddress,
  type PushJob,
  type PushPayload,
} from '../../protocol/push.ts'
import { fireAlarm } from './people-support.ts'
import { value } from './support.ts'

/** The push service of these tests: what it was sent, by endpoint, and how it answers. */
export const sent = new Map<string, { headers: Headers; body: Buffer }[]>()

export function pushService(answer: (endpoint: string) => Response): void {
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const request = new Request(input, init)
    const body = Buffer.from(await request.arrayBuffer())
    const before = sent.get(request.url) ?? []
    sent.set(request.url, [...before, { headers: request.headers, body }])
    return answer(request.url)
  })
}

export const taken = (): Response => new Response(null, { status: 201 })

/** A browser that subscribed, and a job for it. */
export class Browser {
  readonly endpoint = `https://fcm.googleapis.com/fcm/send/${crypto.randomUUID()}`
  private readonly keys: ECDH = createECDH('prime256v1')
  private readonly auth = randomBytes(16)
  private readonly p256dh = this.keys.generateKeys('base64url')

  constructor(readonly deviceId: string = crypto.randomUUID()) {}

  get address(): PushAddress & { kind: 'webpush' } {
    const keys = { p256dh: this.p256dh, auth: this.auth.toString('base64url') }
    return { kind: 'webpush', subscription: { endpoint: this.endpoint, keys } }
  }

  job(text: string, messageId = 7): PushJob {
    return {
      kind: 'show',
      userId: `ann-${this.deviceId}`,
      deviceId: this.deviceId,
      address: this.address,
      channelId: 'channel',
      sinceMessageId: null,
      replaces: null,
      messageId,
      title: 'Ben',
      body: text,
      count: 1,
      unread: 1,
      createdAt: Date.now(),
      expiresAt: Date.now() + 3_600_000,
    }
  }

  get payloads(): PushPayload[] {
    const parameters = {
      version: 'aes128gcm',
      privateKey: this.keys,
      authSecret: this.auth,
    } as const
    return (sent.get(this.endpoint) ?? []).map(({ body }) =>
      pushPayloadSchema.parse(JSON.parse(decrypt(body, parameters).toString())),
    )
  }
}

/** A clock of one's own for all objects: an hour ahead, so that no alarm rings by itself, and standing still. */
export class Clock {
  now = Date.now() + 3_600_000

  constructor() {
    vi.spyOn(Date, 'now').mockImplementation(() => this.now)
  }

  pass(ms: number): void {
    this.now += ms
  }
}

/** What is put on the queue from now on, which gets none of it; it fails while `isDown`. */
export class QueueSpy {
  readonly jobs: PushJob[] = []
  calls = 0
  isDown = false
  /** While it is so, the queue does not answer. */
  isSlow = false

  constructor() {
    vi.spyOn(Object.getPrototypeOf(env.PUSH) as Queue, 'sendBatch').mockImplementation(
      async (messages) => {
        this.calls++
        while (this.isSlow) await scheduler.wait(1)
        if (this.isDown) throw new Error('the queue is down')
        for (const { body } of messages) this.jobs.push(body as PushJob)
        return { metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } } }
      },
    )
  }

  /** What came since it was asked last. */
  take(): PushJob[] {
    return this.jobs.splice(0)
  }
}

/** Registers a browser for a device of `who`, whose session lasts for two years. */
export async function register(who: Profile, browser: Browser): Promise<void> {
  const { deviceId, address } = browser
  const expiresAt = Date.now() + 2 * 365 * 24 * 3_600_000
  value(await userStub(env, who.userId).registerPush(deviceId, address, expiresAt))
}

/** Waits until a channel's version is in the inbox of `who`. */
export async function inInbox(who: Profile, channelId: string, version: number): Promise<void> {
  await expect
    .poll(async () => (await rows(who, 'channels', channelId))[0]?.['delivered_version'] ?? 0)
    .toBeGreaterThanOrEqual(version)
}

/** Rows of a table of a person's object; of one channel, if that is given. */
export async function rows(
  who: { userId: string },
  table: 'channels' | 'owed_pushes' | 'told_pushes' | 'push_addresses',
  channelId?: string,
): Promise<Record<string, SqlStorageValue>[]> {
  return await runInDurableObject(userStub(env, who.userId), (_, { storage }) => {
    const where = channelId === undefined ? '' : `WHERE channel_id = '${channelId}'`
    return storage.sql.exec(`SELECT * FROM ${table} ${where}`).toArray()
  })
}

/** Puts a row of `owed_pushes` back, as if the object had died before it was deleted. */
export async function oweAgain(who: Profile, row: Record<string, SqlStorageValue>): Promise<void> {
  await runInDurableObject(userStub(env, who.userId), async (_, { storage }) => {
    const columns = Object.keys(row)
    storage.sql.exec(
      `INSERT INTO owed_pushes (${columns.join()}) VALUES (${columns.map(() => '?').join()})`,
      ...Object.values(row),
    )
    await storage.setAlarm(Date.now() + 1_000)
  })
}

/** Lets time pass and the alarm of `who` ring, and tells what was put on the queue by then. */
export async function after(
  ms: number,
  { who, clock, queue }: { who: Profile; clock: Clock; queue: QueueSpy },
): Promise<PushJob[]> {
  clock.pass(ms)
  await fireAlarm(who)
  return queue.take()
}
