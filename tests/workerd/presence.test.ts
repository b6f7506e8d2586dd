import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Profile } from '../../durable-objects/shared/profile.ts'
import { Sockets } from '../../durable-objects/shared/sockets.ts'
import { userStub } from '../../durable-objects/shared/stubs.ts'
import type { Told } from '../../durable-objects/user/presence/watchers.ts'
import { UserObject } from '../../durable-objects/user/user-object.ts'
import {
  accounts,
  alarmOf,
  befriend,
  change,
  clockAhead,
  fireAlarm,
  presenceOf,
  toldOf,
  watching,
} from './people-support.ts'
import { codeOf, makeGroup, openDm, person, TestDevice, value } from './support.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

async function friends() {
  const [ana, bob] = await accounts('ana', 'bob')
  await befriend(ana, bob)
  return { ana, bob }
}

describe('presence', () => {
  it('shows a login at once, and a logout at once', async () => {
    const { ana, bob } = await friends()
    const device = await watching(ana, [bob])
    expect(toldOf(device, bob)).toEqual(['offline'])
    await TestDevice.connect(bob, 0, 'phone')
    await device.until(() => toldOf(device, bob).length === 2)
    await userStub(env, bob.userId).endDevice('phone')
    await device.until(() => toldOf(device, bob).length === 3)
    expect(toldOf(device, bob)).toEqual(['offline', 'online', 'offline'])
    const last = device.frames.findLast(({ t }) => t === 'presence')
    expect(Date.now() - Number(last?.['lastActiveAt'])).toBeLessThan(30_000)
  })

  it('takes any device that is there for being online', async () => {
    const { ana, bob } = await friends()
    const device = await watching(ana, [bob])
    await TestDevice.connect(bob, 0, 'phone')
    await TestDevice.connect(bob, 0, 'laptop')
    await device.until(() => toldOf(device, bob).length === 2)
    await userStub(env, bob.userId).endDevice('phone')
    expect(await presenceOf(ana, bob)).toBe('online')
    await userStub(env, bob.userId).endDevice('laptop')
    await device.until(() => toldOf(device, bob).length === 3)
    expect(toldOf(device, bob)).toEqual(['offline', 'online', 'offline'])
  })

  it('never shows a tunnel of 20 seconds, and one of 30 by the alarm', async () => {
    const { ana, bob } = await friends()
    const phone = await TestDevice.connect(bob, 0, 'phone')
    const device = await watching(ana, [bob])
    phone.ws.close(1000)
    await phone.closing()
    clockAhead(20_000)
    await fireAlarm(bob)
    expect(await presenceOf(ana, bob)).toBe('online')
    const back = await TestDevice.connect(bob, 0, 'phone')
    await fireAlarm(bob)
    expect(toldOf(device, bob)).toEqual(['online'])
    back.ws.close(1000)
    await back.closing()
    // Whoever watches has to be there to be told.
    vi.spyOn(Sockets.prototype, 'heardAt').mockImplementation(({ userId, openedAt }) =>
      userId === ana.userId ? Date.now() : openedAt,
    )
    clockAhead(51_000)
    await fireAlarm(bob)
    await device.until(() => toldOf(device, bob).length === 2)
    expect(toldOf(device, bob)).toEqual(['online', 'offline'])
  })

  it('waits for a device in a tunnel although another one logs out', async () => {
    const { ana, bob } = await friends()
    const phone = await TestDevice.connect(bob, 0, 'phone')
    await TestDevice.connect(bob, 0, 'laptop')
    phone.ws.close(1000)
    await phone.closing()
    await userStub(env, bob.userId).endDevice('laptop')
    expect(await presenceOf(ana, bob)).toBe('online')
    clockAhead(31_000)
    expect(await presenceOf(ana, bob)).toBe('offline')
  })

  it('trusts heartbeats and not that a socket is open, and lets go of one that is silent', async () => {
    const { ana, bob } = await friends()
    const phone = await TestDevice.connect(bob, 0, 'phone')
    await watching(ana, [bob])
    clockAhead(31_000)
    expect(await presenceOf(ana, bob)).toBe('offline')
    await fireAlarm(bob)
    expect((await phone.closing()).code).toBe(4408)
    expect(phone.frames.at(-1)).toMatchObject({ t: 'bye' })
  })

  it('hears heartbeats that the runtime answers while the object sleeps', async () => {
    const { ana, bob } = await friends()
    // Opened long ago, as the object sees it.
    clockAhead(-40_000)
    const phone = await TestDevice.connect(bob, 0, 'phone')
    vi.restoreAllMocks()
    expect(await presenceOf(ana, bob)).toBe('offline')
    const handled = vi.spyOn(UserObject.prototype, 'webSocketMessage')
    phone.ping()
    await phone.frame(({ t }) => t === 'pong')
    expect(handled).not.toHaveBeenCalled()
    expect(await presenceOf(ana, bob)).toBe('online')
  })

  it('survives that the objects of both are put to sleep', async () => {
    const { ana, bob } = await friends()
    await TestDevice.connect(bob, 0, 'phone')
    const device = await watching(ana, [bob])
    await evictDurableObject(userStub(env, bob.userId))
    expect(await presenceOf(ana, bob)).toBe('online')
    await evictDurableObject(userStub(env, ana.userId))
    await userStub(env, bob.userId).endDevice('phone')
    await device.until(() => toldOf(device, bob).length === 2)
    expect(toldOf(device, bob)).toEqual(['online', 'offline'])
  })

  it('gives the devices of an object that died with its sockets 30 seconds, and no more', async () => {
    const { ana, bob } = await friends()
    await TestDevice.connect(bob, 0, 'phone')
    await watching(ana, [bob])
    const noSockets = vi.spyOn(Sockets.prototype, 'present').mockReturnValue([])
    await evictDurableObject(userStub(env, bob.userId))
    expect(await presenceOf(ana, bob)).toBe('online')
    clockAhead(29_000)
    expect(await presenceOf(ana, bob)).toBe('online')
    clockAhead(31_000)
    expect(await presenceOf(ana, bob)).toBe('offline')
    expect(noSockets).toHaveBeenCalled()
  })

  it('gives them as long if somebody watched before they connected', async () => {
    const { ana, bob } = await friends()
    const device = await watching(ana, [bob])
    await TestDevice.connect(bob, 0, 'phone')
    await device.until(() => toldOf(device, bob).length === 2)
    vi.spyOn(Sockets.prototype, 'present').mockReturnValue([])
    await evictDurableObject(userStub(env, bob.userId))
    expect(await presenceOf(ana, bob)).toBe('online')
    clockAhead(31_000)
    expect(await presenceOf(ana, bob)).toBe('offline')
  })

  it('is not shown again for an object that died long ago, when nobody was watching any more', async () => {
    const { ana, bob } = await friends()
    await TestDevice.connect(bob, 0, 'phone')
    const device = await watching(ana, [bob])
    device.send({ t: 'watch', ref: 'nobody', userIds: [] })
    await device.answer('nobody')
    await expect.poll(() => watchersOf(bob.userId)).toBe(0)
    vi.spyOn(Sockets.prototype, 'present').mockReturnValue([])
    await evictDurableObject(userStub(env, bob.userId))
    expect(await presenceOf(ana, bob)).toBe('offline')
  })

  it('knows after a sleep when somebody was last there whom nobody had watched, and when they go', async () => {
    const { ana, bob } = await friends()
    const phone = await TestDevice.connect(bob, 0, 'phone')
    const laptop = await TestDevice.connect(bob, 0, 'laptop')
    for (const device of [laptop, phone]) {
      device.ws.close(1000)
      await device.closing()
    }
    const before = Date.now()
    await evictDurableObject(userStub(env, bob.userId))
    expect(await presenceOf(ana, bob)).toBe('online')
    clockAhead(31_000)
    const [last] = value(await userStub(env, ana.userId).presenceOf([bob.userId], false))
    expect(last).toMatchObject({ status: 'offline', lastActiveAt: expect.any(Number) })
    expect(before - Number(last?.lastActiveAt)).toBeLessThan(30_000)
  })

  it('remembers when somebody was last there across a logout and however many devices went', async () => {
    const { ana, bob } = await friends()
    for (let i = 0; i < 40; i++) {
      const device = await TestDevice.connect(bob, 0, `device-${i}`)
      device.ws.close(1000)
      await device.closing()
    }
    const before = Date.now()
    await userStub(env, bob.userId).endDevice('device-39')
    clockAhead(31_000)
    const [last] = value(await userStub(env, ana.userId).presenceOf([bob.userId], false))
    expect(last).toMatchObject({ status: 'offline', lastActiveAt: expect.any(Number) })
    expect(before - Number(last?.lastActiveAt)).toBeLessThan(30_000)
  })

  it('tells nobody what came and went while they were told of something else', async () => {
    const { ana, bob } = await friends()
    const device = await watching(ana, [bob])
    const { promise, resolve } = Promise.withResolvers<void>()
    const hearNow = UserObject.prototype.hearPresence
    const hear = vi.spyOn(UserObject.prototype, 'hearPresence')
    hear.mockImplementation(async function slowAtFirst(this: UserObject, told: Told) {
      if (told.userId !== bob.userId || tellsOf(hear, bob) > 1) return hearNow.call(this, told)
      await promise
      return true
    } as never)
    await TestDevice.connect(bob, 0, 'one')
    await expect.poll(() => tellsOf(hear, bob)).toBe(1)
    await userStub(env, bob.userId).endDevice('one')
    await TestDevice.connect(bob, 0, 'two')
    await userStub(env, bob.userId).endDevice('two')
    resolve()
    await device.until(() => toldOf(device, bob).length === 2)
    // The first call was lost on the way; of the four changes one more is told.
    expect(tellsOf(hear, bob)).toBe(2)
    expect(toldOf(device, bob)).toEqual(['offline', 'offline'])
  })

  it('is told again to somebody who could not be reached', async () => {
    const { ana, bob } = await friends()
    const device = await watching(ana, [bob])
    const errors = vi.spyOn(console, 'error').mockImplementation(() => {})
    const hear = vi
      .spyOn(UserObject.prototype, 'hearPresence')
      .mockRejectedValueOnce(new Error('no') as never)
    await TestDevice.connect(bob, 0, 'phone')
    await expect.poll(() => errors.mock.calls.length).toBeGreaterThan(0)
    await expect
      .poll(async () => {
        await fireAlarm(bob)
        return toldOf(device, bob)
      })
      .toEqual(['offline', 'online'])
    expect(hear.mock.calls.length).toBeGreaterThan(1)
  })
})

