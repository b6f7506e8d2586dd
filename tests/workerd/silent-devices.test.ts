import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Profile } from '../../durable-objects/shared/profile.ts'
import { clockAhead } from './people-support.ts'
import { item, openDm, person, syncAll, TestDevice, value, type TestChannel } from './support.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

/** About 400 kB: eleven of them fill the window of 4 MiB. */
const LONG = '🦆'.repeat(99_999)

async function fill({ stub }: TestChannel, sender: Profile): Promise<void> {
  for (let i = 0; i < 13; i++) value((await stub.send(sender.userId, [item(LONG)]))[0]!)
}

async function pushMore({ stub }: TestChannel, sender: Profile): Promise<void> {
  value((await stub.send(sender.userId, [item('one more')]))[0]!)
}

describe('a device that stays silent with a full window', () => {
  it('is let go on the user socket when there is more for it, with a bye, and misses nothing', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const channel = await openDm(ana, bob)
    const { cursor } = await syncAll(bob, 0)
    const device = await TestDevice.connect(bob, cursor, 'phone')
    await fill(channel, ana)
    await device.until(() => device.messages.length > 8)
    clockAhead(31_000)
    await pushMore(channel, ana)
    expect(await device.closing()).toMatchObject({ code: 4408 })
    expect(device.frames.at(-1)).toMatchObject({ t: 'bye' })
    const back = await TestDevice.connect(bob, device.syncs.at(-1)!.cursor, 'phone')
    await back.until(() => device.messages.length + back.messages.length === 14)
  })

  it('is let go on the channel socket in the same way', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const channel = await openDm(ana, bob)
    const device = await TestDevice.attach(channel.channelId, bob)
    await fill(channel, ana)
    await device.until(() => device.rows.length > 8)
    clockAhead(31_000)
    await pushMore(channel, ana)
    expect(await device.closing()).toMatchObject({ code: 4408 })
    expect(device.frames.at(-1)).toMatchObject({ t: 'bye' })
  })

  it('stays while it is heard: it opened, sent a frame or a heartbeat less than 30 seconds ago', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const channel = await openDm(ana, bob)
    const opened = await TestDevice.attach(channel.channelId, bob, 0, 'opened')
    clockAhead(-40_000)
    const framed = await TestDevice.attach(channel.channelId, bob, 0, 'framed')
    const pinged = await TestDevice.attach(channel.channelId, bob, 0, 'pinged')
    vi.restoreAllMocks()
    framed.send({ t: 'typing', ref: 'alive' })
    await framed.answer('alive')
    pinged.ping()
    await pinged.frame(({ t }) => t === 'pong')
    await fill(channel, ana)
    for (const device of [opened, framed, pinged]) {
      await device.until(() => device.rows.length > 8)
      device.send({ t: 'cursor', ref: 'here', version: device.pages.at(-1)!.version })
      expect((await device.answer('here')).t).toBe('ok')
      await device.until(() => device.rows.length === 13)
    }
  })

  it('stays as long as its window has room, however long it is silent', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const channel = await openDm(ana, bob)
    const device = await TestDevice.attach(channel.channelId, bob)
    clockAhead(31_000)
    await pushMore(channel, ana)
    await device.until(() => device.rows.length === 1)
    expect(device.closed).toBe(null)
  })
})
