import { evictDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import {
  codeOf,
  makeGroup,
  openDm,
  person,
  say,
  syncAll,
  TestDevice,
  textsOf,
  value,
} from './support.ts'

describe('editing', () => {
  it('keeps the id, takes a new version, and reaches everyone as one row', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { channelId, stub } = await openDm(ana, bob)
    const open = await TestDevice.attach(channelId, bob)
    const before = await say(stub, ana, 'helo')
    const once = value(await stub.edit(ana.userId, before.messageId, 'hello'))
    const twice = value(await stub.edit(ana.userId, before.messageId, 'hello!'))
    expect(twice).toMatchObject({ messageId: before.messageId, text: 'hello!' })
    expect(twice.version).toBeGreaterThan(once.version)
    expect(twice.editedAt).toEqual(expect.any(Number))
    await open.until(() => open.rows.length === 3)
    expect(open.rows.at(-1)).toEqual(twice)
    // A device that was away gets the latest state once, and a repetition is nobody's news.
    await expect.poll(() => textsOf(bob)).toEqual(['hello!'])
    expect(value(await stub.edit(ana.userId, before.messageId, 'hello!'))).toEqual(twice)
    expect(value(await stub.history(bob.userId, { limit: 5 })).messages).toEqual([twice])
    expect(value(await stub.describe(bob.userId)).lastMessage).toEqual(twice)
  })

  it('is only for the sender, and not for what was deleted or never was a text', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { stub } = await makeGroup(ana, [bob])
    const { messageId } = await say(stub, bob, 'mine')
    expect(codeOf(await stub.edit(ana.userId, messageId, 'x'))).toBe('forbidden')
    expect(codeOf(await stub.edit(ana.userId, 1, 'x'))).toBe('forbidden')
    expect(codeOf(await stub.edit(ana.userId, 4711, 'x'))).toBe('not_found')
    expect(codeOf(await stub.edit(person('eve').userId, messageId, 'x'))).toBe('not_found')
    value(await stub.delete(bob.userId, messageId))
    expect(codeOf(await stub.edit(bob.userId, messageId, 'x'))).toBe('conflict')
  })

  it('moves mentions, and their counts, with the text', async () => {
    const [ana, bob, cyd] = [person('ana'), person('bob'), person('cyd')]
    const { stub } = await makeGroup(ana, [bob, cyd])
    const { messageId } = await say(stub, ana, 'for @bob')
    const counts = async () =>
      await Promise.all(
        [bob, cyd].map(async ({ userId }) => value(await stub.describe(userId)).mentionCount),
      )
    expect(await counts()).toEqual([1, 0])
    value(await stub.edit(ana.userId, messageId, 'for @cyd'))
    expect(await counts()).toEqual([0, 1])
    await evictDurableObject(stub)
    expect(await counts()).toEqual([0, 1])
    value(await stub.delete(ana.userId, messageId))
    expect(await counts()).toEqual([0, 0])
  })
})

describe('deleting', () => {
  it('leaves the place and takes what was said, from inboxes too', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { stub } = await openDm(ana, bob)
    const { messageId } = await say(stub, ana, 'oh no')
    await expect.poll(() => textsOf(bob)).toEqual(['oh no'])
    const gone = value(await stub.delete(ana.userId, messageId))
    expect(gone).toMatchObject({ messageId, text: '', kind: 'text' })
    expect(gone.deletedAt).toEqual(expect.any(Number))
    expect(value(await stub.delete(ana.userId, messageId))).toEqual(gone)
    await expect.poll(() => textsOf(bob)).toEqual([''])
    expect((await syncAll(bob, 0)).channels[0]?.lastMessage).toEqual(gone)
  })

  it('is for the sender and for admins of a group, and in a DM for the sender alone', async () => {
    const [ana, bob, cyd] = [person('ana'), person('bob'), person('cyd')]
    const group = await makeGroup(ana, [bob, cyd])
    const { messageId } = await say(group.stub, bob, 'rude')
    expect(codeOf(await group.stub.delete(cyd.userId, messageId))).toBe('forbidden')
    expect(codeOf(await group.stub.delete(ana.userId, messageId))).toBe('ok')
    const dm = await openDm(ana, bob)
    const sent = await say(dm.stub, bob, 'mine')
    expect(codeOf(await dm.stub.delete(ana.userId, sent.messageId))).toBe('forbidden')
  })

  it('lowers the unread count of who had not read it, exactly, whatever sleeps in between', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { stub } = await openDm(ana, bob)
    const [one, two] = [await say(stub, ana, 'one'), await say(stub, ana, 'two')]
    await say(stub, ana, 'three')
    value(await stub.read(bob.userId, one.messageId, false))
    const unread = async () => value(await stub.describe(bob.userId)).unread
    expect(await unread()).toBe(2)
    value(await stub.delete(ana.userId, one.messageId))
    expect(await unread()).toBe(2)
    value(await stub.delete(ana.userId, two.messageId))
    expect(await unread()).toBe(1)
    await evictDurableObject(stub)
    expect(await unread()).toBe(1)
  })
})

