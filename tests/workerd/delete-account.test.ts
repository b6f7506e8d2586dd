import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { ChannelObject } from '../../durable-objects/channel/channel-object.ts'
import { channelStub, userStub } from '../../durable-objects/shared/stubs.ts'
import { HANDLE_RESERVED_MS } from '../../protocol/limits.ts'
import type { User } from '../../protocol/objects.ts'
import { sweep } from '../../workers/sweep.ts'
import {
  as,
  channel,
  deleteMe,
  group,
  json,
  log,
  open,
  owed,
  ownRooms,
  profileOf,
  say,
} from './deletion-support.ts'
import { call, PASSWORD, refusal, signIn, signUp } from './edge.ts'
import { clockAhead, fireAlarm, stateFor } from './people-support.ts'
import { value, TestDevice } from './support.ts'

const GONE = { handle: null, name: 'Deleted account', image: null }

afterEach(() => {
  vi.restoreAllMocks()
})

describe('an account that is deleted', () => {
  it('is asked for by its password, and a wrong one changes nothing', async () => {
    const ana = await signUp('Ana')
    expect(await refusal(await deleteMe(ana, 'something else'))).toEqual([403, 'forbidden'])
    expect(await refusal(await as(ana, 'DELETE', '/v1/me', {}))).toEqual([400, 'invalid'])
    expect((await json<User>(await as(ana, 'GET', '/v1/me'))).name).toBe('Ana')
    expect((await deleteMe(ana)).status).toBe(204)
  })

  it('is logged out everywhere, sockets closed, and nobody can log in to it', async () => {
    const ana = await signUp('Ana')
    const phone = await signIn(ana)
    const answer = await as(ana, 'GET', '/v1/devices')
    const { devices } = await json<{ devices: { deviceId: string }[] }>(answer)
    const device = await TestDevice.connect(profileOf(ana), 0, devices[0]!.deviceId)
    expect((await deleteMe(ana)).status).toBe(204)
    await expect.poll(() => device.closed?.code).toBe(4401)
    for (const login of [ana, phone]) {
      expect(await refusal(await as(login, 'GET', '/v1/me'))).toEqual([401, 'unauthenticated'])
    }
    for (const body of [
      { username: ana.username, password: PASSWORD },
      { email: ana.email, password: PASSWORD },
    ]) {
      const path = `/api/auth/sign-in/${'email' in body ? 'email' : 'username'}`
      expect((await call(path, { body })).status).toBe(401)
    }
  })

  it('leaves its groups, hands over what it owned, and what it wrote stays under another name', async () => {
    const [ana, bob, cyd] = [await signUp('Ana'), await signUp('Bob'), await signUp('Cyd')]
    const owned = await group(ana, [bob, cyd])
    const other = await group(bob, [ana])
    const alone = await group(ana, [])
    await json(await say(ana, owned, 'The key is in the shed'))
    expect((await deleteMe(ana)).status).toBe(204)
    await expect.poll(async () => (await channel(bob, other)).memberCount).toBe(1)
    await expect.poll(async () => (await channel(bob, owned)).memberCount).toBe(2)
    const members = (await channel(bob, owned)).members ?? []
    expect(members.map(({ userId }) => userId).sort()).toEqual([bob.userId, cyd.userId].sort())
    expect(members.map(({ role }) => role).sort()).toEqual(['member', 'owner'])
    const messages = await log(bob, owned)
    expect(messages.map(({ text }) => text)).toContain('The key is in the shed')
    expect(messages.map(({ system }) => system?.action)).toContain('left')
    expect(await json<User>(await as(bob, 'GET', `/v1/users/${ana.userId}`))).toMatchObject(GONE)
    await expect.poll(() => owed(ana)).toEqual([])
    expect(await refusal(await as(bob, 'GET', `/v1/channels/${alone.channelId}`))).toEqual([
      404,
      'not_found',
    ])
  })

  it('closes its DMs: the other one reads on, under its new name, and cannot write', async () => {
    const [ana, bob] = [await signUp('Ana'), await signUp('Bob')]
    const dm = await open(ana, { kind: 'dm', userId: bob.userId })
    await json(await say(ana, dm, 'Goodbye'))
    await deleteMe(ana)
    await expect
      .poll(async () => (await channel(bob, dm)).members)
      .toContainEqual(expect.objectContaining({ userId: ana.userId, ...GONE }))
    expect(await refusal(await say(bob, dm, 'Wait'))).toEqual([403, 'forbidden'])
    expect((await log(bob, dm)).map(({ text }) => text)).toEqual(['Goodbye'])
    const answer = await as(bob, 'GET', `/v1/presence?userIds=${ana.userId}`)
    expect(await json(answer)).toEqual({
      presence: [{ userId: ana.userId, status: null, lastActiveAt: null }],
    })
  })

  it('is nobody to anybody any more: no friend, no request, no block either way', async () => {
    const [ana, bob, cyd, dan] = [
      await signUp('Ana'),
      await signUp('Bob'),
      await signUp('Cyd'),
      await signUp('Dan'),
    ]
    await json(await as(ana, 'PUT', `/v1/contacts/${bob.userId}`))
    await json(await as(bob, 'PUT', `/v1/contacts/${ana.userId}`))
    await json(await as(cyd, 'PUT', `/v1/contacts/${ana.userId}`))
    await json(await as(dan, 'PUT', `/v1/blocks/${ana.userId}`))
    await deleteMe(ana)
    const gone = { userId: ana.userId, ...GONE, receipts: true }
    for (const { userId } of [bob, cyd, dan]) {
      const who = { userId, handle: null, name: '', image: null, receipts: true }
      await expect.poll(() => stateFor(who, gone)).toBe('none')
    }
  })

  it('is not found, asked, blocked, written to or added by anybody', async () => {
    const [ana, bob] = [await signUp('Ana'), await signUp('Bob')]
    const room = await group(bob, [])
    await deleteMe(ana)
    const found = await as(bob, 'GET', `/v1/users?handle=${ana.username}`)
    expect(await json(found)).toEqual({ users: [] })
    const dm = { kind: 'dm', userId: ana.userId }
    for (const answer of [
      await as(bob, 'PUT', `/v1/contacts/${ana.userId}`),
      await as(bob, 'PUT', `/v1/blocks/${ana.userId}`),
      await as(bob, 'POST', '/v1/channels', dm),
      await as(bob, 'PUT', `/v1/channels/${room.channelId}/members/${ana.userId}`, {}),
    ]) {
      expect(await refusal(answer)).toEqual([404, 'not_found'])
    }
  })

  it('gives its e-mail address back at once, and its handle after 30 days', async () => {
    const [ana, bob] = [await signUp('Ana'), await signUp('Bob')]
    await deleteMe(ana)
    const again = (username: string) =>
      call('/api/auth/sign-up/email', {
        body: { name: 'Ana', username, email: ana.email, password: PASSWORD },
      })
    expect(await refusal(await again(ana.username))).toEqual([409, 'conflict'])
    const handle = { handle: ana.username }
    expect(await refusal(await as(bob, 'PATCH', '/v1/me', handle))).toEqual([409, 'conflict'])
    expect((await again(`n${ana.username.slice(1)}`)).status).toBe(200)
    clockAhead(HANDLE_RESERVED_MS - 60_000)
    await sweep(env, Date.now())
    expect(await refusal(await as(bob, 'PATCH', '/v1/me', handle))).toEqual([409, 'conflict'])
    clockAhead(HANDLE_RESERVED_MS + 60_000)
    await sweep(env, Date.now())
    expect((await json<User>(await as(bob, 'PATCH', '/v1/me', handle))).handle).toBe(ana.username)
  })

  it('leaves nothing personal in the database, and nothing that was said in its own object', async () => {
    const [ana, bob] = [await signUp('Anastasia'), await signUp('Bob')]
    const room = await group(bob, [ana])
    await json(await as(ana, 'PATCH', '/v1/me', { bio: 'Gardener' }))
    await json(await say(bob, room, 'Between us'))
    await deleteMe(ana)
    await expect.poll(() => owed(ana)).toEqual([])
    const tables = ['user', 'account', 'session', 'verification', 'settings', 'friendship', 'block']
    for (const table of tables) {
      const { results } = await env.DB.prepare(`SELECT * FROM "${table}"`).all()
      const text = JSON.stringify(results)
      for (const word of ['Anastasia', ana.email, 'Gardener']) expect(text).not.toContain(word)
    }
    const object = userStub(env, ana.userId)
    await runInDurableObject(object, (_, { storage }) => {
      for (const table of ['inbox', 'channels', 'channel_members', 'contacts']) {
        expect(storage.sql.exec(`SELECT * FROM ${table}`).toArray()).toEqual([])
      }
    })
  })

  it('goes on from the alarm where it was interrupted, also if a channel was away', async () => {
    const [ana, bob] = [await signUp('Ana'), await signUp('Bob')]
    const room = await group(bob, [ana])
    await expect.poll(() => ownRooms(ana)).toEqual([room.channelId])
    vi.spyOn(ChannelObject.prototype, 'remove').mockImplementation(async () => {
      throw new Error('away')
    })
    vi.spyOn(console, 'error').mockReturnValue()
    expect((await deleteMe(ana)).status).toBe(204)
    expect((await channel(bob, room)).memberCount).toBe(2)
    expect(await owed(ana)).toContain('departure')
    const object = userStub(env, ana.userId)
    await evictDurableObject(object)
    vi.restoreAllMocks()
    await expect
      .poll(async () => {
        clockAhead(60 * 60_000)
        await fireAlarm(profileOf(ana))
        return await owed(ana)
      })
      .toEqual([])
    expect((await channel(bob, room)).memberCount).toBe(1)
  })

  it('goes on from the alarm if the object died before the database had forgotten it', async () => {
    const ana = await signUp('Ana')
    const object = userStub(env, ana.userId)
    await runInDurableObject(object, (instance) => {
      instance['write'](() => {
        instance['state'].sql.exec(
          `INSERT INTO owed (kind, id, stamp, due_at) VALUES ('deletion', '', 1, 0)`,
        )
      })
      instance['alarms'].rearm()
    })
    await evictDurableObject(object)
    expect((await as(ana, 'GET', '/v1/me')).status).toBe(200)
    await fireAlarm(profileOf(ana))
    expect((await as(ana, 'GET', '/v1/me')).status).toBe(401)
    value(await object.deleteAccount())
    expect((await as(ana, 'GET', '/v1/me')).status).toBe(401)
  })

  it('leaves a group into which it was taken at the same moment', async () => {
    const [ana, bob] = [await signUp('Ana'), await signUp('Bob')]
    const room = await group(bob, [])
    await deleteMe(ana)
    // What was read of the profile a moment before.
    const profile = {
      userId: ana.userId,
      handle: ana.username,
      name: 'Ana',
      image: null,
      receipts: true,
    }
    value(await channelStub(env, room.channelId)!.add(bob.userId, profile))
    await expect
      .poll(async () => {
        clockAhead(60_000)
        await fireAlarm(profileOf(ana))
        return (await channel(bob, room)).memberCount
      })
      .toBe(1)
  })
})
