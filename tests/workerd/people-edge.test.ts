import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { userStub } from '../../durable-objects/shared/stubs.ts'
import type { Contact, Presence, User } from '../../protocol/objects.ts'
import { call, ORIGIN, refusal, signUp, type Login } from './edge.ts'
import { codeOf } from './support.ts'

let ana: Login
let bob: Login
let cyd: Login

beforeAll(async () => {
  ;[ana, bob, cyd] = [await signUp('Ana'), await signUp('Bob'), await signUp('Cyd')]
})

function as({ bearer }: Login, method: string, path: string, body?: unknown): Promise<Response> {
  return call(path, { method, headers: bearer, ...(body === undefined ? {} : { body }) })
}

async function json<T>(response: Response): Promise<T> {
  if (response.status >= 300) throw new Error(`${response.status} ${await response.text()}`)
  return await response.json<T>()
}

describe('the profile over HTTP', () => {
  it('is changed by its owner', async () => {
    const me = await json<User>(
      await as(ana, 'PATCH', '/v1/me', { bio: ' About\nme ', image: 'https://x.example/a.png' }),
    )
    expect(me).toMatchObject({ bio: 'About\nme', image: 'https://x.example/a.png' })
    expect(await json<User>(await as(bob, 'GET', `/v1/users/${ana.userId}`))).toEqual(me)
    expect(await json<User>(await as(ana, 'PATCH', '/v1/me', { bio: '' }))).toMatchObject({
      bio: null,
    })
  })

  it.each([
    { image: 'http://x.example/a.png' },
    { image: 'javascript:alert(1)' },
    { image: 'data:image/png;base64,AAAA' },
    { image: 'https://user:secret@x.example/a.png' },
    { image: `https://x.example/${'a'.repeat(2_100)}` },
    { handle: 'ab' },
    { handle: 'a'.repeat(25) },
    { handle: 'has space' },
    { handle: 'ümlaut' },
    { name: '' },
    { name: 'x\u202e' },
    { bio: 'x\u0007' },
    { bio: 'x'.repeat(1_000) },
    { bio: '\ud800' },
  ])('refuses %j and changes nothing', async (change) => {
    const before = await json<User>(await as(ana, 'GET', '/v1/me'))
    expect(await refusal(await as(ana, 'PATCH', '/v1/me', { name: 'New', ...change }))).toEqual([
      400,
      'invalid',
    ])
    expect(await json<User>(await as(ana, 'GET', '/v1/me'))).toEqual(before)
  })

  it('has a handle that is found exactly and by how it begins, whatever the case', async () => {
    const handle = `q${crypto.randomUUID().replaceAll('-', '').slice(0, 12)}`
    await json(await as(ana, 'PATCH', '/v1/me', { handle: `${handle}_x`.toUpperCase() }))
    await json(await as(bob, 'PATCH', '/v1/me', { handle: `${handle}_y` }))
    const find = async (query: string) =>
      (await json<{ users: User[] }>(await as(cyd, 'GET', `/v1/users?${query}`))).users.map(
        ({ userId }) => userId,
      )
    expect(await find(`handle=@${handle}_X`)).toEqual([ana.userId])
    expect(await find(`handle=${handle}`)).toEqual([])
    expect(await find(`prefix=${handle.toUpperCase()}`)).toEqual([ana.userId, bob.userId])
    expect(await find(`prefix=${handle}_y`)).toEqual([bob.userId])
    expect(await refusal(await as(ana, 'PATCH', '/v1/me', { handle: `${handle}_y` }))).toEqual([
      409,
      'conflict',
    ])
  })

  it.each(['prefix=a', 'prefix=', 'prefix=a%25', 'handle=x&prefix=ab', '', 'prefix=%7B%7B'])(
    'looks nobody up by "%s"',
    async (query) => {
      expect(await refusal(await as(ana, 'GET', `/v1/users?${query}`))).toEqual([400, 'invalid'])
    },
  )
})

describe('contacts over HTTP', () => {
  it('are asked, listed, blocked and unblocked, and the cookie alone does not do it', async () => {
    const [dan, eve] = [await signUp('Dan'), await signUp('Eve')]
    const path = `/v1/contacts/${eve.userId}`
    const { contact } = await json<{ contact: Contact }>(await as(dan, 'PUT', path))
    expect(contact).toMatchObject({ state: 'requested', user: { name: 'Eve' } })
    await json(await as(eve, 'PUT', `/v1/contacts/${dan.userId}`))
    const list = async () =>
      (await json<{ contacts: Contact[] }>(await as(dan, 'GET', '/v1/contacts'))).contacts.map(
        ({ state, status }) => [state, status],
      )
    expect(await list()).toEqual([['friend', 'offline']])
    const block = `/v1/blocks/${eve.userId}`
    expect(await refusal(await call(block, { method: 'PUT', headers: dan.cookie }))).toEqual([
      403,
      'forbidden',
    ])
    const ours = { ...dan.cookie, origin: ORIGIN }
    await json(await call(block, { method: 'PUT', headers: ours }))
    expect(await list()).toEqual([['blocked', null]])
    expect(await refusal(await as(dan, 'PUT', path))).toEqual([403, 'blocked'])
    await json(await as(dan, 'DELETE', block))
    expect(await list()).toEqual([])
  })

  it.each([
    ['PUT', '/v1/contacts/nobody'],
    ['DELETE', '/v1/contacts/nobody'],
    ['PUT', '/v1/blocks/nobody'],
    ['DELETE', '/v1/blocks/nobody'],
  ])('%s %s is not_found', async (method, path) => {
    expect(await refusal(await as(ana, method, path))).toEqual([404, 'not_found'])
  })

  it('are nobody’s without a login', async () => {
    for (const path of ['/v1/contacts', '/v1/settings', '/v1/presence?userIds=x']) {
      expect(await refusal(await call(path))).toEqual([401, 'unauthenticated'])
    }
  })
})

