import { describe, expect, it } from 'vitest'
import { env } from 'cloudflare:workers'
import { userStub } from '../../durable-objects/shared/stubs.ts'
import { channelsSchema } from '../../protocol/http.ts'
import type { Channel } from '../../protocol/objects.ts'
import { archiveAll } from './archive-support.ts'
import {
  item,
  makeGroup,
  openDm,
  people,
  person,
  say,
  syncAll,
  TestDevice,
  textsOf,
  value,
} from './support.ts'

describe('at the sizes that are promised', () => {
  it('100 members who all post at once see the same messages in the same order', async () => {
    const members = people(100)
    const [creator, ...others] = members
    const { channelId } = await makeGroup(creator!, others)
    const devices = await Promise.all(
      members.map((member) => TestDevice.attach(channelId, member, 1)),
    )
    devices.forEach((device, index) =>
      device.send({ t: 'send', ref: 1, clientId: 'c', text: `from ${index}` }),
    )
    for (const device of devices) {
      expect((await device.answer(1)).t).toBe('ok')
      await device.until(() => device.rows.length >= 100)
    }
    const order = devices[0]!.rows.map(({ messageId }) => messageId)
    expect(new Set(order).size).toBe(100)
    expect(order).toEqual(order.toSorted((a, b) => a - b))
    for (const device of devices) {
      expect(device.rows.map(({ messageId }) => messageId)).toEqual(order)
    }
    for (const member of members.slice(0, 3)) {
      await expect.poll(async () => (await textsOf(member)).length).toBe(100)
    }
  })

  it('who was away for 1,000 messages gets them all, in order, on the device that comes back', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { stub } = await openDm(ana, bob)
    await expect.poll(async () => (await syncAll(bob, 1)).channels.length).toBe(1)
    const texts = Array.from({ length: 1_000 }, (_, i) => `message ${i}`)
    for (let i = 0; i < texts.length; i += 100) {
      const results = await stub.send(
        ana.userId,
        texts.slice(i, i + 100).map((text) => item(text)),
      )
      results.forEach(value)
    }
    await expect.poll(async () => (await textsOf(bob)).length).toBe(1_000)
    const device = await TestDevice.connect(bob, 1)
    await device.until(() => device.messages.length >= 1_000)
    expect(device.messages.map(({ text }) => text)).toEqual(texts)
  })

  it('a member of 500 channels lists them all, and a new device has them all', async () => {
    const ana = person('ana')
    const stubs = []
    for (let i = 0; i < 500; i++) {
      const { stub } = await makeGroup(ana, [])
      stubs.push(stub)
    }
    const last = await say(stubs[0]!, ana, 'the oldest channel comes first again')
    await expect
      .poll(async () => (await listed(ana.userId)).at(0)?.lastMessage?.messageId)
      .toBe(last.messageId)
    const channels = await listed(ana.userId)
    expect(new Set(channels.map(({ channelId }) => channelId)).size).toBe(500)
    const device = await TestDevice.connect(ana, 0, 'new')
    await device.until(() => device.syncs.at(-1)?.more === false)
    const synced = device.syncs.flatMap((frame) => frame.channels)
    expect(new Set(synced.map(({ channelId }) => channelId)).size).toBe(500)
  })
})

describe('200 messages of 99,999 emoji', () => {
  const LONG = '🦆'.repeat(99_999)
  const COUNT = 200
  /** A frame ends at 1 MiB, but a row comes whole. */
  const MOST_IN_A_FRAME = 3

  it('go through the inbox, the channel socket, the history and the archive, a few at a time', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { channelId, stub } = await openDm(ana, bob)
    await expect.poll(async () => (await syncAll(bob, 1)).channels.length).toBe(1)
    const live = await TestDevice.attach(channelId, bob, 0)
    for (let i = 0; i < COUNT; i += 2) {
      const results = await stub.send(ana.userId, [item(LONG), item(LONG)])
      results.forEach(value)
    }
    await readAll(live)
    const away = await TestDevice.connect(bob, 1, 'away')
    await readAll(away)
    let before: number | undefined
    let seen = 0
    do {
      const page = value(await stub.history(bob.userId, { before, limit: 200 }))
      expect(page.messages.length).toBeLessThanOrEqual(MOST_IN_A_FRAME)
      seen += page.messages.length
      before = page.hasMoreBefore ? page.messages[0]!.messageId : undefined
    } while (before !== undefined)
    expect(seen).toBe(COUNT)
    await archiveAll(stub)
    const { n } = (await env.ARCHIVE_0.prepare(
      'SELECT count(*) AS n FROM messages WHERE channel_id = ? AND length(text) = 99999',
    )
      .bind(channelId)
      .first<{ n: number }>())!
    expect(n).toBe(COUNT)
  })

  /** Confirms whatever comes, as a device does, until all is there; each frame is small. */
  async function readAll(device: TestDevice): Promise<void> {
    let read = 0
    let count = 0
    while (count < COUNT) {
      await device.until(() => device.frames.length > read)
      for (; read < device.frames.length; read++) {
        const { t, messages, cursor, version } = device.frames[read]!
        if (!Array.isArray(messages)) continue
        expect(messages.length).toBeLessThanOrEqual(MOST_IN_A_FRAME)
        count += messages.filter(({ text }) => text === LONG).length
        device.send(t === 'sync' ? { t: 'cursor', cursor } : { t: 'cursor', version })
      }
    }
    expect(count).toBe(COUNT)
  }
})

/** All pages of someone's list of channels. */
async function listed(userId: string): Promise<Channel[]> {
  const channels: Channel[] = []
  let next: string | null = null
  do {
    const json = value(await userStub(env, userId).channels(next, 100))
    const page = channelsSchema.parse(JSON.parse(json))
    channels.push(...page.channels)
    next = page.next
  } while (next !== null)
  return channels
}
