import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { ChannelObject } from '../../durable-objects/channel/channel-object.ts'
import { channelStub, userStub } from '../../durable-objects/shared/stubs.ts'
import { UserObject } from '../../durable-objects/user/user-object.ts'
import { askFriend, blockUser } from '../../workers/db/contacts.ts'
import { updateUser } from '../../workers/db/users.ts'
import {
  as,
  channel,
  deleteMe,
  group,
  json,
  log,
  open,
  owed,
  profileOf,
  say,
} from './deletion-support.ts'
import { call, PASSWORD, refusal, signUp, type Login } from './edge.ts'
import { clockAhead, fireAlarm } from './people-support.ts'
import { codeOf, value } from './support.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

/** The alarm, as often as it takes and with the clock going on between, until nothing is owed. */
async function settled(who: Login): Promise<void> {
  let ahead = 0
  await expect
    .poll(async () => {
      clockAhead((ahead += 15 * 60_000))
      await fireAlarm(profileOf(who))
      return await owed(who)
    })
    .toEqual([])
}

async function rowsOf(table: string, column: string, { userId }: Login): Promise<unknown[]> {
  const { results } = await env.DB.prepare(`SELECT * FROM "${table}" WHERE ${column} = ?`)
    .bind(userId)
    .all()
  return results
}

describe('a deletion that is interrupted', () => {
  const stuck = (): Promise<never> => new Promise(() => {})
  const channels = ChannelObject.prototype
  it.each([
    ['a profile', () => vi.spyOn(channels, 'refreshProfile').mockImplementation(stuck)],
    ['leaving', () => vi.spyOn(channels, 'remove').mockImplementation(stuck)],
    ['a device', () => vi.spyOn(channels, 'endDevice').mockImplementation(stuck)],
    ['a contact', () => vi.spyOn(UserObject.prototype, 'refreshContact').mockImplementation(stuck)],
  ])('in the middle of a call for %s goes on by the alarm, to the end', async (_what, hang) => {
    const [ana, bob] = [await signUp('Ana'), await signUp('Bob')]
    const room = await group(ana, [bob])
    await json(await as(ana, 'PUT', `/v1/contacts/${bob.userId}`))
    const { devices } = await json<{ devices: { deviceId: string }[] }>(
      await as(ana, 'GET', '/v1/devices'),
    )
    const stub = userStub(env, ana.userId)
    value(await stub.attach(devices[0]!.deviceId, room.channelId))
    await expect.poll(() => stub.ownChannels(10)).toEqual([room.channelId])

    const hangs = hang()
    vi.spyOn(console, 'error').mockReturnValue()
    expect((await deleteMe(ana)).status).toBe(204)
    await expect.poll(() => hangs.mock.calls.length).toBeGreaterThan(0)
    expect(await owed(ana)).toContain('erasure')
    await runInDurableObject(stub, (_, ctx) => ctx.abort('crash')).catch(() => undefined)
    hangs.mockRestore()

    await settled(ana)
    const { members } = await channel(bob, room)
    expect(members).toMatchObject([{ userId: bob.userId, role: 'owner' }])
    expect(await rowsOf('friendship', 'user_b', ana)).toEqual([])
    const inObject = await runInDurableObject(userStub(env, ana.userId), (_, { storage }) =>
      storage.sql.exec('SELECT * FROM channels').toArray(),
    )
    expect(inObject).toEqual([])
  })

  it('by the database answers that it is not known, changes nothing before, and goes on', async () => {
    const ana = await signUp('Ana')
    const failing = vi.spyOn(env.DB.constructor.prototype, 'batch').mockRejectedValue(new Error())
    vi.spyOn(console, 'error').mockReturnValue()
    const stub = userStub(env, ana.userId)
    expect(codeOf(await stub.deleteAccount())).toBe('unavailable')
    expect((await as(ana, 'GET', '/v1/me')).status).toBe(200)
    failing.mockRestore()
    await settled(ana)
    expect(await refusal(await as(ana, 'GET', '/v1/me'))).toEqual([401, 'unauthenticated'])
  })

  it('may run twice, and at once', async () => {
    const [ana, bob] = [await signUp('Ana'), await signUp('Bob')]
    const room = await group(bob, [ana])
    const stub = userStub(env, ana.userId)
    const results = await Promise.all([stub.deleteAccount(), stub.deleteAccount()])
    expect(results.map(codeOf)).toEqual(['ok', 'ok'])
    await settled(ana)
    expect(codeOf(await stub.deleteAccount())).toBe('ok')
    await settled(ana)
    const left = (await log(bob, room)).filter(({ system }) => system?.action === 'left')
    expect(left).toHaveLength(1)
  })

  it('tells all who have anything to do with that person, however many they are', async () => {
    const [ana] = [await signUp('Ana')]
    const fans = Array.from({ length: 230 }, (_, index) => `fan${index}-${crypto.randomUUID()}`)
    const user = env.DB.prepare('INSERT INTO user (id, name, email, username) VALUES (?, ?, ?, ?)')
    const block = env.DB.prepare('INSERT INTO block VALUES (?, ?, 0)')
    await env.DB.batch(
      fans.flatMap((id) => [
        user.bind(id, 'Fan', id, id.replaceAll('-', '_')),
        block.bind(id, ana.userId),
      ]),
    )
    const told = vi.spyOn(UserObject.prototype, 'refreshContact').mockResolvedValue()
    expect((await deleteMe(ana)).status).toBe(204)
    await settled(ana)
    expect(told).toHaveBeenCalledTimes(fans.length)
    expect(await rowsOf('block', 'blocked_id', ana)).toEqual([])
  })
})

