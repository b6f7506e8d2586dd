import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { userStub } from '../../durable-objects/shared/stubs.ts'
import type { UserObject } from '../../durable-objects/user/user-object.ts'
import { syncFrameSchema } from '../../protocol/user-socket.ts'
import { call, signUp } from './edge.ts'
import {
  item,
  makeGroup,
  openDm,
  person,
  say,
  sync,
  syncAll,
  TestDevice,
  textsOf,
  type TestChannel,
  value,
} from './support.ts'

describe('the user socket', () => {
  it('says hello, resets a new device, and then tells what happens', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { channelId, stub } = await openDm(ana, bob)
    const device = await TestDevice.connect(ana)
    const hello = await device.frame((frame) => frame.t === 'hello')
    expect(hello).toMatchObject({ protocol: 1, userId: ana.userId, deviceId: 'device' })
    await device.until(() => device.syncs[0])
    expect(device.syncs[0]).toMatchObject({ reset: true, more: false, messages: [], contacts: [] })
    expect(device.channel(channelId)?.members).toHaveLength(2)
    const message = await say(stub, bob, 'hi')
    await device.until(() => device.messages.length === 1)
    expect(device.messages[0]).toEqual(message)
    expect(device.channel(channelId)).toMatchObject({ unread: 1, members: null })
  })

  it('sends, and the message reaches the sender like everyone else', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { channelId } = await openDm(ana, bob)
    const [from, to] = [await TestDevice.connect(ana), await TestDevice.connect(bob)]
    from.send({ t: 'send', ref: 1, channelId, clientId: 'c', text: 'hello' })
    const answer = await from.answer(1)
    expect(answer).toMatchObject({ t: 'ok', message: { text: 'hello', clientId: 'c' } })
    await to.until(() => to.messages.length === 1)
    await from.until(() => from.messages.length === 1)
    expect(from.messages).toEqual(to.messages)
    expect(answer['message']).toEqual(to.messages[0])
  })

  it('keeps the order of what one device sends without waiting', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { channelId } = await openDm(ana, bob)
    const [from, to] = [await TestDevice.connect(ana), await TestDevice.connect(bob)]
    const texts = Array.from({ length: 150 }, (_, index) => `message ${index}`)
    for (const [ref, text] of texts.entries()) {
      from.send({ t: 'send', ref, channelId, clientId: text, text })
    }
    await to.until(() => to.messages.length === texts.length)
    expect(to.messages.map((message) => message.text)).toEqual(texts)
    await from.answer(texts.length - 1)
    const answers = from.frames.filter((frame) => frame.t === 'ok').map((frame) => frame['ref'])
    expect(answers).toEqual(texts.map((_, ref) => ref))
  })

  it('gives a device that was away exactly what it missed', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { stub } = await openDm(ana, bob)
    await say(stub, ana, 'seen')
    await expect.poll(async () => (await syncAll(bob, 1)).messages.length).toBe(1)
    const { cursor } = await syncAll(bob, 1)
    await say(stub, ana, 'missed one')
    await say(stub, ana, 'missed two')
    const back = await TestDevice.connect(bob, cursor)
    await back.until(() => back.messages.length === 2)
    expect(back.messages.map((message) => message.text)).toEqual(['missed one', 'missed two'])
    expect(back.syncs.every((frame) => !frame.reset)).toBe(true)
  })

  it('resets a device whose cursor the inbox no longer holds or never had', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { stub } = await openDm(ana, bob)
    await say(stub, ana, 'one')
    await expect.poll(async () => (await syncAll(bob, 1)).messages.length).toBe(1)
    expect((await sync(bob, 1_000_000)).reset).toBe(true)
    await runInDurableObject(userStub(env, bob.userId), (_, ctx) => {
      ctx.storage.sql.exec('UPDATE user SET inbox_floor = 3')
    })
    await evictDurableObject(userStub(env, bob.userId))
    expect((await sync(bob, 2)).reset).toBe(true)
    expect((await sync(bob, 3)).reset).toBe(false)
  })

  it('lists 450 channels to a new device over several frames, each once', async () => {
    const ana = person('ana')
    const ids: string[] = []
    for (let i = 0; i < 450; i++) ids.push((await makeGroup(ana, [], `g${i}`)).channelId)
    const polled = await syncAll(ana, 0)
    expect(polled.resets).toBe(1)
    expect(polled.channels.map((channel) => channel.channelId)).toEqual(ids)
    const device = await TestDevice.connect(ana, 0, 'laptop')
    await device.until(() => device.syncs.some((frame) => !frame.more))
    expect(device.syncs.map((frame) => frame.reset)).toEqual([true, false, false])
    const listed = device.syncs.flatMap((frame) => frame.channels)
    expect(listed.map((channel) => channel.channelId)).toEqual(ids)
    expect(device.syncs.at(-1)?.cursor).toBe(polled.cursor)
  }, 60_000)

  it('goes on with a reset that a disconnect interrupted', async () => {
    const ana = person('ana')
    for (let i = 0; i < 250; i++) await makeGroup(ana, [], `g${i}`)
    const first = await sync(ana, 0)
    expect(first).toMatchObject({ reset: true, more: true })
    const rest = await syncAll(ana, first.cursor)
    expect(rest.resets).toBe(0)
    expect(first.channels.length + rest.channels.length).toBe(250)
  })

  it('tells a new device the members of a channel that moves while the list is on its way', async () => {
    const ana = person('ana')
    const made: TestChannel[] = []
    for (let i = 0; i < 220; i++) made.push(await makeGroup(ana, [], `g${i}`))
    const first = await sync(ana, 0)
    await say(made[210]!.stub, ana, 'moving')
    await expect.poll(async () => (await textsOf(ana)).length).toBe(1)
    const rest = await syncAll(ana, first.cursor)
    const moved = rest.channels.find(({ channelId }) => channelId === made[210]!.channelId)
    expect(moved?.members).toHaveLength(1)
    expect(rest.messages.map(({ text }) => text)).toContain('moving')
  })

  it('stops 4 MiB beyond the last confirmed cursor and goes on when it is confirmed', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { stub } = await openDm(ana, bob)
    const long = '🦆'.repeat(99_999)
    const { cursor } = await syncAll(bob, 0)
    for (let i = 0; i < 16; i++) (await stub.send(ana.userId, [item(long)])).forEach(value)
    await expect
      .poll(async () => (await syncAll(bob, cursor)).messages.length, { timeout: 20_000 })
      .toBe(16)
    const device = await TestDevice.connect(bob, cursor, 'phone')
    device.send({ t: 'read', ref: 'still there', channelId: 'x', messageId: 1 })
    await device.answer('still there')
    const inFlight = device.messages.length
    // What the device cannot have been sent, it cannot have stored.
    device.send({ t: 'cursor', ref: 'made up', cursor: Number.MAX_SAFE_INTEGER })
    await device.answer('made up')
    expect(device.messages.length).toBe(inFlight)
    expect(inFlight).toBeGreaterThan(8)
    expect(inFlight).toBeLessThan(14)
    device.send({ t: 'cursor', cursor: device.syncs.at(-1)!.cursor })
    await device.until(() => device.messages.length === 16)
  })

  it('waits with long polling until something comes', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { stub } = await openDm(ana, bob)
    await expect.poll(async () => (await syncAll(bob, 1)).channels.length).toBe(1)
    const { cursor } = await syncAll(bob, 0)
    const waiting = sync(bob, cursor, 'device', 20)
    await say(stub, ana, 'wake up')
    expect((await waiting).messages.map((message) => message.text)).toEqual(['wake up'])
  })

  it('holds no more than a few long polls of one device: the oldest gives way, and is told to pause', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { stub } = await openDm(ana, bob)
    await expect.poll(async () => (await syncAll(bob, 1)).channels.length).toBe(1)
    const { cursor } = await syncAll(bob, 0)
    const answered: number[] = []
    // Calls by one stub arrive in order.
    const inbox = userStub(env, bob.userId)
    const polls = Array.from({ length: 5 }, async (_, index) => {
      const answer = await inbox.sync('device', cursor, 20)
      answered.push(index)
      return answer.ok
        ? syncFrameSchema.parse(JSON.parse(answer.value)).messages.length
        : answer.code
    })
    await expect.poll(() => answered).toEqual([0])
    await say(stub, ana, 'for the others')
    expect(await Promise.all(polls)).toEqual(['rate_limited', 1, 1, 1, 1])
  })

  it('lets go of a long poll whose caller has gone, and another may wait in its place', async () => {
    const login = await signUp()
    const ana = { ...person('ana'), userId: login.userId }
    const { stub } = await openDm(person('bob'), ana)
    await expect.poll(async () => (await syncAll(ana, 1)).channels.length).toBe(1)
    const { cursor } = await syncAll(ana, 0)
    const callers = Array.from({ length: 5 }, () => new AbortController())
    const poll = ({ signal }: AbortController): Promise<Response> =>
      call(`/v1/sync?cursor=${cursor}&wait=25`, { headers: login.bearer, signal })
    const [first, ...others] = callers.slice(0, 4).map(poll)
    callers[0]!.abort()
    // Its answer, which nobody hears any more.
    expect((await first!).status).toBe(429)
    const polls = [...others, poll(callers[4]!)]
    await say(stub, ana, 'for who is there')
    expect((await Promise.all(polls)).map(({ status }) => status)).toEqual([200, 200, 200, 200])
  })

  it('survives hibernation: the socket goes on where it was', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { channelId, stub } = await openDm(ana, bob)
    const device = await TestDevice.connect(bob)
    await say(stub, ana, 'before')
    await device.until(() => device.messages.length === 1)
    await evictDurableObject(userStub(env, bob.userId))
    await say(stub, ana, 'after')
    await device.until(() => device.messages.length === 2)
    device.send({ t: 'send', ref: 'x', channelId, clientId: 'c', text: 'still here' })
    expect((await device.answer('x')).t).toBe('ok')
    await device.until(() => device.messages.length === 3)
    expect(device.messages.map((message) => message.text)).toEqual([
      'before',
      'after',
      'still here',
    ])
  })

  it('closes the sockets of an ended device with 4401 and lets it in no more', async () => {
    const ana = person('ana')
    const phone = await TestDevice.connect(ana, 0, 'phone')
    const laptop = await TestDevice.connect(ana, 0, 'laptop')
    await userStub(env, ana.userId).endDevice('phone')
    expect((await phone.closing()).code).toBe(4401)
    const again = await TestDevice.connect(ana, 0, 'phone')
    expect((await again.closing()).code).toBe(4401)
    laptop.send({ t: 'cursor', ref: 'alive', cursor: 1 })
    expect((await laptop.answer('alive')).t).toBe('ok')
  })

  it('answers bad frames one by one, stays open, and closes at the twentieth within ten seconds', async () => {
    const ana = person('ana')
    const device = await TestDevice.connect(ana)
    const bad: [string, string][] = [
      ['{', 'invalid'],
      ['[]', 'invalid'],
      ['{"t":7,"ref":1}', 'invalid'],
      ['{"t":"dance","ref":1}', 'invalid'],
      ['{"t":"send","ref":1,"channelId":"x","clientId":"c"}', 'invalid'],
      ['{"t":"send","ref":1,"channelId":"x","clientId":"c","text":""}', 'invalid'],
      ['{"t":"send","ref":1,"channelId":"x","clientId":"c","text":"\\ud800"}', 'invalid'],
      ['{"t":"send","ref":1,"channelId":"x","clientId":"","text":"a"}', 'invalid'],
      [
        JSON.stringify({
          t: 'send',
          ref: 1,
          channelId: 'x',
          clientId: 'c',
          text: 'a'.repeat(100_000),
        }),
        'text_too_long',
      ],
      ['{"t":"read","ref":1,"channelId":"x","messageId":0}', 'invalid'],
      ['{"t":"read","ref":1,"channelId":"x","messageId":1.5}', 'invalid'],
    ]
    for (const [index, [text, expected]] of bad.entries()) {
      device.ws.send(text)
      await device.until(() => device.frames.filter(({ t }) => t === 'error').length === index + 1)
      expect(device.frames.at(-1)).toMatchObject({ t: 'error', code: expected, retryAfter: null })
      expect(device.frames.at(-1)?.['detail']).not.toMatch(/\.ts|\n/)
    }
    device.ws.send('{"t":"dance"}')
    device.send({ t: 'send', ref: 'no', channelId: 'never-was', clientId: 'c', text: 'a' })
    expect(await device.answer('no')).toMatchObject({ code: 'not_found' })
    for (let i = bad.length; i < 20; i++) device.ws.send('{')
    expect((await device.closing()).code).toBe(4400)
  })

  it('closes a frame over 2 MiB with 1009', async () => {
    const device = await TestDevice.connect(person('ana'))
    device.ws.send('x'.repeat(2 * 1024 * 1024 + 1))
    expect((await device.closing()).code).toBe(1009)
  })

  it('writes nothing when a person connects for the first time and nothing happens', async () => {
    const ana = person('ana')
    const device = await TestDevice.connect(ana)
    await device.until(() => device.syncs[0])
    const tables = await runInDurableObject(userStub(env, ana.userId), (_: UserObject, ctx) =>
      ctx.storage.sql.exec('SELECT name FROM sqlite_master').toArray(),
    )
    expect(tables).toEqual([])
  })
})

describe('the list of channels', () => {
  it('comes in pages, latest activity first, and each channel once', async () => {
    const ana = person('ana')
    const made = []
    for (let i = 0; i < 7; i++) made.push(await makeGroup(ana, [], `g${i}`))
    await say(made[2]!.stub, ana, 'newest')
    await expect.poll(async () => (await syncAll(ana, 1)).messages.length).toBe(8)
    const ids: string[] = []
    let before: string | null = null
    do {
      const page = JSON.parse(value(await userStub(env, ana.userId).channels(before, 3))) as {
        channels: { channelId: string }[]
        next: string | null
      }
      ids.push(...page.channels.map((channel) => channel.channelId))
      before = page.next
    } while (before !== null)
    expect(ids[0]).toBe(made[2]!.channelId)
    expect([...ids].sort()).toEqual(made.map(({ channelId }) => channelId).sort())
  })
})