describe('adding to a group', () => {
  const group = (who: Login, others: Login[]) => ({
    kind: 'group',
    title: 'G',
    userIds: others.map(({ userId }) => userId),
    clientId: `g-${who.userId}`,
  })

  it('is refused for whoever has blocked one, in a new group and in one that is there', async () => {
    const [dan, eve, fay] = [await signUp('Dan'), await signUp('Eve'), await signUp('Fay')]
    await json(await as(eve, 'PUT', `/v1/blocks/${dan.userId}`))
    const body = group(dan, [eve, fay])
    expect(await refusal(await as(dan, 'POST', '/v1/channels', body))).toEqual([403, 'forbidden'])
    const { channel } = await json<{ channel: { channelId: string } }>(
      await as(dan, 'POST', '/v1/channels', { ...body, userIds: [fay.userId] }),
    )
    const path = `/v1/channels/${channel.channelId}/members/${eve.userId}`
    expect(await refusal(await as(dan, 'PUT', path, {}))).toEqual([403, 'forbidden'])
    await json(await as(eve, 'DELETE', `/v1/blocks/${dan.userId}`))
    await json(await as(dan, 'PUT', path, {}))
  })

  it('is for friends only, if somebody wants that', async () => {
    const [dan, eve] = [await signUp('Dan'), await signUp('Eve')]
    expect(await json(await as(eve, 'GET', '/v1/settings'))).toEqual({
      presence: 'everyone',
      receipts: true,
      addedBy: 'everyone',
      pushPreviews: true,
      quietHours: null,
    })
    expect(
      await json(await as(eve, 'PATCH', '/v1/settings', { addedBy: 'friends' })),
    ).toMatchObject({
      presence: 'everyone',
      receipts: true,
      addedBy: 'friends',
    })
    const body = group(dan, [eve])
    expect(await refusal(await as(dan, 'POST', '/v1/channels', body))).toEqual([403, 'forbidden'])
    await json(await as(dan, 'PUT', `/v1/contacts/${eve.userId}`))
    expect(await refusal(await as(dan, 'POST', '/v1/channels', body))).toEqual([403, 'forbidden'])
    await json(await as(eve, 'PUT', `/v1/contacts/${dan.userId}`))
    await json(await as(dan, 'POST', '/v1/channels', body))
    // Made already: answered, whatever they decide afterwards.
    await json(await as(eve, 'DELETE', `/v1/contacts/${dan.userId}`))
    expect((await as(dan, 'POST', '/v1/channels', body)).status).toBe(200)
  })

  it('tells who is not in the group nothing about anybody', async () => {
    const [dan, eve] = [await signUp('Dan'), await signUp('Eve')]
    await json(await as(eve, 'PUT', `/v1/blocks/${dan.userId}`))
    const { channel } = await json<{ channel: { channelId: string } }>(
      await as(ana, 'POST', '/v1/channels', group(ana, [cyd])),
    )
    const path = `/v1/channels/${channel.channelId}`
    expect(await refusal(await as(dan, 'PUT', `${path}/members/${eve.userId}`, {}))).toEqual([
      404,
      'not_found',
    ])
    expect(await refusal(await as(dan, 'GET', `${path}/presence`))).toEqual([404, 'not_found'])
  })
})

describe('presence and settings over HTTP', () => {
  it('tells of a channel’s members to its members', async () => {
    const [dan, eve] = [await signUp('Dan'), await signUp('Eve')]
    const { channel } = await json<{ channel: { channelId: string } }>(
      await as(dan, 'POST', '/v1/channels', { kind: 'dm', userId: eve.userId }),
    )
    const { presence } = await json<{ presence: Presence[] }>(
      await as(dan, 'GET', `/v1/channels/${channel.channelId}/presence`),
    )
    expect(presence.map(({ userId, status }) => [userId, status]).sort()).toEqual(
      [
        [dan.userId, 'offline'],
        [eve.userId, 'offline'],
      ].sort(),
    )
    const asked = await json<{ presence: Presence[] }>(
      await as(dan, 'GET', `/v1/presence?userIds=${eve.userId},${ana.userId}`),
    )
    expect(asked.presence.map(({ status }) => status)).toEqual(['offline', null])
  })

  it.each([
    ['GET', `/v1/presence?userIds=${Array.from({ length: 201 }, (_, i) => `u${i}`).join(',')}`],
    ['GET', '/v1/presence'],
    ['GET', '/v1/presence?userIds=a%20b'],
  ])('refuses a list that is too long or none', async (method, path) => {
    expect(await refusal(await as(ana, method, path))).toEqual([400, 'invalid'])
  })

  it('refuses a setting that there is not, and keeps the others', async () => {
    expect(
      await refusal(
        await as(ana, 'PATCH', '/v1/settings', { presence: 'some', addedBy: 'friends' }),
      ),
    ).toEqual([400, 'invalid'])
    expect(await json(await as(ana, 'GET', '/v1/settings'))).toMatchObject({ addedBy: 'everyone' })
  })

  it('are decided by their owner alone: the id comes from the session', async () => {
    const asked = await userStub(env, ana.userId).changeContact('ask', ana.userId)
    expect(codeOf(asked)).toBe('invalid')
    expect(await refusal(await as(ana, 'PUT', `/v1/contacts/${ana.userId}`))).toEqual([
      400,
      'invalid',
    ])
  })
})
