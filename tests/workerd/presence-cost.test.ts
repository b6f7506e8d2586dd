import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Sockets } from '../../durable-objects/shared/sockets.ts'
import { userStub } from '../../durable-objects/shared/stubs.ts'
import { UserObject } from '../../durable-objects/user/user-object.ts'
import { accounts, alarmOf, clockAhead, fireAlarm, toldOf, watching } from './people-support.ts'
import type { Profile } from '../../durable-objects/shared/profile.ts'
import { alarmInSilence, openDm, say, sync, syncAll, TestDevice } from './support.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

const FRIENDS = 300
const ONLINE = 20
/** A screen's worth of friends: as many as a device may watch. */
const SHOWN = 200

const NONE = { told: 0, asked: 0, left: 0, looked: 0 }

describe('what a login and a logout cost with 300 friends', () => {
  it('is a call to each friend who is there and watches, whatever the number of others', async () => {
    const { ana, friends } = await manyFriends(FRIENDS)
    const online = friends.slice(0, ONLINE)
    const gone = friends.slice(ONLINE, 3 * ONLINE)
    const devices: TestDevice[] = []
    for (const friend of online) devices.push(await watching(friend, [ana]))
    for (const friend of gone) {
      const device = await watching(friend, [ana])
      device.ws.close(1000)
      await device.closing()
    }
    const calls = counters()

    // Those who went away are told once more, and then never again.
    await TestDevice.connect(ana, 0, 'first')
    await expect.poll(() => watchersOf(ana)).toBe(ONLINE)
    expect(calls()).toEqual({ ...NONE, told: ONLINE + gone.length })
    for (const [round, deviceId] of ['first', 'second', 'third'].entries()) {
      if (round > 0) await TestDevice.connect(ana, 0, deviceId)
      await allTold(devices, ana, 2 * round + 2)
      expect(calls()).toEqual({ ...NONE, told: gone.length + (2 * round + 1) * ONLINE })
      await userStub(env, ana.userId).endDevice(deviceId)
      await allTold(devices, ana, 2 * round + 3)
      expect(calls()).toEqual({ ...NONE, told: gone.length + (2 * round + 2) * ONLINE })
    }
  }, 120_000)

  it('and to ask is a call to each friend on the screen at first, later only to those who are there', async () => {
    const { ana, friends } = await manyFriends(SHOWN)
    const online = friends.slice(0, ONLINE)
    for (const friend of online) await TestDevice.connect(friend)
    const calls = counters()
    for (const [round, deviceId] of ['first', 'second', 'third'].entries()) {
      const device = await watching(ana, friends, deviceId)
      expect(statuses(device, friends)).toEqual({ online: ONLINE, offline: SHOWN - ONLINE })
      const asked = SHOWN + round * ONLINE
      expect(calls()).toEqual({ ...NONE, asked, left: round * ONLINE })
      await userStub(env, ana.userId).endDevice(deviceId)
      await expect.poll(calls).toEqual({ ...NONE, asked, left: (round + 1) * ONLINE })
    }
  }, 120_000)

  it('is nothing for heartbeats, and one look at the clock for a device that fell silent', async () => {
    const { ana, friends } = await manyFriends(3)
    const watcher = await watching(friends[0]!, [ana])
    const phone = await TestDevice.connect(ana, 0, 'phone')
    await watcher.until(() => toldOf(watcher, ana).length === 2)
    const calls = counters()
    for (let i = 0; i < 10; i++) phone.ping()
    await phone.until(() => phone.frames.filter(({ t }) => t === 'pong').length === 10)
    expect(calls()).toEqual(NONE)
    clockAhead(31_000)
    await fireAlarm(ana)
    await expect.poll(calls).toEqual({ ...NONE, told: 1 })
  })
})

describe('rows written', () => {
  it('by a connect of somebody nobody watches: none, nor an alarm; by a close: one', async () => {
    const { ana, friends } = await manyFriends(1)
    const dm = await openDm(ana, friends[0]!)
    await say(dm.stub, friends[0]!, 'hello')
    await alarmInSilence(dm.stub)
    const { cursor } = await syncAll(ana, 0)
    // A device that confirms its cursor by coming back with it has it saved when it goes.
    await sync(ana, cursor)
    await drained(ana)
    for (let round = 0; round < 3; round++) {
      const before = await changesOf(ana)
      const device = await TestDevice.connect(ana, cursor)
      expect((await device.frame(({ t }) => t === 'hello')).t).toBe('hello')
      expect((await changesOf(ana)) - before).toBe(0)
      expect(await alarmOf(ana)).toBe(null)
      device.ws.close(1000)
      await device.closing()
      expect((await changesOf(ana)) - before).toBe(1)
      expect(await alarmOf(ana)).toBe(null)
    }
  })

  it('by a second device of somebody who is watched: none; by the first: two with the alarm, and one a watcher', async () => {
    const { ana, friends } = await manyFriends(2)
    const watchers: TestDevice[] = []
    for (const friend of friends) watchers.push(await watching(friend, [ana]))
    await drained(ana)
    const before = await changesOf(ana)
    await TestDevice.connect(ana, 0, 'phone')
    await allTold(watchers, ana, 2)
    await expect.poll(async () => (await changesOf(ana)) - before).toBe(2 + friends.length)
    await TestDevice.connect(ana, 0, 'laptop')
    expect((await changesOf(ana)) - before).toBe(2 + friends.length)
  })
})

