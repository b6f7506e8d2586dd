import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { DEFAULT_SETTINGS, type Contact, type User } from '../../protocol/objects.ts'
import {
  channel,
  connected,
  fakeFetch,
  FakeWebSocket,
  makeClient,
  member,
  message,
  problem,
  settle,
  sync,
} from './client-fakes.ts'

beforeEach(() => {
  vi.useFakeTimers()
  FakeWebSocket.all = []
})
afterEach(() => vi.useRealTimers())

function user(userId: string, fields: Partial<User> = {}): User {
  return { userId, handle: userId, name: userId, image: null, bio: null, createdAt: 0, ...fields }
}

function contact(userId: string, state: Contact['state'], fields: Partial<User> = {}): Contact {
  return { user: user(userId, fields), state, status: null, lastActiveAt: null }
}

describe('contacts', () => {
  test('come by the inbox, are listed by name, and go when they are none any more', async () => {
    const { client, socket } = await connected()
    const told: string[][] = []
    client.on('contacts', ({ userIds }) => told.push([...userIds]))
    const contacts = [contact('b', 'friend', { name: 'Zoe' }), contact('a', 'incoming')]
    socket.receive(sync({ cursor: 2, contacts }))
    expect(client.people.list().map(({ state }) => state)).toEqual(['incoming', 'friend'])
    socket.receive(sync({ cursor: 3, contacts: [contact('b', 'none')] }))
    expect(client.people.list().map(({ user: { userId } }) => userId)).toEqual(['a'])
    expect(client.people.contact('b')).toBe(null)
    expect(told).toEqual([['b', 'a'], ['b']])
  })

  test('that are none any more do not come back with the next start', async () => {
    const { client, socket } = await connected()
    socket.receive(sync({ cursor: 2, contacts: [contact('a', 'friend'), contact('b', 'friend')] }))
    socket.receive(sync({ cursor: 3, contacts: [contact('b', 'none')] }))
    await settle()
    client.close()
    await client.connect()
    await settle()
    expect(client.people.list()).toHaveLength(1)
  })

  test('are told of by a reset, which may have forgotten some', async () => {
    const { client, socket } = await connected()
    socket.receive(sync({ cursor: 2, contacts: [contact('a', 'friend')] }))
    const told = vi.fn<() => void>()
    client.on('contacts', told)
    socket.receive(sync({ cursor: 3, reset: true }))
    expect(told).toHaveBeenCalledTimes(1)
    expect(client.people.list()).toEqual([])
  })

  test.each([
    ['ask', 'PUT /v1/contacts/a-b'],
    ['accept', 'PUT /v1/contacts/a-b'],
    ['remove', 'DELETE /v1/contacts/a-b'],
    ['decline', 'DELETE /v1/contacts/a-b'],
    ['block', 'PUT /v1/blocks/a-b'],
    ['unblock', 'DELETE /v1/blocks/a-b'],
  ] as const)('%s by one call, and its answer does not overtake the inbox', async (verb, route) => {
    const answer = contact('a-b', 'requested')
    const client = makeClient({
      fetch: fakeFetch({ [route]: () => ({ body: { contact: answer } }) }),
    })
    expect(await client.people[verb]('a-b')).toEqual(answer)
    expect(client.people.list()).toEqual([])
  })

  test('refuse with the code of the contract', async () => {
    const fetch = fakeFetch({ 'PUT /v1/contacts/a': () => problem(403, 'blocked') })
    await expect(makeClient({ fetch }).people.ask('a')).rejects.toMatchObject({ code: 'blocked' })
  })
})

describe('profile and settings', () => {
  test('are changed by what is given, and answered whole', async () => {
    const bodies: unknown[] = []
    const keep = (body: unknown) => bodies.push(body)
    const fetch = fakeFetch({
      'PATCH /v1/me': (_, body) => (keep(body), { body: user('me', { bio: 'hi' }) }),
      'PATCH /v1/settings': (_, body) => (
        keep(body),
        { body: { ...DEFAULT_SETTINGS, presence: 'nobody', receipts: false } }
      ),
      'GET /v1/users': (url) => ({ body: { users: [user(url.searchParams.get('prefix') ?? '')] } }),
    })
    const client = makeClient({ fetch })
    expect((await client.account.changeProfile({ bio: 'hi' })).bio).toBe('hi')
    expect((await client.people.changeSettings({ presence: 'nobody' })).presence).toBe('nobody')
    expect((await client.people.changeSettings({ receipts: false })).receipts).toBe(false)
    expect(bodies).toEqual([{ bio: 'hi' }, { presence: 'nobody' }, { receipts: false }])
    expect((await client.people.findByPrefix('an'))[0]?.userId).toBe('an')
  })
})

