import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Profile } from '../../durable-objects/shared/profile.ts'
import { userStub } from '../../durable-objects/shared/stubs.ts'
import { UserObject } from '../../durable-objects/user/user-object.ts'
import type { Message } from '../../protocol/objects.ts'
import { accounts, alarmOf, befriend, change, toldOf, watching } from './people-support.ts'
import { after, Browser, Clock, inInbox, QueueSpy, register, rows } from './push-support.ts'
import { makeGroup, openDm, say, TestDevice, value, type TestChannel } from './support.ts'

let clock: Clock
let queue: QueueSpy

beforeEach(() => {
  clock = new Clock()
  queue = new QueueSpy()
})

afterEach(() => {
  vi.restoreAllMocks()
})

/** Ana, whose phone gets pushes, in a DM with Bob. */
async function anasPhone() {
  const [ana, bob] = await accounts('ana', 'bob')
  const phone = new Browser('phone')
  await register(ana, phone)
  const dm = await openDm(bob, ana)
  const deps = { who: ana, clock, queue }
  return {
    ana,
    bob,
    phone,
    dm,
    says: (text: string) => saysTo(ana, dm, bob, text),
    later: (ms: number) => after(ms, deps),
  }
}

/** Says something, and waits until it is in the inbox of `reader`. */
async function saysTo(
  reader: Profile,
  { channelId, stub }: TestChannel,
  sender: Profile,
  text: string,
): Promise<Message> {
  const message = await say(stub, sender, text)
  await inInbox(reader, channelId, message.version)
  return message
}

async function reads(who: Profile, { channelId, stub }: TestChannel, messageId: number) {
  value(await stub.read(who.userId, messageId, false))
  await expect
    .poll(async () => {
      const [row] = await rows(who, 'channels', channelId)
      const stored = JSON.parse(String(row?.['channel'])) as { readMessageId: number }
      return stored.readMessageId
    })
    .toBeGreaterThanOrEqual(messageId)
}

/** The alarm of `who`, in an object of their storage whose operator wants no previews. */
async function alarmWithoutPreviews(who: Profile): Promise<void> {
  await runInDurableObject(userStub(env, who.userId), async (_, ctx) => {
    await new UserObject(ctx, { ...env, PUSH_PREVIEWS: 'off' }).alarm()
  })
}

async function owed(who: Profile): Promise<number> {
  return (await rows(who, 'owed_pushes')).length
}

describe('with nobody at a device, a message', () => {
  it('is pushed two seconds after it arrived, and once', async () => {
    const { phone, dm, says, later } = await anasPhone()
    const { messageId } = await says('Are you there?')
    expect(await later(1_900)).toEqual([])
    expect(await later(100)).toMatchObject([
      {
        kind: 'show',
        deviceId: 'phone',
        address: phone.address,
        channelId: dm.channelId,
        messageId,
        title: 'bob',
        body: 'Are you there?',
        count: 1,
        unread: 1,
      },
    ])
    expect(await later(60_000)).toEqual([])
  })

  it('is not, if it is read before', async () => {
    const { ana, dm, says, later } = await anasPhone()
    const { messageId } = await says('Hello')
    await reads(ana, dm, messageId)
    expect(await later(2_000)).toEqual([])
    expect(await owed(ana)).toBe(0)
  })

  it('is not, if it is deleted before; then the one before it is', async () => {
    const { bob, dm, ana, says, later } = await anasPhone()
    const first = await says('First')
    const second = await says('Oops')
    const deleted = value(await dm.stub.delete(bob.userId, second.messageId))
    await inInbox(ana, dm.channelId, deleted.version)
    expect(await later(2_000)).toMatchObject([{ messageId: first.messageId, body: 'First' }])
  })

  it('is shown as it was edited meanwhile', async () => {
    const { bob, dm, ana, says, later } = await anasPhone()
    const { messageId } = await says('Helo')
    const edited = value(await dm.stub.edit(bob.userId, messageId, 'Hello'))
    await inInbox(ana, dm.channelId, edited.version)
    expect(await later(2_000)).toMatchObject([{ messageId, body: 'Hello' }])
  })

  it('goes to every device that registered, also with a tab open that nobody sees', async () => {
    const { ana, says, later } = await anasPhone()
    await register(ana, new Browser('laptop'))
    const tab = await TestDevice.connect(ana, 0, 'laptop')
    tab.send({ t: 'active', ref: 1, on: false })
    await tab.answer(1)
    await says('Hello')
    const jobs = await later(2_000)
    expect(jobs.map(({ deviceId }) => deviceId).sort()).toEqual(['laptop', 'phone'])
  })

  it('names the sender and the group', async () => {
    const { ana, bob, later } = await anasPhone()
    const group = await makeGroup(bob, [ana])
    await saysTo(ana, group, bob, 'Hello all')
    expect(await later(2_000)).toMatchObject([{ title: 'bob · A group', body: 'Hello all' }])
  })
})

