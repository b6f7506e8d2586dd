import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { ChannelObject } from '../../durable-objects/channel/channel-object.ts'
import type { Profile } from '../../durable-objects/shared/profile.ts'
import { userStub } from '../../durable-objects/shared/stubs.ts'
import type { Channel, Settings } from '../../protocol/objects.ts'
import { findProfiles } from '../../workers/profiles.ts'
import { call, refusal, signUp } from './edge.ts'
import { accounts, alarmOf, befriend, change, fireAlarm } from './people-support.ts'
import {
  makeGroup,
  openDm,
  say,
  sync,
  syncAll,
  TestDevice,
  value,
  type TestChannel,
} from './support.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

async function receipts(who: Profile, on: boolean): Promise<Settings> {
  return value(await userStub(env, who.userId).changeSettings({ receipts: on }))
}

/** How far `who` has read, as `reader` sees it. */
async function markFor({ stub }: TestChannel, reader: Profile, who: Profile): Promise<number> {
  return markIn(value(await stub.describe(reader.userId)), who)
}

function markIn(channel: Channel, who: Profile): number {
  return channel.members!.find(({ userId }) => userId === who.userId)!.readMessageId
}

function told(device: TestDevice): unknown[] {
  return device.frames.filter(({ t }) => t === 'receipt')
}

async function inInbox(who: Profile, ...channels: TestChannel[]): Promise<void> {
  await expect.poll(async () => (await sync(who, 0)).channels.length).toBe(channels.length)
}

