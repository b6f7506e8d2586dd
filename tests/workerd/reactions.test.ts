import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { evictDurableObject } from 'cloudflare:test'
import { archiveAll, archived, dropOld, KEPT, pageBack, sayMany } from './archive-support.ts'
import { call, refusal, signUp } from './edge.ts'
import {
  codeOf,
  item,
  makeGroup,
  openDm,
  people,
  person,
  say,
  syncAll,
  TestDevice,
  value,
} from './support.ts'

const EMOJI = [...'😀😁😂😃😄😅😆😇😈😉😊😋😌😍😎😏😐😑😒😓😔']

describe('reactions', () => {
  it('are one of each kind a person, in the order they came, and repeating changes nothing', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { stub } = await openDm(ana, bob)
    const { messageId } = await say(stub, ana, 'good news')
    const first = value(await stub.react(bob.userId, messageId, '🎉'))
    expect(first).toMatchObject({ messageId, reactions: { '🎉': [bob.userId] }, editedAt: null })
    expect(first.version).toBeGreaterThan(messageId)
    expect(value(await stub.react(bob.userId, messageId, '🎉'))).toEqual(first)
    value(await stub.react(bob.userId, messageId, '👍'))
    const all = value(await stub.react(ana.userId, messageId, '🎉'))
    expect(all.reactions).toEqual({ '🎉': [bob.userId, ana.userId], '👍': [bob.userId] })
    value(await stub.unreact(bob.userId, messageId, '🎉'))
    const left = value(await stub.unreact(bob.userId, messageId, '👍'))
    expect(left.reactions).toEqual({ '🎉': [ana.userId] })
    expect(value(await stub.unreact(bob.userId, messageId, '👍'))).toEqual(left)
    expect(value(await stub.message(bob.userId, messageId))).toEqual(left)
  })

  it('reach who has the conversation open, and devices that were away as one row', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { channelId, stub } = await openDm(ana, bob)
    const open = await TestDevice.attach(channelId, bob)
    const { messageId } = await say(stub, ana, 'look')
    await expect.poll(async () => (await syncAll(bob, 1)).messages.length).toBe(1)
    value(await stub.react(bob.userId, messageId, '👀'))
    const last = value(await stub.react(ana.userId, messageId, '👀'))
    await open.until(() => open.rows.at(-1)?.version === last.version)
    expect(open.rows.at(-1)).toEqual(last)
    await expect.poll(async () => (await syncAll(bob, 1)).messages).toEqual([last])
    expect((await syncAll(bob, 0)).channels[0]?.lastMessage).toEqual(last)
  })

  it('make nothing unread and move no chat in the list', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { channelId, stub } = await openDm(ana, bob)
    const { messageId } = await say(stub, ana, 'for @bob')
    const other = await openDm(bob, person('cyd'))
    await say(other.stub, bob, 'later')
    value(await stub.read(bob.userId, messageId, true))
    value(await stub.changeSettings(ana.userId, { hidden: true }))
    value(await stub.react(ana.userId, messageId, '👍'))
    value(await stub.react(bob.userId, messageId, '👍'))
    await evictDurableObject(stub)
    expect(value(await stub.describe(bob.userId))).toMatchObject({ unread: 0, mentionCount: 0 })
    expect(value(await stub.describe(ana.userId))).toMatchObject({ unread: 0, hidden: true })
    await expect
      .poll(async () => (await syncAll(bob, 1)).messages.find((m) => m.channelId === channelId))
      .toMatchObject({ reactions: { '👍': [ana.userId, bob.userId] } })
    const json = value(await env.USER.getByName(bob.userId).channels(null, 5))
    expect(JSON.parse(json).channels.map((row: { channelId: string }) => row.channelId)).toEqual([
      other.channelId,
      channelId,
    ])
  })

  it('are of at most 20 kinds a message, and the 21st is a conflict', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { stub } = await openDm(ana, bob)
    const { messageId } = await say(stub, ana, 'react')
    for (const emoji of EMOJI.slice(0, 20)) value(await stub.react(bob.userId, messageId, emoji))
    expect(codeOf(await stub.react(bob.userId, messageId, EMOJI[20]!))).toBe('conflict')
    expect(codeOf(await stub.react(ana.userId, messageId, EMOJI[19]!))).toBe('ok')
    value(await stub.unreact(bob.userId, messageId, EMOJI[0]!))
    const full = value(await stub.react(bob.userId, messageId, EMOJI[20]!))
    expect(Object.keys(full.reactions)).toHaveLength(20)
  })

  it('stay when people leave, and make room beyond 100 behind one emoji', async () => {
    const [ana, ...others] = people(100)
    const { stub } = await makeGroup(ana!, others)
    const { messageId } = await say(stub, ana!, 'everyone?')
    for (const { userId } of [ana!, ...others]) value(await stub.react(userId, messageId, '👍'))
    value(await stub.remove(others[0]!.userId, others[0]!.userId))
    const fresh = person('fresh')
    value(await stub.add(ana!.userId, fresh))
    const before = value(await stub.message(fresh.userId, messageId)).reactions['👍']
    expect(before).toHaveLength(100)
    expect(before).toContain(others[0]!.userId)
    const after = value(await stub.react(fresh.userId, messageId, '👍')).reactions['👍']
    expect(after).toHaveLength(100)
    expect(after).not.toContain(others[0]!.userId)
    expect(after).toContain(fresh.userId)
  })

  it('are not for what the system wrote, what was deleted or what never was', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { stub } = await makeGroup(ana, [bob])
    const { messageId } = await say(stub, ana, 'soon gone')
    value(await stub.react(bob.userId, messageId, '👍'))
    const gone = value(await stub.delete(ana.userId, messageId))
    expect(gone.reactions).toEqual({})
    expect(codeOf(await stub.react(bob.userId, messageId, '👍'))).toBe('conflict')
    expect(value(await stub.unreact(bob.userId, messageId, '👍'))).toEqual(gone)
    expect(codeOf(await stub.react(bob.userId, 1, '👍'))).toBe('forbidden')
    expect(codeOf(await stub.react(bob.userId, 4711, '👍'))).toBe('not_found')
  })

  it('stay through an edit, and an edit through them', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { stub } = await openDm(ana, bob)
    const { messageId } = await say(stub, ana, 'one')
    value(await stub.react(bob.userId, messageId, '👍'))
    value(await stub.edit(ana.userId, messageId, 'two'))
    const both = value(await stub.react(ana.userId, messageId, '👍'))
    expect(both).toMatchObject({ text: 'two', reactions: { '👍': [bob.userId, ana.userId] } })
  })

  it('never put more into a frame or a page than fits, however many there are', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { stub } = await openDm(ana, bob)
    const text = '🦆'.repeat(3_000)
    const [...sent] = await stub.send(
      ana.userId,
      Array.from({ length: 100 }, () => item(text)),
    )
    for (const one of sent) value(await stub.react(bob.userId, value(one).message.messageId, '👍'))
    const page = value(await stub.history(ana.userId, { limit: 200 }))
    const bytes = page.messages.reduce(
      (sum, message) =>
        sum + new TextEncoder().encode(message.text + JSON.stringify(message.reactions)).length,
      0,
    )
    expect(bytes).toBeLessThanOrEqual(1024 * 1024)
    expect(page.hasMoreBefore).toBe(true)
    expect(await pageBack(stub, ana, 200)).toHaveLength(100)
  })
})

