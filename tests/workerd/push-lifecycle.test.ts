import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Profile } from '../../durable-objects/shared/profile.ts'
import { userStub } from '../../durable-objects/shared/stubs.ts'
import type { PushJob } from '../../protocol/push.ts'
import { pushTopic } from '../../workers/push/topic.ts'
import { accounts, alarmOf, fireAlarm } from './people-support.ts'
import {
  after,
  Browser,
  Clock,
  inInbox,
  oweAgain,
  QueueSpy,
  register,
  rows,
} from './push-support.ts'
import { makeGroup, openDm, say, value, type TestChannel } from './support.ts'

let clock: Clock
let queue: QueueSpy

beforeEach(() => {
  clock = new Clock()
  queue = new QueueSpy()
})

afterEach(() => {
  vi.restoreAllMocks()
})

/** Ana, whose phone gets pushes, in a DM with Bob; `later` lets time pass and her alarm ring. */
async function anasPhone() {
  const [ana, bob] = await accounts('ana', 'bob')
  await register(ana, new Browser('phone'))
  const dm = await openDm(bob, ana)
  const later = (ms: number): Promise<PushJob[]> => after(ms, { who: ana, clock, queue })
  const says = async (text: string, channel: TestChannel = dm): Promise<number> => {
    const { messageId, version } = await say(channel.stub, bob, text)
    await inInbox(ana, channel.channelId, version)
    return messageId
  }
  const reads = async (messageId: number, { stub }: TestChannel = dm): Promise<void> => {
    value(await stub.read(ana.userId, messageId, true))
  }
  return { ana, bob, dm, later, says, reads }
}

async function owed(who: Profile): Promise<number> {
  return (await rows(who, 'owed_pushes')).length
}

async function told(who: Profile): Promise<number> {
  return (await rows(who, 'told_pushes')).length
}

describe('a burst in one channel', () => {
  it('is one push, which counts all of it and shows the newest', async () => {
    const { ana, says, later } = await anasPhone()
    await says('1')
    expect(await owed(ana)).toBe(1)
    clock.pass(1_000)
    for (let i = 2; i <= 50; i++) await says(String(i))
    expect(await owed(ana)).toBe(1)
    expect(await later(1_000)).toMatchObject([{ body: '50', count: 50, unread: 50 }])
    await says('51')
    expect(await later(1_900)).toEqual([])
    expect(await later(100)).toMatchObject([{ body: '51', count: 51 }])
    expect(queue.calls).toBe(2)
  })

  it('beside one in another channel is a push for each, and the badge counts both', async () => {
    const { ana, bob, dm, says, later } = await anasPhone()
    const group = await makeGroup(bob, [ana])
    const muted = await makeGroup(bob, [ana])
    value(await muted.stub.changeSettings(ana.userId, { notify: 'none' }))
    await says('In the DM')
    await says('In the group', group)
    await says('In the group again', group)
    await says('Nobody hears this', muted)
    const jobs = await later(2_000)
    expect(jobs.map(({ channelId }) => channelId).sort()).toEqual(
      [dm.channelId, group.channelId].sort(),
    )
    expect(jobs.map(({ unread }) => unread)).toEqual([3, 3])
    expect(queue.calls).toBe(1)
  })
})

