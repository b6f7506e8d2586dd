import { runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { vi } from 'vitest'
import type { ChannelObject } from '../../durable-objects/channel/channel-object.ts'
import type { SendItem } from '../../durable-objects/channel/send.ts'
import { dmChannelId, groupChannelId } from '../../durable-objects/shared/channel-id.ts'
import type { Profile } from '../../durable-objects/shared/profile.ts'
import { channelStub, userStub } from '../../durable-objects/shared/stubs.ts'
import type { Upgrade } from '../../durable-objects/shared/upgrade.ts'
import { UPGRADE_HEADER } from '../../durable-objects/shared/upgrade.ts'
import type * as z from 'zod'
import { messagesFrameSchema } from '../../protocol/channel-socket.ts'
import type { Result } from '../../protocol/errors.ts'
import type { Channel, Message } from '../../protocol/objects.ts'
import { syncFrameSchema, type SyncFrame } from '../../protocol/user-socket.ts'

/** A person of a test, whom no other test knows. */
export function person(name: string): Profile {
  return {
    userId: `${name}-${crypto.randomUUID()}`,
    handle: name,
    name,
    image: null,
    receipts: true,
  }
}

export function people(count: number): Profile[] {
  return Array.from({ length: count }, (_, index) => person(`p${index}`))
}

export function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`refused with ${result.code}: ${result.detail}`)
  return result.value
}

export function codeOf(result: Result<unknown>): string {
  return result.ok ? 'ok' : result.code
}

export interface TestChannel {
  channelId: string
  stub: DurableObjectStub<ChannelObject>
  channel: Channel
}

export function channelOf(channelId: string): DurableObjectStub<ChannelObject> {
  return channelStub(env, channelId)!
}

export async function makeGroup(
  creator: Profile,
  others: Profile[],
  clientId: string = crypto.randomUUID(),
): Promise<TestChannel> {
  const channelId = groupChannelId(env.CHANNEL_KEY, creator.userId, clientId)
  const stub = channelOf(channelId)
  const result = value(
    await stub.create({ channelId, kind: 'group', title: 'A group', creator, others }),
  )
  return { channelId, stub, channel: result.channel }
}

export async function openDm(creator: Profile, other: Profile): Promise<TestChannel> {
  const channelId = dmChannelId(env.CHANNEL_KEY, creator.userId, other.userId)
  const stub = channelOf(channelId)
  const result = value(
    await stub.create({ channelId, kind: 'dm', title: null, creator, others: [other] }),
  )
  return { channelId, stub, channel: result.channel }
}

export function item(text: string, clientId: string = crypto.randomUUID()): SendItem {
  return { clientId, text, replyTo: null }
}

export async function say(
  stub: DurableObjectStub<ChannelObject>,
  sender: Profile,
  text: string,
): Promise<Message> {
  const [result] = await stub.send(sender.userId, [item(text)])
  return value(result!).message
}

/** Fires the channel's alarm, if one is set, as if nothing had been written for a while: all is saved. */
export async function alarmInSilence(stub: DurableObjectStub<ChannelObject>): Promise<void> {
  const later = Date.now() + 2_000
  const clock = vi.spyOn(Date, 'now').mockImplementation(() => later)
  try {
    await runDurableObjectAlarm(stub)
  } finally {
    clock.mockRestore()
  }
}

/** What a polling device of this person gets above `cursor`, in as many pages as it takes. */
export async function syncAll(
  who: Profile,
  cursor: number,
  device = 'device',
): Promise<{ messages: Message[]; channels: Channel[]; cursor: number; resets: number }> {
  const all = { messages: [] as Message[], channels: [] as Channel[], cursor, resets: 0 }
  for (;;) {
    const frame = await sync(who, all.cursor, device)
    all.messages.push(...frame.messages)
    all.channels.push(...frame.channels)
    all.cursor = frame.cursor
    if (frame.reset) all.resets++
    if (!frame.more) return all
  }
}

/** What was said to this person, in the order of their inbox. */
export async function textsOf(who: Profile): Promise<string[]> {
  const { messages } = await syncAll(who, 1)
  return messages.filter(({ kind }) => kind === 'text').map(({ text }) => text)
}