describe('who sees it', () => {
  it('are friends and people of the same channels; of strangers nothing is known, nor asked', async () => {
    const [ana, bob, cyd, dan] = await accounts('ana', 'bob', 'cyd', 'dan')
    await openDm(ana, bob)
    await makeGroup(ana, [cyd])
    for (const who of [bob, cyd, dan]) await TestDevice.connect(who)
    await expect.poll(() => presenceOf(ana, bob)).toBe('online')
    await expect.poll(() => presenceOf(ana, cyd)).toBe('online')
    const asked = vi.spyOn(UserObject.prototype, 'presenceFor')
    expect(await presenceOf(ana, dan)).toBe(null)
    expect(asked).not.toHaveBeenCalled()
    expect(await userStub(env, dan.userId).watchedBy(ana.userId)).toBe(null)
    expect((await userStub(env, dan.userId).presenceFor(ana.userId, false)).status).toBe(null)
  })

  it('are friends only, or nobody, as the settings say, and who hides sees none either', async () => {
    const [ana, bob, cyd] = await accounts('ana', 'bob', 'cyd')
    await befriend(ana, bob)
    await makeGroup(ana, [bob, cyd])
    for (const who of [ana, bob, cyd]) await TestDevice.connect(who)
    await expect.poll(() => presenceOf(cyd, ana)).toBe('online')
    await expect.poll(() => presenceOf(bob, ana)).toBe('online')
    const stub = userStub(env, ana.userId)
    value(await stub.changeSettings({ presence: 'friends' }))
    expect(await presenceOf(cyd, ana)).toBe(null)
    expect(await presenceOf(ana, cyd)).toBe(null)
    expect(await presenceOf(bob, ana)).toBe('online')
    expect(await presenceOf(ana, bob)).toBe('online')
    value(await stub.changeSettings({ presence: 'nobody' }))
    expect(await presenceOf(bob, ana)).toBe(null)
    expect(await presenceOf(ana, bob)).toBe(null)
    await evictDurableObject(stub)
    expect(await presenceOf(bob, ana)).toBe(null)
  })

  it('changes for those who watch at once, with the settings, a block, and the end of a friendship', async () => {
    const { ana, bob } = await friends()
    await TestDevice.connect(bob, 0, 'phone')
    const device = await watching(ana, [bob])
    const stub = userStub(env, bob.userId)
    value(await stub.changeSettings({ presence: 'nobody' }))
    await device.until(() => toldOf(device, bob).length === 2)
    value(await stub.changeSettings({ presence: 'everyone' }))
    await device.until(() => toldOf(device, bob).length === 3)
    await change(bob, 'block', ana)
    await device.until(() => toldOf(device, bob).length === 4)
    expect(toldOf(device, bob)).toEqual(['online', null, 'online', null])
    await change(bob, 'unblock', ana)
    expect(await presenceOf(ana, bob)).toBe(null)
  })

  it('is nobody across a block, either way, in a group that both are in as well', async () => {
    const { ana, bob } = await friends()
    await makeGroup(ana, [bob])
    await TestDevice.connect(ana)
    await TestDevice.connect(bob)
    await change(ana, 'block', bob)
    const [of] = value(await userStub(env, ana.userId).presenceOf([bob.userId], true))
    const [back] = value(await userStub(env, bob.userId).presenceOf([ana.userId], true))
    expect([of?.status, back?.status]).toEqual([null, null])
  })

  it('keeps its place in the list that is asked for, oneself included', async () => {
    const { ana, bob } = await friends()
    await TestDevice.connect(ana)
    const stranger = person('nobody')
    const ids = [stranger.userId, ana.userId, bob.userId]
    const presence = value(await userStub(env, ana.userId).presenceOf(ids, false))
    expect(presence.map(({ userId }) => userId)).toEqual(ids)
    expect(presence.map(({ status }) => status)).toEqual([null, 'online', 'offline'])
  })
})

