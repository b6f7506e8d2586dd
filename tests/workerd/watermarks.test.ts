import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ChannelObject } from '../../durable-objects/channel/channel-object.ts'
import type { Profile } from '../../durable-objects/shared/profile.ts'
import { makeGroup, openDm, person, say, syncAll, textsOf, value } from './support.ts'

type Stub = DurableObjectStub<ChannelObject>

/** An hour ahead, so that no alarm goes off by itself: each is fired by the test. */
let now = 0

beforeEach(() => {
  now = Date.now() + 3_600_000
  vi.spyOn(Date, 'now').mockImplementation(() => now)
})

afterEach(() => {
  vi.restoreAllMocks()
})

/** Waits until the inboxes of these people have all that was said. */
async function settle(stub: Stub, ...who: Profile[]): Promise<void> {
  await runInDurableObject(stub, async (instance: ChannelObject) => {
    const { loaded } = instance['channel']
    for (const { userId } of who) await loaded!.fanOut.settled(userId, 20_000)
  })
}

/** How far each inbox is, as the channel has stored it. */
async function saved(stub: Stub): Promise<number[]> {
  return await runInDurableObject(stub, (_, ctx) =>
    ctx.storage.sql
      .exec<{ delivered_version: number }>('SELECT delivered_version FROM members')
      .toArray()
      .map((row) => row.delivered_version),
  )
}

/** Fires the alarm as often as one is set; it comes to rest. */
async function fireAll(stub: Stub): Promise<void> {
  await expect
    .poll(async () => {
      now += 2_000
      return await runDurableObjectAlarm(stub)
    })
    .toBe(false)
}

describe('watermarks', () => {
  it('are saved once in 30 seconds while a channel is busy, and an alarm stays set', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { stub } = await openDm(ana, bob)
    await settle(stub, ana, bob)
    await fireAll(stub)
    const savedAt: { second: number; isComplete: boolean }[] = []
    let before = await saved(stub)
    for (let second = 1; second <= 62; second++) {
      now += 1_000
      const { version } = await say(stub, ana, `second ${second}`)
      await settle(stub, ana, bob)
      if (second % 2 === 1) continue
      expect(await runDurableObjectAlarm(stub)).toBe(true)
      const after = await saved(stub)
      if (String(after) !== String(before)) {
        savedAt.push({ second, isComplete: after.every((one) => one === version) })
      }
      before = after
    }
    expect(savedAt).toEqual([{ second: 32, isComplete: true }])
    const alarm = await runInDurableObject(stub, (_, ctx) => ctx.storage.getAlarm())
    expect(alarm).toBeGreaterThan(now)
  })

  it('are saved by the one alarm of a lone message', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { stub } = await openDm(ana, bob)
    await settle(stub, ana, bob)
    await fireAll(stub)
    const { version } = await say(stub, ana, 'hello')
    await settle(stub, ana, bob)
    now += 2_000
    expect(await runDurableObjectAlarm(stub)).toBe(true)
    expect(await saved(stub)).toEqual([version, version])
    await fireAll(stub)
  })

  it('are saved by the next alarm once a busy channel falls silent, which is then the last', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { stub } = await openDm(ana, bob)
    await settle(stub, ana, bob)
    await fireAll(stub)
    const before = await saved(stub)
    await say(stub, ana, 'one')
    now += 1_500
    const { version } = await say(stub, ana, 'two')
    await settle(stub, ana, bob)
    now += 500
    expect(await runDurableObjectAlarm(stub)).toBe(true)
    expect(await saved(stub)).toEqual(before)
    now += 2_000
    expect(await runDurableObjectAlarm(stub)).toBe(true)
    expect(await saved(stub)).toEqual([version, version])
    await fireAll(stub)
  })

  it('are lost with an object that is evicted while busy, and nothing else is: not a message, not a count', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { stub } = await makeGroup(ana, [bob])
    await settle(stub, ana, bob)
    await fireAll(stub)
    const before = await saved(stub)
    const texts = ['one', 'two @bob', 'three']
    for (const text of texts) await say(stub, ana, text)
    await settle(stub, ana, bob)
    expect(await runDurableObjectAlarm(stub)).toBe(true)
    await evictDurableObject(stub)
    expect(await saved(stub)).toEqual(before)
    expect(value(await stub.describe(bob.userId))).toMatchObject({ unread: 3, mentionCount: 1 })

    // The alarm that was left set wakes the object, which tells the inboxes again what they have.
    now += 2_000
    expect(await runDurableObjectAlarm(stub)).toBe(true)
    const last = await say(stub, ana, 'four')
    await settle(stub, ana, bob)
    await fireAll(stub)
    expect(await saved(stub)).toEqual([last.version, last.version])
    for (const member of [ana, bob]) expect(await textsOf(member)).toEqual([...texts, 'four'])
    const { channels } = await syncAll(bob, 0)
    expect(channels[0]).toMatchObject({ unread: 4, mentionCount: 1 })
  })

  it('that could not be saved are tried again by another alarm', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { stub } = await openDm(ana, bob)
    const { version } = await say(stub, ana, 'hello')
    await settle(stub, ana, bob)
    const failing = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    await runInDurableObject(stub, (_, ctx) => {
      ctx.storage.sql.exec(
        `CREATE TRIGGER full BEFORE UPDATE ON members BEGIN SELECT raise(ABORT, 'disk full'); END`,
      )
    })
    now += 2_000
    expect(await runDurableObjectAlarm(stub)).toBe(true)
    expect(failing).toHaveBeenCalledWith('channel object', expect.stringContaining('disk full'))
    await runInDurableObject(stub, (_, ctx) => void ctx.storage.sql.exec('DROP TRIGGER full'))
    now += 2_000
    expect(await runDurableObjectAlarm(stub)).toBe(true)
    expect(await saved(stub)).toEqual([version, version])
  })
})
