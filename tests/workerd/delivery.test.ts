import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it, vi } from 'vitest'
import type { UserObject } from '../../durable-objects/user/user-object.ts'
import { userStub } from '../../durable-objects/shared/stubs.ts'
import {
  alarmInSilence,
  item,
  makeGroup,
  openDm,
  people,
  person,
  say,
  sync,
  syncAll,
  TestDevice,
  textsOf,
  value,
} from './support.ts'

/** Makes every delivery to this person's object fail until the returned function is called. */
async function breakInbox(userId: string): Promise<() => Promise<void>> {
  const stub = userStub(env, userId)
  let spy: { mockRestore(): void } | undefined
  await runInDurableObject(stub, (instance: UserObject) => {
    spy = vi.spyOn(instance, 'deliver').mockImplementation(() => {
      throw new Error('out of order')
    })
  })
  return async () => {
    await runInDurableObject(stub, () => spy?.mockRestore())
  }
}

describe('delivery to the inboxes', () => {
  it('brings every message to every member, the sender included, in order', async () => {
    const [ana, bob, cyd] = [person('ana'), person('bob'), person('cyd')]
    const { stub } = await makeGroup(ana, [bob, cyd])
    for (const text of ['one', 'two', 'three']) await say(stub, ana, text)
    for (const member of [ana, bob, cyd]) {
      await expect.poll(() => textsOf(member)).toEqual(['one', 'two', 'three'])
    }
  })

  it('reaches all 100 members of a group', async () => {
    const [creator, ...others] = people(100)
    const { stub } = await makeGroup(creator!, others)
    await say(stub, creator!, 'all hands')
    for (const member of others) await expect.poll(() => textsOf(member)).toEqual(['all hands'])
  })

  it('goes on from the alarm after the channel object was evicted in mid-delivery', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { stub } = await openDm(ana, bob)
    await expect.poll(async () => (await syncAll(bob, 1)).channels.length).toBe(1)
    const mend = await breakInbox(bob.userId)
    await say(stub, ana, 'do not lose me')
    await evictDurableObject(stub)
    expect(await textsOf(bob)).toEqual([])
    await mend()
    expect(await runDurableObjectAlarm(stub)).toBe(true)
    await expect.poll(() => textsOf(bob)).toEqual(['do not lose me'])
  })

  it('tries a failing inbox again, and nobody else waits for it', async () => {
    const [ana, bob, cyd] = [person('ana'), person('bob'), person('cyd')]
    const { stub } = await makeGroup(ana, [bob, cyd])
    await expect.poll(async () => (await syncAll(bob, 1)).channels.length).toBe(1)
    const mend = await breakInbox(bob.userId)
    for (const text of ['one', 'two', 'three']) await say(stub, ana, text)
    await expect.poll(() => textsOf(cyd)).toEqual(['one', 'two', 'three'])
    expect(await textsOf(bob)).toEqual([])
    await mend()
    await expect.poll(() => textsOf(bob)).toEqual(['one', 'two', 'three'])
  })

  it('stores a delivery once, however often and late it comes', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { channelId, stub, channel } = await openDm(ana, bob)
    const message = await say(stub, ana, 'once')
    await expect.poll(() => textsOf(bob)).toEqual(['once'])
    const { cursor } = await sync(bob, 1)
    const delivery = {
      userId: bob.userId,
      channelId,
      startsAt: 0,
      after: 0,
      version: message.version,
      messages: {
        json: JSON.stringify(message),
        count: 1,
        firstMessageId: message.messageId,
        lastMessageId: message.messageId,
        changed: [],
      },
      channel,
      activityAt: 0,
    }
    const inbox = userStub(env, bob.userId)
    expect(await inbox.deliver(delivery)).toBe(message.version)
    expect(await inbox.deliver({ ...delivery, version: 1, messages: null })).toBe(message.version)
    expect((await sync(bob, 1)).cursor).toBe(cursor)
    expect(await textsOf(bob)).toEqual(['once'])
  })

  it('takes an alarm that fires twice and late', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { stub } = await openDm(ana, bob)
    await say(stub, ana, 'hello')
    await expect.poll(() => textsOf(bob)).toEqual(['hello'])
    await runInDurableObject(stub, async (instance) => {
      await instance.alarm()
      await instance.alarm()
    })
    await evictDurableObject(stub)
    await runInDurableObject(stub, (instance) => instance.alarm())
    await say(stub, ana, 'again')
    await expect.poll(() => textsOf(bob)).toEqual(['hello', 'again'])
  })

  it('carries 40 messages of 99,999 emoji, in frames that stay bounded', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { stub } = await openDm(ana, bob)
    const long = '🦆'.repeat(99_999)
    for (let i = 0; i < 20; i++) {
      const results = await stub.send(ana.userId, [item(long), item(long)])
      results.forEach(value)
    }
    await expect.poll(async () => (await textsOf(bob)).length).toBe(40)
    const frame = await sync(bob, 1)
    expect(frame.more).toBe(true)
    expect(frame.messages.length).toBeLessThanOrEqual(3)
  })
})

describe('unread counts', () => {
  it('rise with the messages of others and fall on every device when one reads', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { channelId, stub } = await openDm(ana, bob)
    const phone = await TestDevice.connect(bob, 0, 'phone')
    const laptop = await TestDevice.connect(bob, 0, 'laptop')
    await say(stub, ana, 'one')
    await say(stub, bob, 'mine does not count')
    const last = await say(stub, ana, 'two')
    await laptop.until(() => laptop.channel(channelId)?.unread === 2)
    phone.send({ t: 'read', ref: 'r', channelId, messageId: last.messageId })
    expect(await phone.answer('r')).toEqual({ t: 'ok', ref: 'r' })
    await laptop.until(() => laptop.channel(channelId)?.unread === 0)
    await phone.until(() => phone.channel(channelId)?.readMessageId === last.messageId)
  })

  it('never move backwards, and stop at the newest message', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { stub } = await openDm(ana, bob)
    const first = await say(stub, ana, 'one')
    const second = await say(stub, ana, 'two')
    expect(value(await stub.read(bob.userId, 4711, false)).readMessageId).toBe(second.messageId)
    const back = value(await stub.read(bob.userId, first.messageId, false))
    expect(back).toMatchObject({ readMessageId: second.messageId, unread: 0 })
    await say(stub, ana, 'three')
    expect(value(await stub.describe(bob.userId)).unread).toBe(1)
  })

  it('are the same after an eviction, with what was saved and what was not', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { stub } = await openDm(ana, bob)
    await say(stub, ana, 'one @bob')
    await alarmInSilence(stub)
    await say(stub, ana, 'two')
    await evictDurableObject(stub)
    expect(value(await stub.describe(bob.userId))).toMatchObject({ unread: 2, mentionCount: 1 })
  })

  it('stay at 999 when there is more', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { stub } = await openDm(ana, bob)
    for (let i = 0; i < 10; i++) {
      await stub.send(
        ana.userId,
        Array.from({ length: 101 }, () => item('x')),
      )
    }
    expect(value(await stub.describe(bob.userId)).unread).toBe(999)
    const { messages } = value(await stub.history(bob.userId, { limit: 200 }))
    const mark = messages.at(-6)!.messageId
    expect(value(await stub.read(bob.userId, mark, false)).unread).toBe(5)
  })
})
