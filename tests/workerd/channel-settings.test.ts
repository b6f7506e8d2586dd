import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { userStub } from '../../durable-objects/shared/stubs.ts'
import { call, refusal, signUp } from './edge.ts'
import { makeGroup, openDm, person, say, sync, syncAll, TestDevice, value } from './support.ts'

describe('what somebody has set for themselves in a channel', () => {
  it('reaches all of their devices, and nobody else hears of it', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { channelId, stub } = await makeGroup(ana, [bob])
    const phone = await TestDevice.connect(ana, 0, 'phone')
    const laptop = await TestDevice.connect(ana, 0, 'laptop')
    const bobs = await TestDevice.connect(bob)
    await Promise.all([phone, laptop, bobs].map((d) => d.until(() => d.channel(channelId))))
    const before = bobs.syncs.length
    const answer = value(await stub.changeSettings(ana.userId, { notify: 'mentions' }))
    expect(answer).toMatchObject({ notify: 'mentions', hidden: false, markedUnread: false })
    for (const device of [phone, laptop]) {
      await device.until(() => device.channel(channelId)?.notify === 'mentions')
    }
    // What comes next comes after all that there was to hear.
    await say(stub, ana, 'next')
    await bobs.until(() => bobs.messages.some(({ text }) => text === 'next'))
    expect(bobs.syncs.slice(before).flatMap(({ messages }) => messages)).toHaveLength(1)
    expect(bobs.channel(channelId)?.notify).toBe('all')
    expect(JSON.stringify(value(await stub.describe(bob.userId)).members)).not.toContain('mentions')
  })

  it('stays while the object sleeps, and only what is named changes', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { stub } = await openDm(ana, bob)
    await say(stub, bob, 'hello')
    value(await stub.changeSettings(ana.userId, { notify: 'none', markedUnread: true }))
    value(await stub.changeSettings(ana.userId, { hidden: true }))
    await evictDurableObject(stub)
    const wanted = { notify: 'none', hidden: true, markedUnread: true }
    expect(value(await stub.describe(ana.userId))).toMatchObject(wanted)
    expect(value(await stub.describe(bob.userId))).toMatchObject({ notify: 'all', hidden: false })
    await expect.poll(async () => (await syncAll(ana, 0)).channels[0]).toMatchObject(wanted)
  })

  it('changes nothing when it is said again', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { stub } = await openDm(ana, bob)
    const settings = { notify: 'none', hidden: true, markedUnread: true } as const
    value(await stub.changeSettings(ana.userId, settings))
    const { cursor } = await syncAll(ana, 0)
    value(await stub.changeSettings(ana.userId, settings))
    value(await stub.changeSettings(ana.userId, {}))
    expect((await sync(ana, cursor)).channels).toEqual([])
  })
})

describe('a hidden chat', () => {
  it('is back with the next message of anybody', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { stub } = await openDm(ana, bob)
    const hidden = async () => value(await stub.describe(ana.userId)).hidden
    const { messageId } = await say(stub, bob, 'one')
    for (const writer of [bob, ana]) {
      value(await stub.changeSettings(ana.userId, { hidden: true }))
      value(await stub.edit(bob.userId, messageId, `changed, for ${writer.name}`))
      value(await stub.react(bob.userId, messageId, '👍'))
      value(await stub.read(ana.userId, messageId, false))
      await evictDurableObject(stub)
      expect(await hidden()).toBe(true)
      await say(stub, writer, 'here I am')
      expect(await hidden()).toBe(false)
      await expect.poll(async () => (await syncAll(ana, 0)).channels[0]?.hidden).toBe(false)
    }
  })

  it('can be shown again by hand, also one in which nothing was said yet', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { stub } = await openDm(ana, bob)
    expect(value(await stub.changeSettings(ana.userId, { hidden: true })).hidden).toBe(true)
    expect(value(await stub.changeSettings(ana.userId, { hidden: false })).hidden).toBe(false)
  })
})