describe('whoever has switched read receipts off', () => {
  it('is shown to others with the mark of that moment, and sees theirs as they were then', async () => {
    const [ana, bob, cyd] = await accounts('ana', 'bob', 'cyd')
    const group = await makeGroup(ana, [bob, cyd])
    await inInbox(ana, group)
    const first = await say(group.stub, cyd, 'one')
    for (const reader of [ana, bob]) await group.stub.read(reader.userId, first.messageId, false)
    expect((await receipts(ana, false)).receipts).toBe(false)
    const second = await say(group.stub, cyd, 'two')
    for (const reader of [ana, bob]) await group.stub.read(reader.userId, second.messageId, false)
    const look = async () => ({
      ofAna: [await markFor(group, bob, ana), await markFor(group, cyd, ana)],
      ofBob: [await markFor(group, ana, bob), await markFor(group, cyd, bob)],
      own: await markFor(group, ana, ana),
    })
    const seen = {
      ofAna: [first.messageId, first.messageId],
      ofBob: [first.messageId, second.messageId],
      own: second.messageId,
    }
    expect(await look()).toEqual(seen)
    await evictDurableObject(group.stub)
    expect(await look()).toEqual(seen)
    // Everybody gets the list of members anew with this, by their inbox.
    value(await group.stub.setRole(ana.userId, cyd.userId, 'admin'))
    await expect
      .poll(async () => markIn((await syncAll(bob, 0)).channels[0]!, ana))
      .toBe(first.messageId)
    await expect
      .poll(async () => markIn((await syncAll(ana, 0)).channels[0]!, bob))
      .toBe(first.messageId)
  })

  it('is named in no receipt, and gets none, while those of all others go on', async () => {
    const [ana, bob, cyd] = await accounts('ana', 'bob', 'cyd')
    const group = await makeGroup(ana, [bob, cyd])
    await inInbox(ana, group)
    await receipts(ana, false)
    const { messageId } = await say(group.stub, cyd, 'read me')
    const [hers, his] = [
      await TestDevice.attach(group.channelId, ana),
      await TestDevice.attach(group.channelId, cyd),
    ]
    hers.send({ t: 'read', ref: 1, messageId })
    await hers.answer(1)
    await group.stub.read(bob.userId, messageId, false)
    await his.frame(({ t, userId }) => t === 'receipt' && userId === bob.userId)
    // Frames of a socket come in order: what was not told before this is not told.
    his.send({ t: 'typing', ref: 2 })
    await hers.frame(({ t }) => t === 'typing')
    expect(told(his)).toHaveLength(1)
    expect(told(hers)).toEqual([])
  })

  it('still lets the other one of a DM know that a message was delivered', async () => {
    const [ana, bob] = await accounts('ana', 'bob')
    const dm = await openDm(ana, bob)
    await inInbox(ana, dm)
    await receipts(ana, false)
    const sender = await TestDevice.connect(bob)
    const device = await TestDevice.connect(ana)
    await device.until(() => device.channel(dm.channelId))
    const one = await say(dm.stub, bob, 'one')
    await device.until(() => device.messages.length === 1)
    device.send({ t: 'cursor', cursor: device.syncs.at(-1)!.cursor })
    await sender.until(() => told(sender).length === 1)
    device.send({ t: 'read', ref: 1, channelId: dm.channelId, messageId: one.messageId })
    await device.answer(1)
    // Read over HTTP before any device has confirmed it: that is a delivery too.
    const two = await say(dm.stub, bob, 'two')
    value(await dm.stub.read(ana.userId, two.messageId, false))
    await sender.until(() => told(sender).length === 2)
    expect(told(sender)).toMatchObject([
      { readMessageId: 0, deliveredMessageId: one.messageId },
      { readMessageId: 0, deliveredMessageId: two.messageId },
    ])
    const { members } = value(await dm.stub.describe(bob.userId))
    expect(members?.find(({ userId }) => userId === ana.userId)).toMatchObject({
      readMessageId: 0,
      deliveredMessageId: two.messageId,
    })
  })

  it('has exact marks and counts on their own devices', async () => {
    const [ana, bob] = await accounts('ana', 'bob')
    const dm = await openDm(ana, bob)
    await inInbox(ana, dm)
    await receipts(ana, false)
    const device = await TestDevice.connect(ana)
    const one = await say(dm.stub, bob, 'one')
    await say(dm.stub, bob, 'two')
    await device.until(() => device.channel(dm.channelId)?.unread === 2)
    value(await dm.stub.read(ana.userId, one.messageId, false))
    await device.until(() => device.channel(dm.channelId)?.unread === 1)
    expect(device.channel(dm.channelId)?.readMessageId).toBe(one.messageId)
    expect(await markFor(dm, ana, ana)).toBe(one.messageId)
  })

  it('is hidden from the first in channels that are made, joined or opened later', async () => {
    const [ana, bob] = await accounts('ana', 'bob')
    await receipts(ana, false)
    const profile = (await findProfiles(env, [ana.userId])).get(ana.userId)!
    const dm = await openDm(bob, profile)
    const group = await makeGroup(bob, [])
    const before = await say(group.stub, bob, 'before')
    value(await group.stub.add(bob.userId, profile))
    for (const channel of [dm, group]) {
      const { messageId } = await say(channel.stub, bob, 'read me')
      value(await channel.stub.read(ana.userId, messageId, false))
      value(await channel.stub.read(bob.userId, messageId, false))
    }
    expect(await markFor(dm, bob, ana)).toBe(0)
    expect(await markFor(dm, ana, bob)).toBe(0)
    // Whoever comes in has nothing to read of what was there before.
    expect(await markFor(group, bob, ana)).toBe(before.messageId)
    value(await group.stub.add(ana.userId, (await accounts('dan'))[0]))
    expect(value(await group.stub.describe(ana.userId)).members).toHaveLength(3)
  })

  it('is shown as they are once it is on again, and sees others so, on all devices', async () => {
    const [ana, bob] = await accounts('ana', 'bob')
    const dm = await openDm(ana, bob)
    await inInbox(ana, dm)
    await receipts(ana, false)
    const { messageId } = await say(dm.stub, ana, 'read me')
    await say(dm.stub, bob, 'and me')
    for (const reader of [ana, bob]) await dm.stub.read(reader.userId, messageId, false)
    const [hers, his] = [await TestDevice.connect(ana), await TestDevice.connect(bob)]
    await receipts(ana, true)
    await his.until(() => markOn(his, dm, ana) === messageId)
    await hers.until(() => markOn(hers, dm, bob) === messageId)
    const next = await say(dm.stub, bob, 'next')
    value(await dm.stub.read(ana.userId, next.messageId, false))
    const isNext = ({ t, readMessageId }: { t: string; readMessageId?: unknown }): boolean =>
      t === 'receipt' && readMessageId === next.messageId
    expect(await his.frame(isNext)).toMatchObject({ userId: ana.userId })
  })

  it('stays hidden when a block comes and goes', async () => {
    const [ana, bob] = await accounts('ana', 'bob')
    const dm = await openDm(ana, bob)
    await inInbox(ana, dm)
    await receipts(ana, false)
    const { messageId } = await say(dm.stub, bob, 'read me')
    value(await dm.stub.read(ana.userId, messageId, false))
    await change(bob, 'block', ana)
    expect(await markFor(dm, bob, ana)).toBe(0)
    await change(bob, 'unblock', ana)
    expect(await markFor(dm, bob, ana)).toBe(0)
    await receipts(ana, true)
    expect(await markFor(dm, bob, ana)).toBe(messageId)
  })

  it('takes what they have read along when they delete their account', async () => {
    const [ana, bob] = await accounts('ana', 'bob')
    const dm = await openDm(ana, bob)
    await inInbox(ana, dm)
    await receipts(ana, false)
    const { messageId } = await say(dm.stub, bob, 'read me')
    value(await dm.stub.read(ana.userId, messageId, false))
    value(await userStub(env, ana.userId).deleteAccount())
    const seen = async () => value(await dm.stub.describe(bob.userId)).members
    const gone = { userId: ana.userId, handle: null, readMessageId: 0 }
    await expect.poll(seen).toContainEqual(expect.objectContaining(gone))
  })
})