describe('a notification', () => {
  it('is taken back on every device when it is read elsewhere, and the badge follows', async () => {
    const { ana, bob, dm, says, reads, later } = await anasPhone()
    await register(ana, new Browser('laptop'))
    const group = await makeGroup(bob, [ana])
    await says('Hello', group)
    const messageId = await says('Hello')
    expect(await later(2_000)).toHaveLength(4)
    await reads(messageId)
    await expect.poll(() => owed(ana)).toBe(1)
    const jobs = await later(500)
    const clear = { kind: 'clear', channelId: dm.channelId, messageId, unread: 1 }
    expect(jobs).toMatchObject([clear, clear])
    expect(jobs.map(({ deviceId }) => deviceId).sort()).toEqual(['laptop', 'phone'])
    expect(await told(ana)).toBe(1)
    expect(await later(60_000)).toEqual([])
  })

  it('stays while some of what it tells of is unread, and goes with the last', async () => {
    const { ana, says, reads, later } = await anasPhone()
    const first = await says('First')
    const second = await says('Second')
    await later(2_000)
    await reads(first)
    expect(await later(2_000)).toEqual([])
    await reads(second)
    await expect.poll(() => owed(ana)).toBe(1)
    expect(await later(500)).toMatchObject([{ kind: 'clear', messageId: second, unread: 0 }])
  })

  it('goes when its message is deleted', async () => {
    const { ana, bob, dm, says, later } = await anasPhone()
    const messageId = await says('Oops')
    await later(2_000)
    value(await dm.stub.delete(bob.userId, messageId))
    await expect.poll(() => owed(ana)).toBe(1)
    expect(await later(500)).toMatchObject([{ kind: 'clear', messageId }])
  })

  it('is taken back also if it was read while it was on its way to the queue', async () => {
    const { ana, dm, says, later } = await anasPhone()
    const messageId = await says('Hello')
    queue.isSlow = true
    const jobs = later(2_000)
    await expect.poll(() => queue.calls).toBe(1)
    value(await dm.stub.read(ana.userId, messageId, true))
    await expect.poll(() => owed(ana)).toBe(2)
    queue.isSlow = false
    expect(await jobs).toMatchObject([{ kind: 'show' }, { kind: 'clear', messageId }])
    expect(await owed(ana)).toBe(0)
    expect(await told(ana)).toBe(0)
  })

  it('that waits for its service is not shown once it is read', async () => {
    const { ana, dm, says, reads, later } = await anasPhone()
    const messageId = await says('Hello')
    const [job] = await later(2_000)
    const isOver = (): Promise<boolean> =>
      userStub(env, ana.userId).isPushOver(dm.channelId, messageId, job!.createdAt)
    expect(await isOver()).toBe(false)
    await reads(messageId)
    await expect.poll(isOver).toBe(true)
  })
})

describe('a notification of which a message is deleted or edited', () => {
  async function twoTold() {
    const all = await anasPhone()
    const first = await all.says('First')
    const second = await all.says('Oops')
    const [shown] = await all.later(2_000)
    expect(shown).toMatchObject({ messageId: second, sinceMessageId: second })
    const deletes = async (messageId: number): Promise<void> => {
      value(await all.dm.stub.delete(all.bob.userId, messageId))
    }
    return { ...all, first, second, shown, deletes }
  }

  it('is replaced by what is still unread, by a push that says what it replaces', async () => {
    const { ana, first, second, shown, deletes, later } = await twoTold()
    await deletes(second)
    await expect.poll(() => owed(ana)).toBe(1)
    const jobs = await later(500)
    expect(jobs).toMatchObject([
      {
        kind: 'show',
        messageId: first,
        replaces: second,
        body: 'First',
        count: 1,
        unread: 1,
        sinceMessageId: shown?.sinceMessageId,
      },
    ])
    expect(JSON.stringify(jobs)).not.toContain('Oops')
    await deletes(first)
    await expect.poll(() => owed(ana)).toBe(1)
    expect(await later(500)).toMatchObject([{ kind: 'clear', messageId: second, unread: 0 }])
    expect(await told(ana)).toBe(0)
  })

  it('shows the new text, and once', async () => {
    const { ana, bob, dm, second, later } = await twoTold()
    value(await dm.stub.edit(bob.userId, second, 'Better'))
    await expect.poll(() => owed(ana)).toBe(1)
    expect(await later(500)).toMatchObject([
      { messageId: second, replaces: second, body: 'Better', count: 2 },
    ])
    expect(await later(60_000)).toEqual([])
  })

  it('is left alone by reactions, and by what happens to messages that it does not show', async () => {
    const { ana, bob, dm, first, second, deletes, later } = await twoTold()
    const reacted = value(await dm.stub.react(bob.userId, second, '👍'))
    await inInbox(ana, dm.channelId, reacted.version)
    expect(await later(500)).toEqual([])
    await deletes(first)
    expect(await later(60_000)).toEqual([])
    expect(await owed(ana)).toBe(0)
  })

  it('goes if only messages are left of which it does not tell yet', async () => {
    const { says, first, second, deletes, later } = await twoTold()
    await deletes(first)
    await deletes(second)
    await says('Third')
    const clear = { kind: 'clear', messageId: second }
    expect(await later(500)).toMatchObject([clear])
    expect(await later(1_500)).toMatchObject([{ kind: 'show', body: 'Third', replaces: null }])
  })

  it('has the deleted text nowhere any more: a job that still waits for its service is over', async () => {
    const { ana, dm, second, shown, deletes, later } = await twoTold()
    const isOver = (createdAt: number): Promise<boolean> =>
      userStub(env, ana.userId).isPushOver(dm.channelId, second, createdAt)
    expect(await isOver(shown!.createdAt)).toBe(false)
    await deletes(second)
    await expect.poll(() => owed(ana)).toBe(1)
    const [corrected] = await later(500)
    expect(await isOver(shown!.createdAt)).toBe(true)
    expect(await isOver(corrected!.createdAt)).toBe(false)
  })
})