describe('whoever is being deleted', () => {
  it('is in no group at the end into which they were taken at the same moment', async () => {
    const bob = await signUp('Bob')
    const room = await group(bob, [])
    for (let round = 0; round < 5; round++) {
      const ana = await signUp('Ana')
      const path = `/v1/channels/${room.channelId}/members/${ana.userId}`
      const [, deleted] = await Promise.all([as(bob, 'PUT', path, {}), deleteMe(ana)])
      expect(deleted.status).toBe(204)
      await settled(ana)
      await expect
        .poll(async () => {
          await settled(ana)
          return (await channel(bob, room)).memberCount
        })
        .toBe(1)
    }
  })

  it('does not come back by a change of theirs that was under way', async () => {
    const ana = await signUp('Ana')
    const bob = await signUp('Bob')
    const stub = userStub(env, ana.userId)
    await Promise.all([
      stub.changeProfile({ name: 'Ana K.', handle: `k${ana.username.slice(1)}` }),
      stub.changeSettings({ presence: 'nobody' }),
      stub.changeContact('ask', bob.userId),
      stub.deleteAccount(),
    ])
    // Statements that reach the database after it has forgotten who they come from.
    await updateUser(env, ana.userId, { name: 'Ana K.', bio: 'back', handle: 'ana_is_back' })
    await askFriend(env, ana.userId, bob.userId, Date.now())
    await blockUser(env, ana.userId, bob.userId, Date.now())
    await settled(ana)
    expect(await rowsOf('user', 'id', ana)).toMatchObject([
      { name: 'Deleted account', username: null, bio: null, image: null },
    ])
    for (const [table, column] of [
      ['settings', 'user_id'],
      ['friendship', 'asked_by'],
      ['block', 'blocker_id'],
    ] as const) {
      expect(await rowsOf(table, column, ana)).toEqual([])
    }
    expect(codeOf(await stub.changeProfile({ name: 'Ana K.' }))).toBe('unauthenticated')
  })

  it('is not logged in by a login that came about at the same moment', async () => {
    const ana = await signUp('Ana')
    const [session] = await rowsOf('session', 'user_id', ana)
    const columns = Object.keys(session as object)
    const ticket = await call('/v1/tickets', { method: 'POST', headers: ana.bearer })
    await deleteMe(ana)
    const marks = columns.map(() => '?').join(', ')
    await env.DB.prepare(`INSERT INTO session (${columns.join(', ')}) VALUES (${marks})`)
      .bind(...Object.values(session as object))
      .run()
    expect(await refusal(await as(ana, 'GET', '/v1/me'))).toEqual([401, 'unauthenticated'])
    const { ticket: secret } = await ticket.json<{ ticket: string }>()
    const opened = await call(`/v1/ws?ticket=${secret}`, { headers: { upgrade: 'websocket' } })
    expect(await refusal(opened)).toEqual([401, 'unauthenticated'])
    await userStub(env, ana.userId).deleteAccount()
    await settled(ana)
    expect(await rowsOf('session', 'user_id', ana)).toEqual([])
  })

  it('leaves a handle that nobody gets, also not at the very moment', async () => {
    const [ana, bob] = [await signUp('Ana'), await signUp('Bob')]
    const takes = (username: string) =>
      call('/api/auth/sign-up/email', {
        body: { name: 'X', username, email: `${crypto.randomUUID()}@x.org`, password: PASSWORD },
      })
    const [deleted, ...taken] = await Promise.all([
      deleteMe(ana),
      as(bob, 'PATCH', '/v1/me', { handle: ana.username }),
      takes(ana.username),
      takes(ana.username),
    ])
    expect(deleted.status).toBe(204)
    for (const answer of taken) expect(await refusal(answer)).toEqual([409, 'conflict'])
    const insert = env.DB.prepare(
      'INSERT INTO user (id, name, email, username) VALUES (?, ?, ?, ?)',
    )
    await expect(insert.bind('x', 'X', 'x@x.org', ana.username).run()).rejects.toThrow('UNIQUE')
  })

  it('does not send what was under way into a DM that is closed, and is closed to who had blocked them', async () => {
    const [ana, bob] = [await signUp('Ana'), await signUp('Bob')]
    const dm = await open(ana, { kind: 'dm', userId: bob.userId })
    await json(await as(bob, 'PUT', `/v1/blocks/${ana.userId}`))
    expect(await refusal(await say(bob, dm, 'hi'))).toEqual([403, 'blocked'])
    await deleteMe(ana)
    await settled(ana)
    expect(await refusal(await say(bob, dm, 'hi'))).toEqual([403, 'forbidden'])
    const [sent] = await channelStub(env, dm.channelId)!.send(ana.userId, [
      { clientId: 'c', text: 'late', replyTo: null },
    ])
    expect(codeOf(sent!)).toBe('forbidden')
    // It is still a DM of theirs, and still nothing of their presence is seen by it.
    await evictDurableObject(userStub(env, ana.userId))
    const path = `/v1/channels/${dm.channelId}/presence`
    const answer = await json<{ presence: object[] }>(await as(bob, 'GET', path))
    expect(answer.presence).toContainEqual({
      userId: ana.userId,
      status: null,
      lastActiveAt: null,
    })
  })
})
