import { evictDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { userStub } from '../../durable-objects/shared/stubs.ts'
import { item, makeGroup, openDm, person, say, syncAll, TestDevice, value } from './support.ts'

describe('the channel socket', () => {
  it('says hello with the members, starts anew with the newest rows, and goes on live', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { channelId, stub } = await openDm(ana, bob)
    for (let i = 0; i < 60; i++) await say(stub, ana, `message ${i}`)
    const device = await TestDevice.attach(channelId, bob)
    const hello = await device.frame((frame) => frame.t === 'hello')
    expect(hello).toMatchObject({ reset: true, channel: { channelId, memberCount: 2 } })
    await device.until(() => device.pages[0])
    expect(device.rows.map(({ text }) => text)).toEqual(
      Array.from({ length: 50 }, (_, i) => `message ${i + 10}`),
    )
    expect(device.pages[0]).toMatchObject({ version: hello['version'], more: false })
    const live = await say(stub, ana, 'live')
    await device.until(() => device.rows.length === 51)
    expect(device.rows.at(-1)).toEqual(live)
    expect(device.pages.at(-1)?.version).toBe(live.version)
  })

  it('replays exactly what lies above the version a device comes back with', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { channelId, stub } = await openDm(ana, bob)
    const seen = await say(stub, ana, 'seen')
    await say(stub, ana, 'missed one')
    await say(stub, bob, 'missed two')
    const device = await TestDevice.attach(channelId, bob, seen.version)
    expect(await device.frame((frame) => frame.t === 'hello')).toMatchObject({ reset: false })
    await device.until(() => device.rows.length === 2)
    expect(device.rows.map(({ text }) => text)).toEqual(['missed one', 'missed two'])
  })

  it('replays 500 rows in several frames, and starts anew beyond that', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { channelId, stub } = await openDm(ana, bob)
    const first = await say(stub, ana, 'first')
    for (let i = 0; i < 5; i++) {
      await stub.send(
        ana.userId,
        Array.from({ length: 100 }, () => item('x')),
      )
    }
    const device = await TestDevice.attach(channelId, bob, first.version)
    await device.until(() => device.pages.at(-1)?.more === false)
    expect(device.pages.map((page) => page.messages.length)).toEqual([200, 200, 100])
    const versions = device.rows.map(({ version }) => version)
    expect(versions).toEqual(versions.toSorted((a, b) => a - b))
    await say(stub, ana, 'one more')
    const late = await TestDevice.attach(channelId, bob, first.version, 'late')
    expect(await late.frame((frame) => frame.t === 'hello')).toMatchObject({ reset: true })
    await late.until(() => late.rows.length === 50)
  })

  it('replays nothing to a version that the channel never had, and still goes on live', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { channelId, stub } = await openDm(ana, bob)
    await say(stub, ana, 'old')
    const device = await TestDevice.attach(channelId, bob, 4711)
    await say(stub, ana, 'new')
    await device.until(() => device.rows.length === 1)
    expect(device.rows[0]?.text).toBe('new')
  })

  it('sends, and everyone who has the conversation open sees the same at once', async () => {
    const [ana, bob, cyd] = [person('ana'), person('bob'), person('cyd')]
    const { channelId } = await makeGroup(ana, [bob, cyd])
    const devices = await Promise.all(
      [ana, bob, cyd].map((who) => TestDevice.attach(channelId, who)),
    )
    for (const device of devices) await device.until(() => device.rows.length === 1)
    for (let ref = 0; ref < 30; ref++) {
      devices[ref % 3]!.send({ t: 'send', ref, clientId: `c${ref}`, text: `message ${ref}` })
    }
    for (const device of devices) await device.until(() => device.rows.length === 31)
    const [first, ...others] = devices.map((device) => device.rows)
    for (const rows of others) expect(rows).toEqual(first)
    const answer = await devices[0]!.answer(0)
    expect(first).toContainEqual(answer['message'])
    // And the inboxes follow.
    await expect.poll(async () => (await syncAll(bob, 1)).messages.length).toBe(31)
  })

  it('stores one message of one clientId over channel socket, call and user socket', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { channelId, stub } = await openDm(ana, bob)
    const channel = await TestDevice.attach(channelId, ana)
    const user = await TestDevice.connect(ana)
    channel.send({ t: 'send', ref: 1, clientId: 'c', text: 'once' })
    const first = (await channel.answer(1))['message']
    const [again] = await stub.send(ana.userId, [item('once', 'c')])
    expect(value(again!)).toEqual({ message: first, created: false })
    user.send({ t: 'send', ref: 1, channelId, clientId: 'c', text: 'once' })
    expect((await user.answer(1))['message']).toEqual(first)
  })

  it('passes typing on to the others, at most every three seconds, and stores nothing', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { channelId, stub } = await openDm(ana, bob)
    const [anas, bobs] = [
      await TestDevice.attach(channelId, ana),
      await TestDevice.attach(channelId, bob),
    ]
    for (const ref of [1, 2]) anas.send({ t: 'typing', ref })
    await anas.answer(2)
    await say(stub, ana, 'done typing')
    await bobs.until(() => bobs.rows.length === 1)
    expect(bobs.frames.filter(({ t }) => t === 'typing')).toEqual([
      { t: 'typing', channelId, userId: ana.userId },
    ])
    expect(anas.frames.filter(({ t }) => t === 'typing')).toEqual([])
  })

  it('closes with 4403 for who leaves or is removed, who gets nothing any more', async () => {
    const [ana, bob, cyd] = [person('ana'), person('bob'), person('cyd')]
    const { channelId, stub } = await makeGroup(ana, [bob, cyd])
    const bobs = await TestDevice.attach(channelId, bob)
    value(await stub.remove(ana.userId, bob.userId))
    await say(stub, ana, 'without bob')
    expect((await bobs.closing()).code).toBe(4403)
    expect(bobs.rows.map(({ text }) => text)).not.toContain('without bob')
    await expect(TestDevice.attach(channelId, bob)).rejects.toThrow('404')
  })

  it('is refused to who is not a member', async () => {
    const [ana, bob, eve] = [person('ana'), person('bob'), person('eve')]
    const { channelId } = await openDm(ana, bob)
    await expect(TestDevice.attach(channelId, eve)).rejects.toThrow('404')
  })

  it('closes with 4401 when the device is ended, wherever it is attached', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { channelId } = await openDm(ana, bob)
    const notes = await openDm(ana, ana)
    const sockets = await Promise.all([
      TestDevice.connect(ana, 0, 'phone'),
      TestDevice.attach(channelId, ana, 0, 'phone'),
      TestDevice.attach(notes.channelId, ana, 0, 'phone'),
    ])
    const laptop = await TestDevice.attach(channelId, ana, 0, 'laptop')
    await userStub(env, ana.userId).endDevice('phone')
    for (const socket of sockets) expect((await socket.closing()).code).toBe(4401)
    laptop.send({ t: 'typing', ref: 'alive' })
    expect((await laptop.answer('alive')).t).toBe('ok')
  })

  it('stops 4 MiB beyond the last confirmed version and goes on when it is confirmed', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { channelId, stub } = await openDm(ana, bob)
    const device = await TestDevice.attach(channelId, bob)
    const long = '🦆'.repeat(99_999)
    for (let i = 0; i < 16; i++) value((await stub.send(ana.userId, [item(long)]))[0]!)
    device.send({ t: 'typing', ref: 'still there' })
    await device.answer('still there')
    expect(device.rows.length).toBeGreaterThan(8)
    expect(device.rows.length).toBeLessThan(14)
    device.send({ t: 'cursor', version: device.pages.at(-1)!.version })
    await device.until(() => device.rows.length === 16)
  })

  it('survives hibernation: the socket goes on where it was', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { channelId, stub } = await openDm(ana, bob)
    const device = await TestDevice.attach(channelId, bob)
    await say(stub, ana, 'before')
    await device.until(() => device.rows.length === 1)
    await evictDurableObject(stub)
    await say(stub, ana, 'after')
    await device.until(() => device.rows.length === 2)
    expect(device.rows.map(({ text }) => text)).toEqual(['before', 'after'])
  })
})

describe('the inbox of a member who has the conversation open', () => {
  it('gets many messages in few frames, at most a second later', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { channelId, stub } = await openDm(ana, bob)
    const open = await TestDevice.attach(channelId, bob)
    const user = await TestDevice.connect(bob)
    await user.until(() => user.syncs.some((frame) => !frame.more))
    const before = user.syncs.length
    for (let i = 0; i < 40; i++) await say(stub, ana, `message ${i}`)
    await open.until(() => open.rows.length === 40)
    await user.until(() => user.messages.length === 40)
    expect(user.syncs.length - before).toBeLessThan(10)
    expect(user.messages).toEqual(open.rows)
  })
})