function markOn(device: TestDevice, { channelId }: TestChannel, who: Profile): number | undefined {
  const channels = device.syncs.flatMap((frame) => frame.channels)
  const row = channels.findLast((channel) => channel.channelId === channelId && channel.members)
  return row && markIn(row, who)
}

describe('the wish for no read receipts', () => {
  it('is told by the alarm to a channel that was out of order, also after the object slept', async () => {
    const [ana, bob] = await accounts('ana', 'bob')
    const dm = await openDm(ana, bob)
    await inInbox(ana, dm)
    const errors = vi.spyOn(console, 'error').mockImplementation(() => {})
    const refresh = vi
      .spyOn(ChannelObject.prototype, 'refreshProfile')
      .mockRejectedValue(new Error('no'))
    await receipts(ana, false)
    await expect.poll(() => refresh.mock.calls.length).toBeGreaterThan(0)
    await expect.poll(() => alarmOf(ana)).not.toBe(null)
    refresh.mockRestore()
    errors.mockRestore()
    await evictDurableObject(userStub(env, ana.userId))
    await expect
      .poll(async () => {
        await fireAlarm(ana)
        return await owed(ana)
      })
      .toEqual([])
    const { messageId } = await say(dm.stub, bob, 'read me')
    value(await dm.stub.read(ana.userId, messageId, false))
    expect(await markFor(dm, bob, ana)).toBe(0)
  })

  it('reaches a channel that took somebody in just before it was told', async () => {
    const [ana, bob] = await accounts('ana', 'bob')
    await receipts(ana, false)
    // As the edge read it before.
    const dm = await openDm(bob, { ...ana, receipts: true })
    await expect.poll(() => hides(dm, ana)).toBe(true)
    const { messageId } = await say(dm.stub, bob, 'read me')
    value(await dm.stub.read(ana.userId, messageId, false))
    expect(await markFor(dm, bob, ana)).toBe(0)
    await expect.poll(() => owed(ana)).toEqual([])
  })

  it('costs nothing for people who never change it: no call, no debt, no row', async () => {
    const [ana, bob] = await accounts('ana', 'bob')
    const dm = await openDm(ana, bob)
    await inInbox(ana, dm)
    const refresh = vi.spyOn(ChannelObject.prototype, 'refreshProfile')
    await befriend(ana, bob)
    value(await userStub(env, ana.userId).changeSettings({ presence: 'friends' }))
    const { messageId } = await say(dm.stub, bob, 'read me')
    value(await dm.stub.read(ana.userId, messageId, false))
    await expect.poll(() => owed(ana)).toEqual([])
    expect(refresh).not.toHaveBeenCalled()
    expect(await hides(dm, ana)).toBe(false)
    expect(await markFor(dm, bob, ana)).toBe(messageId)
  })

  it('is kept by GET and PATCH /v1/settings, on at first, and is yes or no', async () => {
    const [ana, bob] = [await signUp('Ana'), await signUp('Bob')]
    const settings = async (body?: object): Promise<Response> =>
      await call('/v1/settings', {
        headers: ana.bearer,
        ...(body && { method: 'PATCH', body }),
      })
    expect(await (await settings()).json()).toMatchObject({ receipts: true })
    expect(await (await settings({ receipts: false })).json()).toMatchObject({
      receipts: false,
      presence: 'everyone',
    })
    expect(await (await settings()).json()).toMatchObject({ receipts: false })
    expect(await refusal(await settings({ receipts: 'no' }))).toEqual([400, 'invalid'])
    // The edge tells a channel that is made what its members have decided.
    const made = await call('/v1/channels', {
      headers: bob.bearer,
      body: { kind: 'group', title: 'G', userIds: [ana.userId], clientId: crypto.randomUUID() },
    })
    const { channel } = await made.json<{ channel: Channel }>()
    const path = `/v1/channels/${channel.channelId}`
    const sent = await call(`${path}/messages`, {
      headers: bob.bearer,
      body: { clientId: 'c', text: 'read me' },
    })
    const { message } = await sent.json<{ message: { messageId: number } }>()
    const read = { method: 'PUT', headers: ana.bearer, body: { messageId: message.messageId } }
    expect((await call(`${path}/read`, read)).status).toBe(200)
    const seen = await (await call(path, { headers: bob.bearer })).json<{ channel: Channel }>()
    const ofAna = seen.channel.members?.find(({ userId }) => userId === ana.userId)
    expect(ofAna?.readMessageId).toBe(0)
  })
})

async function owed(who: Profile): Promise<unknown[]> {
  return await runInDurableObject(userStub(env, who.userId), (_, ctx) =>
    ctx.storage.sql.exec('SELECT kind, id FROM owed').toArray(),
  )
}

async function hides({ stub }: TestChannel, who: Profile): Promise<boolean> {
  return await runInDurableObject(stub, (_, ctx) => {
    const rows = ctx.storage.sql.exec('SELECT 1 FROM hidden_reads WHERE user_id = ?', who.userId)
    return rows.toArray().length > 0
  })
}