describe('watching', () => {
  it('replaces the last list, and the watched are told that nobody looks any more', async () => {
    const { ana, bob } = await friends()
    await TestDevice.connect(bob, 0, 'phone')
    const device = await watching(ana, [bob])
    device.send({ t: 'watch', ref: 'nobody', userIds: [] })
    await device.answer('nobody')
    await expect.poll(() => watchersOf(bob.userId)).toBe(0)
    const hear = vi.spyOn(UserObject.prototype, 'hearPresence')
    await userStub(env, bob.userId).endDevice('phone')
    expect(tellsOf(hear, bob)).toBe(0)
  })

  it('is dropped by whoever is told that nobody is watching', async () => {
    const { ana, bob } = await friends()
    const device = await watching(ana, [bob])
    device.ws.close(1000)
    await device.closing()
    const hear = vi.spyOn(UserObject.prototype, 'hearPresence')
    await TestDevice.connect(bob, 0, 'phone')
    await expect.poll(() => watchersOf(bob.userId)).toBe(0)
    await userStub(env, bob.userId).endDevice('phone')
    await TestDevice.connect(bob, 0, 'laptop')
    expect(tellsOf(hear, bob)).toBe(1)
  })

  it('is of 200 people at most, and of oneself never', async () => {
    const [ana] = await accounts('ana')
    const device = await watching(ana, [ana])
    expect(device.frames.filter(({ t }) => t === 'presence')).toEqual([])
    const userIds = Array.from({ length: 201 }, (_, index) => `u${index}`)
    device.send({ t: 'watch', ref: 'many', userIds })
    expect(await device.answer('many')).toMatchObject({ t: 'error', code: 'invalid' })
  })

  it('is refused when it is asked for more often than the limit says', async () => {
    const [ana] = await accounts('ana')
    await runInDurableObject(userStub(env, ana.userId), async (instance: UserObject) => {
      Object.defineProperty(instance, 'limited', { value: true })
      const codes: string[] = []
      for (let i = 0; i < 121; i++) codes.push(codeOf(await instance.presenceOf([], false)))
      expect(codes.slice(0, 120).every((code) => code === 'ok')).toBe(true)
      expect(codes[120]).toBe('rate_limited')
    })
  })

  it('is what keeps the alarm running: nobody watches, no alarm', async () => {
    const { ana, bob } = await friends()
    await expect.poll(() => fireAlarm(bob)).toBe(false)
    await TestDevice.connect(bob, 0, 'phone')
    expect(await alarmOf(bob)).toBe(null)
    const device = await watching(ana, [bob])
    expect(await alarmOf(bob)).not.toBe(null)

    // A heartbeat every five seconds, for ten minutes.
    vi.spyOn(Sockets.prototype, 'heardAt').mockImplementation(() => {
      const now = Date.now()
      return now - (now % 5_000)
    })
    const start = Date.now()
    let now = start
    vi.spyOn(Date, 'now').mockImplementation(() => now)
    let fired = 0
    for (;;) {
      const next = await alarmOf(bob)
      if (next === null || next > start + 600_000) break
      now = Math.max(now, next)
      await fireAlarm(bob)
      fired++
    }
    expect(fired).toBeGreaterThan(15)
    expect(fired).toBeLessThan(30)
    expect(toldOf(device, bob)).toEqual(['online'])

    device.send({ t: 'watch', ref: 'nobody', userIds: [] })
    await device.answer('nobody')
    await expect.poll(() => watchersOf(bob.userId)).toBe(0)
    await fireAlarm(bob)
    expect(await alarmOf(bob)).toBe(null)
  })
})

async function watchersOf(userId: string): Promise<number> {
  return await runInDurableObject(
    userStub(env, userId),
    (_, ctx) => ctx.storage.sql.exec('SELECT user_id FROM watchers').toArray().length,
  )
}

/** How often somebody has told that they came or went; people of other tests still do it too. */
function tellsOf(hear: { mock: { calls: [Told][] } }, who: Profile): number {
  return hear.mock.calls.filter(([{ userId }]) => userId === who.userId).length
}