describe('a chat that was marked as unread', () => {
  it('is so until it is read again, up to the same message or a later one', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { stub } = await openDm(ana, bob)
    const marked = async () => value(await stub.describe(ana.userId)).markedUnread
    const first = await say(stub, bob, 'one')
    const second = await say(stub, bob, 'two')
    value(await stub.read(ana.userId, second.messageId, false))
    value(await stub.changeSettings(ana.userId, { markedUnread: true }))
    // A mark that was on its way from before says nothing about now.
    value(await stub.read(ana.userId, first.messageId, false))
    expect(await marked()).toBe(true)
    expect(value(await stub.describe(ana.userId)).unread).toBe(0)
    value(await stub.read(ana.userId, second.messageId, false))
    expect(await marked()).toBe(false)
    value(await stub.changeSettings(ana.userId, { markedUnread: true }))
    const third = await say(stub, bob, 'three')
    expect(await marked()).toBe(true)
    value(await stub.read(ana.userId, third.messageId, false))
    expect(await marked()).toBe(false)
    await expect.poll(async () => (await syncAll(ana, 0)).channels[0]?.markedUnread).toBe(false)
  })
})

describe('rows of before', () => {
  it('are read with the fields that came later, and keep their members', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { channelId } = await openDm(ana, bob)
    await expect.poll(async () => (await syncAll(ana, 0)).channels.length).toBe(1)
    const user = userStub(env, ana.userId)
    await runInDurableObject(user, (_, ctx) => {
      const { sql } = ctx.storage
      const { channel } = sql.exec<{ channel: string }>('SELECT channel FROM channels').one()
      const row = JSON.parse(channel)
      delete row.hidden
      delete row.markedUnread
      sql.exec('UPDATE channels SET channel = ?', JSON.stringify(row))
      sql.exec('ALTER TABLE user DROP COLUMN profile; ALTER TABLE user DROP COLUMN settings')
      sql.exec('ALTER TABLE user DROP COLUMN deleted_at')
      sql.exec('DROP TABLE contacts; DROP TABLE owed; DROP TABLE presence; DROP TABLE gone_devices')
      sql.exec('DROP TABLE watchers; DROP TABLE subscriptions; DROP TABLE watch_lists')
      sql.exec('DROP TABLE push_addresses; DROP TABLE owed_pushes; DROP TABLE told_pushes')
      sql.exec(`DELETE FROM schema_migrations
        WHERE id >= (SELECT id FROM schema_migrations WHERE name = 'hidden, marked unread')`)
    })
    await evictDurableObject(user)
    const json = value(await user.sync('device', 0, 0))
    const [row] = JSON.parse(json).channels
    expect(row).toMatchObject({ channelId, hidden: false, markedUnread: false })
    expect(row.members).toHaveLength(2)
  })
})

it('PATCH …/me takes what it knows and refuses what it does not', async () => {
  const ana = await signUp('Ana')
  const opened = await call('/v1/channels', {
    body: { kind: 'dm', userId: ana.userId },
    headers: ana.bearer,
  })
  const { channel } = await opened.json<{ channel: { channelId: string } }>()
  const path = `/v1/channels/${channel.channelId}/me`
  const patch = (body: object, headers = ana.bearer) =>
    call(path, { method: 'PATCH', body, headers })
  const done = await patch({ notify: 'none', hidden: true, markedUnread: true, other: 1 })
  expect(await done.json()).toMatchObject({
    channel: { notify: 'none', hidden: true, markedUnread: true },
  })
  for (const body of [{ notify: 'some' }, { hidden: 'yes' }, { markedUnread: 1 }]) {
    expect(await refusal(await patch(body))).toEqual([400, 'invalid'])
  }
  const eve = await signUp('Eve')
  expect(await refusal(await patch({ hidden: true }, eve.bearer))).toEqual([404, 'not_found'])
})