describe('with somebody at a device, a message', () => {
  async function atTheLaptop() {
    const all = await anasPhone()
    const laptop = await TestDevice.connect(all.ana, 0, 'laptop')
    return { ...all, laptop }
  }

  it('buzzes nobody once that device has it', async () => {
    const { ana, laptop, says, later } = await atTheLaptop()
    const { messageId } = await says('Hello')
    await laptop.until(() => laptop.messages.some((message) => message.messageId === messageId))
    laptop.send({ t: 'cursor', ref: 1, cursor: laptop.syncs.at(-1)?.cursor })
    await laptop.answer(1)
    expect(await later(2_000)).toEqual([])
    expect(await later(28_000)).toEqual([])
    expect(await owed(ana)).toBe(0)
  })

  it('is pushed after 30 seconds in which no device has confirmed it', async () => {
    const { says, later } = await atTheLaptop()
    await says('Hello')
    expect(await later(29_900)).toEqual([])
    expect(await later(100)).toMatchObject([{ body: 'Hello', deviceId: 'phone' }])
  })

  it('is not, if it was read by then', async () => {
    const { ana, dm, says, later } = await atTheLaptop()
    const { messageId } = await says('Hello')
    await reads(ana, dm, messageId)
    expect(await later(30_000)).toEqual([])
  })

  it('has 30 seconds of its own, when one before it was confirmed', async () => {
    const { laptop, says, later } = await atTheLaptop()
    const { messageId } = await says('First')
    await laptop.until(() => laptop.messages.some((message) => message.messageId === messageId))
    laptop.send({ t: 'cursor', ref: 1, cursor: laptop.syncs.at(-1)?.cursor })
    await laptop.answer(1)
    clock.pass(20_000)
    laptop.ping()
    await says('Second')
    expect(await later(10_000)).toEqual([])
    expect(await later(19_900)).toEqual([])
    expect(await later(100)).toMatchObject([{ body: 'Second', count: 2 }])
  })

  it('is pushed after two seconds once that device says that nobody looks, or is silent', async () => {
    const { laptop, says, later } = await atTheLaptop()
    laptop.send({ t: 'active', ref: 1, on: false })
    await laptop.answer(1)
    await says('Hidden')
    expect(await later(2_000)).toMatchObject([{ body: 'Hidden' }])
    laptop.send({ t: 'active', ref: 2, on: true })
    await laptop.answer(2)
    await says('Back')
    expect(await later(2_000)).toEqual([])
    clock.pass(30_000)
    await says('Silent')
    expect(await later(2_000)).toMatchObject([{ body: 'Silent' }])
  })

  it('is pushed two seconds after the next one that finds nobody', async () => {
    const { laptop, says, later } = await atTheLaptop()
    await says('First')
    laptop.ws.close(1000)
    await laptop.closing()
    await says('Second')
    expect(await later(2_000)).toMatchObject([{ body: 'Second', count: 2 }])
  })
})