describe('what takes a notification back', () => {
  it('belongs to that notification, and never replaces the next one at a push service', async () => {
    const { ana, says, reads, later } = await anasPhone()
    const first = await says('First')
    const [shown] = await later(2_000)
    await says('Second')
    const [goneOn] = await later(2_000)
    expect(goneOn?.sinceMessageId).toBe(first)
    await reads(goneOn!.messageId)
    await expect.poll(() => owed(ana)).toBe(1)
    const [cleared] = await later(500)
    const next = await says('Third')
    const [shownNext] = await later(2_000)
    expect(shownNext).toMatchObject({ kind: 'show', messageId: next, sinceMessageId: next })
    const topic = (job: PushJob | undefined) => pushTopic('key', job!)
    expect(topic(cleared)).toBe(topic(shown))
    expect(topic(goneOn)).toBe(topic(shown))
    expect(topic(shownNext)).not.toBe(topic(cleared))
  })

  it('does so also where both go to the queue together, after it took nothing for a while', async () => {
    const { ana, says, reads, later } = await anasPhone()
    vi.spyOn(console, 'error').mockReturnValue()
    const first = await says('First')
    await later(2_000)
    queue.isDown = true
    await reads(first)
    await expect.poll(() => owed(ana)).toBe(1)
    await later(500)
    const next = await says('Next')
    queue.isDown = false
    expect(await later(2_000)).toMatchObject([
      { kind: 'clear', sinceMessageId: first },
      { kind: 'show', sinceMessageId: next },
    ])
    expect(await told(ana)).toBe(1)
  })

  it('takes back what was told before that was noted, and then goes on as usual', async () => {
    const { ana, says, reads, later } = await anasPhone()
    const first = await says('First')
    await later(2_000)
    await runInDurableObject(userStub(env, ana.userId), (_, { storage }) => {
      storage.sql.exec(
        'UPDATE told_pushes SET since_message_id = 0, shows_message_id = 0, told_at = 0',
      )
    })
    await reads(first)
    await expect.poll(() => owed(ana)).toBe(1)
    expect(await later(500)).toMatchObject([{ kind: 'clear', sinceMessageId: null }])
    const next = await says('Next')
    expect(await later(2_000)).toMatchObject([{ kind: 'show', sinceMessageId: next }])
  })

  it('does so also where the next message comes before it is on the queue', async () => {
    const { ana, says, reads, later } = await anasPhone()
    const first = await says('First')
    await later(2_000)
    await reads(first)
    await expect.poll(() => owed(ana)).toBe(1)
    queue.isSlow = true
    const jobs = later(500)
    await expect.poll(() => queue.calls).toBe(2)
    const next = await says('Next')
    queue.isSlow = false
    expect(await jobs).toMatchObject([{ kind: 'clear', sinceMessageId: first }])
    expect(await later(2_000)).toMatchObject([{ kind: 'show', sinceMessageId: next }])
    expect(await told(ana)).toBe(1)
  })
})

