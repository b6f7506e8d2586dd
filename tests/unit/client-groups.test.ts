import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  channel,
  connected,
  fakeFetch,
  FakeWebSocket,
  message,
  opened,
  problem,
  rows,
  settle,
  sync,
} from './client-fakes.ts'

beforeEach(() => {
  vi.useFakeTimers()
  FakeWebSocket.all = []
})
afterEach(() => vi.useRealTimers())

describe('reactions', () => {
  const path = (emoji: string) =>
    `/v1/channels/c1/messages/7/reactions/${encodeURIComponent(emoji)}`

  test('show once the server has answered, and an older row does not undo them', async () => {
    const reactions = { '#️⃣': ['me'] }
    const { client, socket } = await connected({
      fetch: fakeFetch({
        [`PUT ${path('#️⃣')}`]: () => ({ body: { message: message(7, { version: 9, reactions }) } }),
        [`DELETE ${path('#️⃣')}`]: () => ({ body: { message: message(7, { version: 10 }) } }),
      }),
    })
    socket.receive(sync({ cursor: 2, messages: [message(7)] }))
    const news = vi.fn()
    client.on('message', news)
    await client.react('c1', 7, '#️⃣')
    expect(client.timeline('c1').get(7)?.reactions).toEqual(reactions)
    socket.receive(sync({ cursor: 3, messages: [message(7)] }))
    expect(client.timeline('c1').get(7)?.reactions).toEqual(reactions)
    await client.unreact('c1', 7, '#️⃣')
    expect(client.timeline('c1').get(7)?.reactions).toEqual({})
    expect(news).not.toHaveBeenCalled()
  })

  test('of others are a change and no new message', async () => {
    const { client, socket } = await connected()
    socket.receive(sync({ cursor: 2, messages: [message(7)] }))
    const [news, changed] = [vi.fn(), vi.fn()]
    client.on('message', news)
    client.on('changed', changed)
    const reacted = message(7, { version: 9, reactions: { '👍': ['other'] } })
    socket.receive(sync({ cursor: 3, messages: [reacted] }))
    expect(client.timeline('c1').latest).toEqual([reacted])
    expect(changed).toHaveBeenCalledOnce()
    expect(news).not.toHaveBeenCalled()
  })

  test('that are refused change nothing', async () => {
    const { client, socket } = await connected({
      fetch: fakeFetch({ [`PUT ${path('x')}`]: () => problem(400, 'invalid') }),
    })
    socket.receive(sync({ cursor: 2, messages: [message(7)] }))
    await expect(client.react('c1', 7, 'x')).rejects.toMatchObject({ code: 'invalid' })
    expect(client.timeline('c1').get(7)).toEqual(message(7))
  })
})

describe('what somebody sets for themselves', () => {
  test('shows with the answer', async () => {
    const bodies: unknown[] = []
    const { client } = await connected({
      fetch: fakeFetch({
        'PATCH /v1/channels/c1/me': (_, body) => {
          bodies.push(body)
          return { body: { channel: channel('c1', body) } }
        },
      }),
    })
    await client.setNotify('c1', 'mentions')
    expect(client.channel('c1')?.notify).toBe('mentions')
    await client.hide('c1')
    expect(client.channel('c1')?.hidden).toBe(true)
    await client.markUnread('c1')
    expect(client.channel('c1')?.markedUnread).toBe(true)
    await client.hide('c1', false)
    expect(bodies).toEqual([
      { notify: 'mentions' },
      { hidden: true },
      { markedUnread: true },
      { hidden: false },
    ])
  })

  test('a message that overtakes the answer keeps the chat in sight', async () => {
    const answered = Promise.withResolvers<{ body: unknown }>()
    const { client, socket } = await connected({
      fetch: fakeFetch({ 'PATCH /v1/channels/c1/me': () => answered.promise }),
    })
    const hiding = client.hide('c1')
    await settle()
    socket.receive(
      sync({
        cursor: 2,
        channels: [channel('c1', { lastMessage: message(7) })],
        messages: [message(7)],
      }),
    )
    answered.resolve({ body: { channel: channel('c1', { hidden: true }) } })
    await hiding
    expect(client.channel('c1')?.hidden).toBe(false)
  })

  test('a hidden chat is back with a message on its socket, before the list hears of it', async () => {
    const { client, user, socket } = await opened([message(7)])
    const hidden = channel('c1', { hidden: true, lastMessage: message(7) })
    user.receive(sync({ cursor: 2, channels: [hidden] }))
    socket.receive(rows(8, [message(7, { version: 8, reactions: { '👍': ['other'] } })]))
    expect(client.channel('c1')?.hidden).toBe(true)
    socket.receive(rows(9, [message(9)]))
    expect(client.channel('c1')?.hidden).toBe(false)
  })

  test('reading takes the mark back, and tells so although the mark stays where it was', async () => {
    const { client, socket } = await connected()
    const read = channel('c1', { lastMessage: message(7), readMessageId: 6 })
    socket.receive(sync({ cursor: 2, channels: [read] }))
    client.markRead('c1', 7)
    await settle()
    socket.receive({ t: 'ok', ref: socket.frames('read')[0]!['ref'] })
    await settle()
    const marked = { ...read, readMessageId: 7, markedUnread: true }
    socket.receive(sync({ cursor: 3, channels: [marked] }))
    expect(client.channel('c1')?.markedUnread).toBe(true)
    client.markRead('c1', 7)
    await settle()
    expect(client.channel('c1')?.markedUnread).toBe(false)
    client.markRead('c1', 7)
    await settle()
    expect(socket.frames('read').map(({ messageId }) => messageId)).toEqual([7, 7])
  })
})

describe('invite links', () => {
  test('are made, listed, revoked, looked at and used', async () => {
    const invite = {
      code: 'abc',
      channelId: 'c1',
      userId: 'me',
      createdAt: 1,
      expiresAt: null,
      maxUses: 2,
      uses: 0,
    }
    const door = channel('c9', { title: 'Choir', members: null })
    const fetch = fakeFetch({
      'POST /v1/channels/c1/invites': (_, body) => ({
        status: 201,
        body: { invite: { ...invite, ...body } },
      }),
      'GET /v1/channels/c1/invites': () => ({ body: { invites: [invite] } }),
      'DELETE /v1/channels/c1/invites/abc': () => ({}),
      'GET /v1/invites/abc': () => ({ body: { channel: door } }),
      'POST /v1/invites/abc': () => ({ body: { channel: { ...door, members: [] } } }),
      'GET /v1/invites/old': () => problem(404, 'not_found'),
    })
    const { client } = await connected({ fetch })
    expect(await client.invites.create('c1', { maxUses: 5 })).toEqual({ ...invite, maxUses: 5 })
    expect(await client.invites.list('c1')).toEqual([invite])
    await client.invites.revoke('c1', 'abc')
    expect((await client.invites.look('abc')).title).toBe('Choir')
    expect(client.channel('c9')).toBeNull()
    await client.invites.join('abc')
    expect(client.channel('c9')?.title).toBe('Choir')
    await expect(client.invites.look('old')).rejects.toMatchObject({ code: 'not_found' })
  })
})

test('handing over is a role like the others', async () => {
  const { client } = await connected({
    fetch: fakeFetch({
      'PUT /v1/channels/c1/members/other': (_, body) => ({
        body: { channel: channel('c1', { role: body['role'] === 'owner' ? 'admin' : 'owner' }) },
      }),
    }),
  })
  expect((await client.setRole('c1', 'other', 'owner')).role).toBe('admin')
})