describe('nobody is told', () => {
  it('of what they said themselves', async () => {
    const { ana, bob, dm, says, later } = await anasPhone()
    await says('Hello')
    await later(2_000)
    await saysTo(ana, dm, ana, 'Hello Bob')
    expect(await later(2_000)).toEqual([])
    expect(await saysTo(bob, dm, ana, 'There?')).toMatchObject({ text: 'There?' })
    expect(await later(2_000)).toEqual([])
  })

  it('of a muted channel', async () => {
    const { ana, dm, says, later } = await anasPhone()
    value(await dm.stub.changeSettings(ana.userId, { notify: 'none' }))
    await says('Hello')
    expect(await later(2_000)).toEqual([])
    expect(await owed(ana)).toBe(0)
  })

  it('of more than mentions, where only those are wanted', async () => {
    const { ana, bob, later } = await anasPhone()
    const group = await makeGroup(bob, [ana])
    value(await group.stub.changeSettings(ana.userId, { notify: 'mentions' }))
    await saysTo(ana, group, bob, 'Hello')
    expect(await later(2_000)).toEqual([])
    await saysTo(ana, group, bob, `Hello @${ana.handle}`)
    await saysTo(ana, group, bob, 'And bye')
    expect(await later(2_000)).toMatchObject([{ body: `Hello @${ana.handle}`, count: 1 }])
  })

  it('of what somebody says in a group whom they have blocked', async () => {
    const { ana, bob, later } = await anasPhone()
    const group = await makeGroup(bob, [ana])
    await change(ana, 'block', bob)
    await saysTo(ana, group, bob, 'Hello')
    expect(await later(2_000)).toEqual([])
  })

  it('of joining, renaming and other events', async () => {
    const { ana, bob, later } = await anasPhone()
    const group = await makeGroup(bob, [ana])
    const renamed = value(await group.stub.rename(bob.userId, 'Another name'))
    await expect.poll(() => rows(ana, 'channels', group.channelId)).toHaveLength(1)
    expect(renamed.title).toBe('Another name')
    expect(await later(2_000)).toEqual([])
  })

  it('of a channel they have left, and what it showed is taken back', async () => {
    const { ana, bob, later } = await anasPhone()
    const group = await makeGroup(bob, [ana])
    await saysTo(ana, group, bob, 'Hello')
    await later(2_000)
    value(await group.stub.remove(ana.userId, ana.userId))
    await expect.poll(() => owed(ana)).toBe(1)
    expect(await later(500)).toMatchObject([{ kind: 'clear', channelId: group.channelId }])
  })

  it('in their quiet hours, by the clock of where they are', async () => {
    const { ana, says, later } = await anasPhone()
    const quietHours = { from: '22:00', to: '07:00', timeZone: 'America/New_York' }
    value(await userStub(env, ana.userId).changeSettings({ quietHours }))
    // In summer New York is four hours behind.
    clock.now = Date.parse('2027-07-02T02:30:00Z')
    await says('Night')
    expect(await later(2_000)).toEqual([])
    clock.now = Date.parse('2027-07-02T10:59:30Z')
    await says('Nearly morning')
    expect(await later(2_000)).toEqual([])
    clock.now = Date.parse('2027-07-02T11:00:00Z')
    await says('Morning')
    expect(await later(2_000)).toMatchObject([{ body: 'Morning', count: 3 }])
  })

  it('in their quiet hours, but at the end of them of what is still unread, once', async () => {
    const { ana, dm, says, later } = await anasPhone()
    const quietHours = { from: '22:00', to: '07:00', timeZone: 'America/New_York' }
    value(await userStub(env, ana.userId).changeSettings({ quietHours }))
    clock.now = Date.parse('2027-07-02T02:30:00Z')
    await says('Night')
    await says('Good night')
    expect(await later(2_000)).toEqual([])
    expect(await alarmOf(ana)).toBe(Date.parse('2027-07-02T11:00:00Z'))
    clock.now = Date.parse('2027-07-02T11:00:00Z')
    expect(await later(0)).toMatchObject([{ body: 'Good night', count: 2 }])
    expect(await later(60_000)).toEqual([])
    clock.now = Date.parse('2027-07-03T02:30:00Z')
    const { messageId } = await says('Again')
    expect(await later(2_000)).toEqual([])
    await reads(ana, dm, messageId)
    clock.now = Date.parse('2027-07-03T11:00:00Z')
    expect(await later(0)).toMatchObject([{ kind: 'clear' }])
    expect(await owed(ana)).toBe(0)
  })

  it('at the end of quiet hours of what a device has that they look at', async () => {
    const { ana, says, later } = await anasPhone()
    const time = (at: number): string => new Date(at).toISOString().slice(11, 16)
    const quietHours = { from: time(clock.now), to: time(clock.now + 120_000), timeZone: 'UTC' }
    value(await userStub(env, ana.userId).changeSettings({ quietHours }))
    const laptop = await TestDevice.connect(ana, 0, 'laptop')
    laptop.send({ t: 'active', ref: 1, on: false })
    await laptop.answer(1)
    const { messageId } = await says('Quiet')
    await laptop.until(() => laptop.messages.some((message) => message.messageId === messageId))
    laptop.send({ t: 'cursor', ref: 2, cursor: laptop.syncs.at(-1)?.cursor })
    await laptop.answer(2)
    expect(await later(2_000)).toEqual([])
    clock.pass(120_000)
    laptop.ping()
    laptop.send({ t: 'active', ref: 3, on: true })
    await laptop.answer(3)
    expect(await later(0)).toEqual([])
    expect(await owed(ana)).toBe(0)
  })

  it('later than they want: who ends quiet hours is told at once', async () => {
    const { ana, says, later } = await anasPhone()
    const quietHours = { from: '22:00', to: '07:00', timeZone: 'America/New_York' }
    value(await userStub(env, ana.userId).changeSettings({ quietHours }))
    clock.now = Date.parse('2027-07-02T02:30:00Z')
    await says('Night')
    expect(await later(2_000)).toEqual([])
    value(await userStub(env, ana.userId).changeSettings({ quietHours: null }))
    expect(await later(500)).toMatchObject([{ body: 'Night' }])
  })

  it('what a message says, if they want no previews', async () => {
    const { ana, says, later } = await anasPhone()
    value(await userStub(env, ana.userId).changeSettings({ pushPreviews: false }))
    await says('Secret')
    expect(await later(2_000)).toMatchObject([{ title: 'bob', body: null, count: 1 }])
  })

  it.each([true, false])(
    'what a message says, if the operator wants no previews, whatever they have set: %s',
    async (pushPreviews) => {
      const { ana, bob, dm, says } = await anasPhone()
      value(await userStub(env, ana.userId).changeSettings({ pushPreviews }))
      const { messageId } = await says('Secret')
      clock.pass(2_000)
      await alarmWithoutPreviews(ana)
      expect(queue.take()).toMatchObject([
        { kind: 'show', messageId, title: 'bob', body: null, count: 1 },
      ])
      const edited = value(await dm.stub.edit(bob.userId, messageId, 'Still secret'))
      await inInbox(ana, dm.channelId, edited.version)
      await alarmWithoutPreviews(ana)
      const corrections = queue.take()
      expect(corrections).toMatchObject([{ kind: 'show', replaces: messageId, body: null }])
      expect(JSON.stringify(corrections)).not.toContain('ecret')
    },
  )

  it('of typing, nor of who comes and goes: no push is owed, as one is of a message', async () => {
    const { ana, bob, dm, says, later } = await anasPhone()
    await befriend(ana, bob)
    const laptop = await watching(ana, [bob], 'laptop')
    laptop.send({ t: 'active', ref: 1, on: false })
    await laptop.answer(1)
    const open = await TestDevice.attach(dm.channelId, ana, 0, 'laptop')
    const bobs = await TestDevice.attach(dm.channelId, bob)

    bobs.send({ t: 'typing', ref: 1 })
    await open.frame(({ t }) => t === 'typing')
    // With the conversation open her inbox would be told later.
    open.ws.close(1000)
    await open.closing()
    await TestDevice.connect(bob, 0, 'phone')
    await laptop.until(() => toldOf(laptop, bob).at(-1) === 'online')
    await userStub(env, bob.userId).endDevice('phone')
    await laptop.until(() => toldOf(laptop, bob).at(-1) === 'offline')
    expect(await owed(ana)).toBe(0)
    expect(await later(60_000)).toEqual([])

    await says('Hello')
    expect(await owed(ana)).toBe(1)
    expect(await later(2_000)).toMatchObject([{ body: 'Hello' }])
  })

  it('of anything without a device that registered: no row, no alarm', async () => {
    const [ana, bob] = await accounts('ana', 'bob')
    const dm = await openDm(bob, ana)
    await saysTo(ana, dm, bob, 'Hello')
    expect(await owed(ana)).toBe(0)
    expect(await alarmOf(ana)).toBeNull()
  })
})