describe('a push that is owed', () => {
  it('survives the object', async () => {
    const { ana, says } = await anasPhone()
    await says('Hello')
    expect(await alarmOf(ana)).toBe(clock.now + 2_000)
    await evictDurableObject(userStub(env, ana.userId))
    clock.pass(2_000)
    await fireAlarm(ana)
    expect(queue.take()).toMatchObject([{ body: 'Hello' }])
  })

  it('is tried again with back-off while the queue takes nothing, and is then one', async () => {
    const { ana, says, later } = await anasPhone()
    const log = vi.spyOn(console, 'error').mockReturnValue()
    queue.isDown = true
    await says('Secret')
    expect(await later(2_000)).toEqual([])
    for (let failures = 1; failures <= 4; failures++) {
      const [row] = await rows(ana, 'owed_pushes')
      expect(row).toMatchObject({ failures })
      const wait = Number(row?.['due_at']) - clock.now
      expect(wait).toBeGreaterThanOrEqual(1_000 * 2 ** (failures - 2))
      expect(await alarmOf(ana)).toBe(clock.now + Math.max(wait, 500))
      expect(await later(wait)).toEqual([])
    }
    await evictDurableObject(userStub(env, ana.userId))
    await says('More')
    queue.isDown = false
    expect(await later(5 * 60_000)).toMatchObject([{ body: 'More', count: 2 }])
    expect(await owed(ana)).toBe(0)
    expect(JSON.stringify(log.mock.calls)).not.toMatch(/Secret|fcm\.googleapis/)
  })

  it('does not swallow what comes while it is on its way', async () => {
    const { says, later } = await anasPhone()
    await says('First')
    queue.isSlow = true
    const jobs = later(2_000)
    await expect.poll(() => queue.calls).toBe(1)
    await says('Second')
    queue.isSlow = false
    expect(await jobs).toMatchObject([{ body: 'First', count: 1 }])
    expect(await later(2_000)).toMatchObject([{ body: 'Second', count: 2 }])
    expect(await later(60_000)).toEqual([])
  })

  it('runs twice as if it were once, when the object died before it noted that the queue has it', async () => {
    const { ana, says, later } = await anasPhone()
    const messageId = await says('Hello')
    const [row] = await rows(ana, 'owed_pushes')
    const [first] = await later(2_000)
    await oweAgain(ana, row!)
    await evictDurableObject(userStub(env, ana.userId))
    const [second] = await later(20_000)
    expect(second).toMatchObject({ messageId, channelId: first?.channelId, kind: 'show' })
    expect(await owed(ana)).toBe(0)
  })

  it('is dropped once it is a day old', async () => {
    const { ana, says, later } = await anasPhone()
    vi.spyOn(console, 'error').mockReturnValue()
    queue.isDown = true
    await says('Hello')
    await later(2_000)
    queue.isDown = false
    expect(await later(24 * 3_600_000)).toEqual([])
    expect(await owed(ana)).toBe(0)
  })
})

describe('a row that nobody can read', () => {
  /** Replaces something stored by what is no JSON. */
  async function spoil(who: Profile, statement: string): Promise<void> {
    await runInDurableObject(userStub(env, who.userId), (_, { storage }) => {
      storage.sql.exec(statement)
    })
  }

  it('keeps no other push waiting, and is given up in the end', async () => {
    const { ana, bob, says, later } = await anasPhone()
    vi.spyOn(console, 'error').mockReturnValue()
    const group = await makeGroup(bob, [ana])
    await says('Spoilt', group)
    await says('Whole')
    await spoil(ana, `UPDATE inbox SET messages = 'x' WHERE channel_id = '${group.channelId}'`)
    expect(await later(2_000)).toMatchObject([{ body: 'Whole' }])
    expect(await owed(ana)).toBe(1)
    for (let i = 0; i < 11; i++) expect(await later(5 * 60_000)).toEqual([])
    expect(await owed(ana)).toBe(0)
  })

  it('is not looked at all the time', async () => {
    const { ana, says, later } = await anasPhone()
    vi.spyOn(console, 'error').mockReturnValue()
    await says('Hello')
    await spoil(ana, "UPDATE push_addresses SET address = 'x'")
    expect(await later(2_000)).toEqual([])
    expect(await alarmOf(ana)).toBe(clock.now + 5 * 60_000)
  })
})

describe('a group of 100 of whom 99 are away', () => {
  it('is a push for each, and the sender waits for none', async () => {
    const [bob, ...others] = await accounts(...Array.from({ length: 100 }, (_, i) => `p${i}`))
    for (const other of others) await register(other, new Browser(`phone-of-${other.name}`))
    const group = await makeGroup(bob!, others)
    const { version } = await say(group.stub, bob!, 'Hello all')
    expect(queue.calls).toBe(0)
    for (const other of others) await inInbox(other, group.channelId, version)
    clock.pass(2_000)
    for (const other of others) await fireAlarm(other)
    const jobs = queue.take()
    expect(new Set(jobs.map(({ deviceId }) => deviceId)).size).toBe(99)
    expect(jobs).toHaveLength(99)
  })
})