describe('receipts', () => {
  it('tell who has the conversation open how far others have read', async () => {
    const [ana, bob, cyd] = [person('ana'), person('bob'), person('cyd')]
    const { channelId, stub } = await makeGroup(ana, [bob, cyd])
    const open = await TestDevice.attach(channelId, ana)
    const { messageId } = await say(stub, ana, 'read me')
    value(await stub.read(bob.userId, messageId, false))
    const receipt = await open.frame(({ t }) => t === 'receipt')
    expect(receipt).toEqual({
      t: 'receipt',
      channelId,
      userId: bob.userId,
      readMessageId: messageId,
      deliveredMessageId: null,
    })
    const { members } = value(await stub.describe(ana.userId))
    expect(members?.find(({ userId }) => userId === bob.userId)?.readMessageId).toBe(messageId)
  })

  it('tell in a DM that a message has reached a device, and then that it was read', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { channelId, stub } = await openDm(ana, bob)
    const sender = await TestDevice.connect(ana)
    const device = await TestDevice.connect(bob)
    await device.until(() => device.channel(channelId))
    const { messageId } = await say(stub, ana, 'there?')
    await device.until(() => device.messages.length === 1)
    expect(sender.frames.filter(({ t }) => t === 'receipt')).toEqual([])
    device.send({ t: 'cursor', cursor: device.syncs.at(-1)!.cursor })
    const delivered = await sender.frame(({ t }) => t === 'receipt')
    expect(delivered).toMatchObject({ deliveredMessageId: messageId, readMessageId: 0 })
    device.send({ t: 'read', channelId, messageId })
    await sender.frame(({ t, readMessageId }) => t === 'receipt' && readMessageId === messageId)
    await evictDurableObject(stub)
    const { members } = value(await stub.describe(ana.userId))
    expect(members?.find(({ userId }) => userId === bob.userId)).toMatchObject({
      readMessageId: messageId,
      deliveredMessageId: messageId,
    })
  })

  it('tell of delivery when a device comes back with a cursor that it had no time to confirm', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { stub } = await openDm(ana, bob)
    const sender = await TestDevice.connect(ana)
    const device = await TestDevice.connect(bob)
    const { messageId } = await say(stub, ana, 'just before the tunnel')
    await device.until(() => device.messages.length === 1)
    const { cursor } = device.syncs.at(-1)!
    device.ws.close()
    await TestDevice.connect(bob, cursor)
    const receipt = await sender.frame(({ t }) => t === 'receipt')
    expect(receipt).toMatchObject({ userId: bob.userId, deliveredMessageId: messageId })
  })

  it('tell of delivery too when the device polls, or comes for the first time', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { stub } = await openDm(ana, bob)
    const sender = await TestDevice.connect(ana)
    const { messageId } = await say(stub, ana, 'hello')
    await expect.poll(async () => (await syncAll(bob, 1)).messages.length).toBe(1)
    const { cursor } = await syncAll(bob, 0, 'new device')
    await syncAll(bob, cursor, 'new device')
    const receipt = await sender.frame(({ t }) => t === 'receipt')
    expect(receipt).toMatchObject({ userId: bob.userId, deliveredMessageId: messageId })
  })
})