describe('deleting accounts', () => {
  test('asks for the password, which the server may refuse', async () => {
    const bodies: unknown[] = []
    const fetch = fakeFetch({
      'DELETE /v1/me': (_, body) => {
        bodies.push(body)
        return body['password'] === 'right' ? {} : problem(403, 'forbidden')
      },
    })
    const client = makeClient({ fetch })
    await expect(client.account.delete('wrong')).rejects.toMatchObject({ code: 'forbidden' })
    await expect(client.account.delete('right')).resolves.toBe(undefined)
    expect(bodies).toEqual([{ password: 'wrong' }, { password: 'right' }])
  })

  test('somebody who left is asked for once more, and called otherwise if they are gone', async () => {
    const gone = user('ann', { handle: null, name: 'Deleted account' })
    const asked: string[] = []
    const { client, socket } = await connected({
      fetch: fakeFetch({
        'GET /v1/users/ann': ({ pathname }) => (asked.push(pathname), { body: gone }),
      }),
    })
    const room = (...userIds: string[]) =>
      channel('c1', { members: userIds.map((userId) => member(userId)) })
    const leaves = (messageId: number, userId: string) => {
      const system = { action: 'left', userId, title: null } as const
      return message(messageId, { userId, kind: 'system', text: '', clientId: null, system })
    }
    socket.receive(sync({ cursor: 2, channels: [room('me', 'ann', 'bob')] }))
    const changed = vi.fn<() => void>()
    client.on('changed', changed)
    const frame = { channels: [room('me')], messages: [leaves(2, 'ann'), leaves(3, 'bob')] }
    socket.receive(sync({ cursor: 3, ...frame }))
    expect(client.person('ann')?.name).toBe('ann')
    await settle()
    expect(client.person('ann')).toMatchObject({ handle: null, name: 'Deleted account' })
    expect(changed).toHaveBeenCalledTimes(2)
    // Nobody answers for him: he is called as he was.
    expect(client.person('bob')?.name).toBe('bob')
    expect(asked).toHaveLength(1)
  })
})

describe('watching', () => {
  const lists = (socket: FakeWebSocket) => socket.frames('watch').map(({ userIds }) => userIds)
  const refuse = (socket: FakeWebSocket, retryAfter: number) => {
    const { ref } = socket.frames('watch').at(-1)!
    socket.receive({ t: 'error', ref, code: 'rate_limited', detail: '', retryAfter })
  }

  test('tells whom the screen shows once it holds still, and not twice the same', async () => {
    const { client, socket } = await connected()
    client.people.watch(['a'])
    client.people.watch(['a', 'b', 'a'])
    await vi.advanceTimersByTimeAsync(250)
    expect(lists(socket)).toEqual([['a', 'b']])
    client.people.watch(['b', 'a'])
    await vi.advanceTimersByTimeAsync(250)
    expect(lists(socket)).toHaveLength(1)
    client.people.watch([])
    await vi.advanceTimersByTimeAsync(250)
    expect(lists(socket)).toEqual([['a', 'b'], []])
  })

  test('names 200 people at most', async () => {
    const { client, socket } = await connected()
    client.people.watch(Array.from({ length: 250 }, (_, i) => `p${i}`))
    await vi.advanceTimersByTimeAsync(250)
    expect(lists(socket)[0]).toHaveLength(200)
  })

  test('goes on by the next socket', async () => {
    const { client, socket } = await connected()
    client.people.watch(['a'])
    await vi.advanceTimersByTimeAsync(250)
    await socket.drop()
    await vi.advanceTimersByTimeAsync(60_000)
    const next = FakeWebSocket.last
    expect(next).not.toBe(socket)
    await next.open()
    expect(lists(next)).toEqual([['a']])
  })

  test('tries again when the server says that it was too often', async () => {
    const { client, socket } = await connected()
    client.people.watch(['a'])
    await vi.advanceTimersByTimeAsync(250)
    refuse(socket, 7)
    await vi.advanceTimersByTimeAsync(6_900)
    expect(lists(socket)).toHaveLength(1)
    // The heartbeat is answered meanwhile.
    socket.receive('pong')
    await vi.advanceTimersByTimeAsync(200)
    expect(lists(socket)).toEqual([['a'], ['a']])
  })

  test('shows who comes and goes, in the list of contacts too', async () => {
    const { client, socket } = await connected()
    socket.receive(sync({ cursor: 2, contacts: [contact('a', 'friend')] }))
    const told: string[][] = []
    client.on('presence', ({ userIds }) => told.push([...userIds]))
    socket.receive({ t: 'presence', userId: 'a', status: 'online', lastActiveAt: 5 })
    expect(client.people.contact('a')).toMatchObject({ status: 'online', lastActiveAt: 5 })
    socket.receive({ t: 'presence', userId: 'a', status: 'offline', lastActiveAt: 9 })
    expect(client.people.presence('a')).toEqual({ userId: 'a', status: 'offline', lastActiveAt: 9 })
    expect(client.people.presence('b').status).toBe(null)
    expect(told).toEqual([['a'], ['a']])
  })

  test('of a channel asks once', async () => {
    const presence = [{ userId: 'a', status: 'online', lastActiveAt: 1 }]
    const fetch = fakeFetch({ 'GET /v1/channels/c1/presence': () => ({ body: { presence } }) })
    const client = makeClient({ fetch })
    expect(await client.people.channelPresence('c1')).toEqual(presence)
    expect(client.people.presence('a').status).toBe('online')
  })
})