export async function sync(
  who: Profile,
  cursor: number,
  device = 'device',
  wait = 0,
): Promise<SyncFrame> {
  const json = value(await userStub(env, who.userId).sync(device, cursor, wait))
  return syncFrameSchema.parse(JSON.parse(json))
}

type Frame = Record<string, unknown> & { t: string }

/** A device on the user socket, straight at the object: the edge is not part of these tests. */
export class TestDevice {
  readonly frames: Frame[] = []
  closed: { code: number; reason: string } | null = null
  private readonly listeners = new Set<() => void>()

  private constructor(readonly ws: WebSocket) {
    ws.addEventListener('message', ({ data }) => {
      this.frames.push(data === 'pong' ? { t: 'pong' } : (JSON.parse(String(data)) as Frame))
      this.changed()
    })
    ws.addEventListener('close', ({ code, reason }) => {
      this.closed = { code, reason }
      this.changed()
    })
    ws.accept()
  }

  static async connect(who: Profile, cursor = 0, deviceId = 'device'): Promise<TestDevice> {
    return await TestDevice.upgrade(userStub(env, who.userId), who, cursor, deviceId)
  }

  /** A socket of one open conversation. */
  static async attach(
    channelId: string,
    who: Profile,
    after = 0,
    deviceId = 'device',
  ): Promise<TestDevice> {
    value(await userStub(env, who.userId).attach(deviceId, channelId))
    return await TestDevice.upgrade(channelOf(channelId), who, after, deviceId)
  }

  private static async upgrade(
    stub: { fetch(url: string, init: RequestInit): Promise<Response> },
    who: Profile,
    cursor: number,
    deviceId: string,
  ): Promise<TestDevice> {
    const upgrade: Upgrade = {
      userId: who.userId,
      deviceId,
      expiresAt: Date.now() + 3_600_000,
      cursor,
    }
    const response = await stub.fetch('https://object/ws', {
      headers: { upgrade: 'websocket', [UPGRADE_HEADER]: JSON.stringify(upgrade) },
    })
    if (!response.webSocket) throw new Error(`refused with ${response.status}`)
    return new TestDevice(response.webSocket)
  }

  /** A heartbeat, which the runtime answers with the frame `pong`. */
  ping(): void {
    this.ws.send('ping')
  }

  send(frame: object): void {
    this.ws.send(JSON.stringify(frame))
  }

  /** The first frame that fits, now or once it comes. */
  async frame(fits: (frame: Frame) => boolean): Promise<Frame> {
    return await this.until(() => this.frames.find(fits))
  }

  async answer(ref: string | number): Promise<Frame> {
    return await this.frame((frame) => frame['ref'] === ref)
  }

  async closing(): Promise<{ code: number; reason: string }> {
    return await this.until(() => this.closed)
  }

  /** Every message that came in `sync` frames, in the order in which it came. */
  get messages(): Message[] {
    return this.syncs.flatMap((frame) => frame.messages)
  }

  get syncs(): SyncFrame[] {
    return this.frames
      .filter((frame) => frame.t === 'sync')
      .map((frame) => syncFrameSchema.parse(frame))
  }

  /** The `messages` frames of a channel socket. */
  get pages(): z.infer<typeof messagesFrameSchema>[] {
    return this.frames
      .filter((frame) => frame.t === 'messages')
      .map((frame) => messagesFrameSchema.parse(frame))
  }

  /** Every row that a channel socket got, in the order in which it came. */
  get rows(): Message[] {
    return this.pages.flatMap((page) => page.messages)
  }

  /** The channel as this device last heard of it. */
  channel(channelId: string): Channel | undefined {
    return this.syncs.flatMap((frame) => frame.channels).findLast((c) => c.channelId === channelId)
  }

  /** Waits until `look` finds something; checks again with every frame, never by the clock. */
  async until<T>(look: () => T | null | undefined | false): Promise<T> {
    for (;;) {
      const found = look()
      if (found !== null && found !== undefined && found !== false) return found
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          this.listeners.delete(wake)
          resolve()
        }
        this.listeners.add(wake)
      })
    }
  }

  private changed(): void {
    for (const wake of this.listeners) wake()
  }
}