describe('while somebody is watched', () => {
  it('a look at their heartbeats writes nothing but the next alarm, for ten minutes', async () => {
    const { ana, friends } = await manyFriends(1)
    await watching(friends[0]!, [ana])
    await TestDevice.connect(ana, 0, 'phone')
    await expect.poll(() => alarmOf(ana)).not.toBe(null)
    let now = Date.now()
    vi.spyOn(Date, 'now').mockImplementation(() => now)
    vi.spyOn(Sockets.prototype, 'heardAt').mockImplementation(() => now - (now % 5_000))
    const before = await changesOf(ana)
    for (let look = 1; look <= 20; look++) {
      now += 27_500
      await fireAlarm(ana)
      // Of the alarm that rings a row goes, and of the next one a row comes.
      expect((await changesOf(ana)) - before).toBeLessThanOrEqual(2 * look)
    }
    const after = await changesOf(ana)
    now += 90_000
    await fireAlarm(ana)
    expect((await changesOf(ana)) - after).toBeLessThanOrEqual(3)
    expect(await keptOf(ana)).toBe(now - (now % 5_000))
  })
})

/** When this person was last there, as the object has stored it. */
async function keptOf(who: Profile): Promise<number> {
  return await runInDurableObject(
    userStub(env, who.userId),
    (_, ctx) =>
      ctx.storage.sql.exec<{ at: number }>('SELECT last_active_at AS at FROM presence').one().at,
  )
}

/** Until nothing is owed and no alarm is set. */
async function drained(who: Profile): Promise<void> {
  await expect.poll(() => fireAlarm(who)).toBe(false)
}

/** Rows that the object has written since its database was opened, its alarm among them. */
async function changesOf(who: Profile): Promise<number> {
  return await runInDurableObject(
    userStub(env, who.userId),
    (_, ctx) => ctx.storage.sql.exec<{ n: number }>('SELECT total_changes() AS n').one().n,
  )
}

/** Somebody with so many friends, as after years: in the database, and in everybody's copy. */
async function manyFriends(count: number): Promise<{ ana: Profile; friends: Profile[] }> {
  const names = Array.from({ length: count + 1 }, (_, index) => `p${index}`)
  const [ana, ...friends] = await accounts(...names)
  if (!ana) throw new Error('nobody')
  const insert = env.DB.prepare('INSERT INTO friendship VALUES (?, ?, ?, 1, 1)')
  await env.DB.batch(
    friends.map(({ userId }) => insert.bind(...[ana.userId, userId].sort(), ana.userId)),
  )
  await userStub(env, ana.userId).rebuildContacts()
  await expect
    .poll(async () => {
      await fireAlarm(ana)
      return await owedBy(ana)
    })
    .toBe(0)
  expect((await sync(ana, 0)).contacts.length).toBe(Math.min(count, 200))
  return { ana, friends }
}

/** Calls between user objects from now on. */
function counters() {
  const told = vi.spyOn(UserObject.prototype, 'hearPresence')
  const asked = vi.spyOn(UserObject.prototype, 'watchedBy')
  const left = vi.spyOn(UserObject.prototype, 'unwatchedBy')
  const looked = vi.spyOn(UserObject.prototype, 'presenceFor')
  return () => ({
    told: told.mock.calls.length,
    asked: asked.mock.calls.length,
    left: left.mock.calls.length,
    looked: looked.mock.calls.length,
  })
}

async function allTold(devices: TestDevice[], who: Profile, times: number): Promise<void> {
  for (const device of devices) await device.until(() => toldOf(device, who).length === times)
}

function statuses(device: TestDevice, of: Profile[]): Record<string, number> {
  const last = of.map((who) => toldOf(device, who).at(-1))
  const count = (status: string): number => last.filter((told) => told === status).length
  return { online: count('online'), offline: count('offline') }
}

async function watchersOf(who: Profile): Promise<number> {
  return await rowsOf(who, 'watchers')
}

async function owedBy(who: Profile): Promise<number> {
  return await rowsOf(who, 'owed')
}

async function rowsOf(who: Profile, table: 'watchers' | 'owed'): Promise<number> {
  return await runInDurableObject(
    userStub(env, who.userId),
    (_, ctx) => ctx.storage.sql.exec(`SELECT 1 FROM ${table}`).toArray().length,
  )
}