describe('reactions to messages that live only in the archive', () => {
  afterEach(() => {
    vi.restoreAllMocks()
  })

  it('bring the message back, keep what it mentions, and are archived again', async () => {
    env.CHANNEL_MAX_BYTES = '1'
    vi.spyOn(console, 'log').mockImplementation(() => {})
    const [ana, bob] = [person('ana'), person('bob')]
    const { channelId, stub } = await openDm(ana, bob)
    const old = await say(stub, ana, 'old, for @bob')
    const kept = await sayMany(stub, ana, KEPT)
    await dropOld(stub)
    const reacted = value(await stub.react(bob.userId, old.messageId, '👍'))
    expect(reacted).toEqual({
      ...old,
      version: reacted.version,
      reactions: { '👍': [bob.userId] },
    })
    expect(value(await stub.describe(bob.userId)).mentionCount).toBe(1)
    expect(await pageBack(stub, bob, 200)).toEqual([reacted, ...kept])
    await archiveAll(stub)
    expect((await archived(channelId))[0]?.reactions).toBe(JSON.stringify({ '👍': [bob.userId] }))
    const later = await sayMany(stub, ana, KEPT)
    await dropOld(stub)
    expect(await pageBack(stub, bob, 200)).toEqual([reacted, ...kept, ...later])
    const back = value(await stub.unreact(bob.userId, old.messageId, '👍'))
    expect(back.reactions).toEqual({})
    value(await stub.read(bob.userId, old.messageId, false))
    expect(value(await stub.describe(bob.userId)).mentionCount).toBe(0)
  })
})

describe('reactions at the edge', () => {
  it('take one emoji in the path, in any of its forms, and nothing else', async () => {
    const [ana, bob] = [await signUp('Ana'), await signUp('Bob')]
    const opened = await call('/v1/channels', {
      body: { kind: 'dm', userId: bob.userId },
      headers: ana.bearer,
    })
    const { channel } = await opened.json<{ channel: { channelId: string } }>()
    const base = `/v1/channels/${channel.channelId}/messages`
    const body = { clientId: 'one', text: 'hello' }
    const sent = await call(base, { body, headers: ana.bearer })
    const { message } = await sent.json<{ message: { messageId: number } }>()
    const path = (emoji: string) =>
      `${base}/${message.messageId}/reactions/${encodeURIComponent(emoji)}`
    for (const emoji of ['\u2764', '\u2764\ufe0f', '#️⃣', '👨‍👩‍👧‍👦']) {
      const put = await call(path(emoji), { method: 'PUT', headers: bob.bearer })
      expect(put.status).toBe(200)
    }
    const gone = await call(path('#️⃣'), { method: 'DELETE', headers: bob.bearer })
    expect(await gone.json()).toMatchObject({
      message: { reactions: { '\u2764\ufe0f': [bob.userId], '👨‍👩‍👧‍👦': [bob.userId] } },
    })
    for (const text of ['x', '👍👍', '1', '%', '__proto__']) {
      const put = await call(path(text), { method: 'PUT', headers: bob.bearer })
      expect(await refusal(put)).toEqual([400, 'invalid'])
    }
    const eve = await signUp('Eve')
    const foreign = await call(path('👍'), { method: 'PUT', headers: eve.bearer })
    expect(await refusal(foreign)).toEqual([404, 'not_found'])
  })
})
