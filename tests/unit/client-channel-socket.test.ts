import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  channel,
  channelHello,
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

const idsOf = (held: readonly { messageId: number }[]) => held.map((row) => row.messageId)

async function reopened(socket: FakeWebSocket, hello = {}): Promise<FakeWebSocket> {
  await socket.drop()
  await vi.advanceTimersByTimeAsync(500)
  await FakeWebSocket.last.open(channelHello(hello))
  return FakeWebSocket.last
}

describe('opening a conversation', () => {
  test('brings the newest messages, and the members as they are now', async () => {
    const { client, socket } = await opened([message(7), message(9)])
    expect(socket.url).toBe('wss://chat.example/v1/channels/c1/ws?after=0')
    expect(idsOf(client.timeline('c1').latest)).toEqual([7, 9])
    expect(client.timeline('c1').complete).toBe(false)
    expect(client.channel('c1')?.members).toEqual([])
  })

  test('twice takes one socket, which goes with the second close', async () => {
    const { client, socket, conversation } = await opened()
    const second = client.open('c1')
    await settle()
    expect(FakeWebSocket.last).toBe(socket)
    conversation.close()
    conversation.close()
    expect(socket.closed).toBe(false)
    second.close()
    expect(socket.closed).toBe(true)
  })

  test('of a fifth channel gives the socket of the first back', async () => {
    const { client, socket } = await opened()
    for (const channelId of ['c2', 'c3', 'c4']) client.open(channelId)
    expect(socket.closed).toBe(false)
    client.open('c5')
    expect(socket.closed).toBe(true)
  })

  test('again later goes on from the version that is held', async () => {
    const { client, conversation } = await opened([message(7), message(9)])
    conversation.close()
    client.open('c1')
    await settle()
    expect(FakeWebSocket.last.url).toContain('after=9')
  })
})

describe('rows of two sockets', () => {
  test('end as one, announced once, whichever brings them first', async () => {
    const { client, user, socket } = await opened([message(7)])
    const seen: number[] = []
    client.on('message', ({ messageId }) => seen.push(messageId))
    socket.receive(rows(8, [message(8)]))
    user.receive(sync({ cursor: 2, messages: [message(8), message(9)] }))
    socket.receive(rows(9, [message(9)]))
    expect(idsOf(client.timeline('c1').latest)).toEqual([7, 8, 9])
    expect(seen).toEqual([8, 9])
  })

  test('leave the one with the higher version', async () => {
    const { client, user, socket } = await opened([message(7)])
    socket.receive(rows(9, [message(7, { version: 9, text: 'edited' })]))
    user.receive(sync({ cursor: 2, messages: [message(7)] }))
    expect(client.timeline('c1').latest[0]?.text).toBe('edited')
  })

  test('that were there before the conversation was opened are not announced', async () => {
    const seen = vi.fn()
    const { client } = await connected()
    client.on('message', seen)
    client.open('c1')
    await settle()
    await FakeWebSocket.last.open(channelHello({ reset: true }))
    FakeWebSocket.last.receive(rows(9, [message(7), message(9)]))
    expect(seen).not.toHaveBeenCalled()
  })

  test('of an inbox that is behind do not show a channel as unread that was read here', async () => {
    const { client, user, socket } = await opened([message(7)])
    socket.receive(rows(8, [message(8)]))
    client.markRead('c1', 8)
    user.receive(sync({ cursor: 2, channels: [channel('c1', { unread: 1, readMessageId: 7 })] }))
    expect(client.channel('c1')).toMatchObject({ unread: 0, readMessageId: 8 })
  })
})

describe('coming back', () => {
  test('asks from the last version, and what was missed arrives as new', async () => {
    const { client, socket } = await opened([message(7)])
    socket.receive(rows(11, [message(8), message(7, { version: 11, text: 'edited' })]))
    const seen: number[] = []
    client.on('message', ({ messageId }) => seen.push(messageId))
    const again = await reopened(socket)
    expect(again.url).toContain('after=11')
    again.receive(rows(12, [message(12)], { more: true }))
    again.receive(rows(13, [message(13)]))
    expect(idsOf(client.timeline('c1').latest)).toEqual([7, 8, 12, 13])
    expect(seen).toEqual([12, 13])
  })

  test('after too long shows the newest, and no hole as if it were none', async () => {
    const { client, socket } = await opened([message(7), message(8)])
    const again = await reopened(socket, { reset: true })
    again.receive(rows(900, [message(890), message(900)]))
    const timeline = client.timeline('c1')
    expect(idsOf(timeline.latest)).toEqual([890, 900])
    expect(idsOf(timeline.around(7))).toEqual([7, 8])
  })

  test('after too long, but with newest rows that reach what is held, joins them', async () => {
    const { client, socket } = await opened([message(7), message(8)])
    const again = await reopened(socket, { reset: true })
    again.receive(rows(900, [message(8), message(9)]))
    expect(idsOf(client.timeline('c1').latest)).toEqual([7, 8, 9])
  })

  test('a reset of the device begins anew here too', async () => {
    const { user, socket } = await opened([message(7)])
    user.receive(sync({ cursor: 5, reset: true, channels: [channel('c1')] }))
    const again = await reopened(socket)
    expect(again.url).toContain('after=0')
  })

  test('a handshake that is refused to who is not a member is not tried again', async () => {
    const { client, socket: user } = await connected({
      fetch: fakeFetch({ 'GET /v1/channels/c1': () => problem(404, 'not_found') }),
    })
    client.open('c1')
    await settle()
    await FakeWebSocket.last.drop()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(FakeWebSocket.all).toHaveLength(2)
    expect(user.closed).toBe(false)
  })

  test('4403 ends the conversation and nothing else', async () => {
    const { client, user, socket } = await opened()
    const ended = vi.fn()
    client.on('ended', ended)
    await socket.drop(4403)
    for (let i = 0; i < 24; i++) {
      await vi.advanceTimersByTimeAsync(5000)
      user.receive('pong')
    }
    expect(FakeWebSocket.all).toHaveLength(2)
    expect(client.connection).toBe('online')
    expect(ended).not.toHaveBeenCalled()
  })

  test('4401 ends everything, and tells it once', async () => {
    const { client, user, socket } = await opened()
    const ended = vi.fn()
    client.on('ended', ended)
    await socket.drop(4401)
    await user.drop(4401)
    expect(client.connection).toBe('ended')
    expect(ended).toHaveBeenCalledExactlyOnceWith('unauthenticated')
  })

  test('close closes it too, and connect opens it again', async () => {
    const { client, socket } = await opened()
    client.close()
    expect(socket.closed).toBe(true)
    await client.connect()
    await settle()
    expect(FakeWebSocket.all).toHaveLength(4)
  })
})

describe('heartbeats and confirmations', () => {
  test('a ping goes out every five seconds, and silence is noticed', async () => {
    const { socket } = await opened()
    await vi.advanceTimersByTimeAsync(5000)
    expect(socket.sent).toContain('ping')
    await vi.advanceTimersByTimeAsync(10_000)
    expect(socket.closed).toBe(true)
  })

  test('versions are confirmed within a second, and at once while more follows', async () => {
    const { socket } = await opened([message(7)])
    expect(socket.frames('cursor')).toEqual([])
    await vi.advanceTimersByTimeAsync(1000)
    socket.receive(rows(8, [message(8)], { more: true }))
    expect(socket.frames('cursor')).toMatchObject([{ version: 7 }, { version: 8 }])
  })
})

describe('sending', () => {
  test('goes by the channel socket while that is there, and by the user socket after', async () => {
    const { client, user, conversation, socket } = await opened()
    client.send('c1', 'one')
    await settle()
    const frame = socket.frames('send')[0]!
    expect(frame).not.toHaveProperty('channelId')
    const stored = message(5, { userId: 'me', clientId: frame['clientId'], text: 'one' })
    socket.receive({ t: 'ok', ref: frame['ref'], message: stored })
    conversation.close()
    await settle()
    client.send('c1', 'two')
    await settle()
    expect(user.frames('send')).toMatchObject([{ channelId: 'c1', text: 'two' }])
  })

  test('what had no answer on one socket goes with the same clientId over the other', async () => {
    const { client, user, socket } = await opened()
    const { clientId } = client.send('c1', 'one')
    await settle()
    await socket.drop()
    await vi.advanceTimersByTimeAsync(1500)
    expect(user.frames('send')).toMatchObject([{ channelId: 'c1', clientId }])
  })

  test('while only the channel socket is there it is enough', async () => {
    const { client, user, socket } = await opened()
    await user.drop()
    client.send('c1', 'one')
    await settle()
    expect(socket.frames('send')).toHaveLength(1)
  })

  test('what comes back live settles it, and is not announced', async () => {
    const { client, socket } = await opened()
    const seen = vi.fn()
    client.on('message', seen)
    const { clientId } = client.send('c1', 'one')
    socket.receive(rows(5, [message(5, { userId: 'me', clientId })]))
    expect(client.outgoing('c1')).toEqual([])
    expect(seen).not.toHaveBeenCalled()
  })

  test('read marks go by it, one at a time, the newest of what came meanwhile next', async () => {
    const { client, socket } = await opened([message(7)])
    for (const messageId of [3, 4, 5, 6]) client.markRead('c1', messageId)
    await settle()
    expect(socket.frames('read').map((frame) => frame['messageId'])).toEqual([3])
    socket.receive({ t: 'ok', ref: socket.frames('read')[0]!['ref'] })
    await settle()
    expect(socket.frames('read').map((frame) => frame['messageId'])).toEqual([3, 6])
  })
})

describe('typing', () => {
  test('is told at most every three seconds', async () => {
    const { conversation, socket } = await opened()
    for (let i = 0; i < 7; i++) {
      conversation.typing()
      await vi.advanceTimersByTimeAsync(1000)
    }
    expect(socket.frames('typing')).toHaveLength(3)
  })

  test('that began before the socket was there is told then', async () => {
    const { client } = await connected()
    client.open('c1').typing()
    await settle()
    await FakeWebSocket.last.open(channelHello())
    expect(FakeWebSocket.last.frames('typing')).toHaveLength(1)
  })

  test('of others shows for five seconds, longer when renewed', async () => {
    const { client, socket } = await opened()
    const typing = { t: 'typing', channelId: 'c1', userId: 'other' }
    const told: (readonly string[])[] = []
    client.on('typing', ({ userIds }) => told.push(userIds))
    socket.receive(typing)
    await vi.advanceTimersByTimeAsync(3000)
    socket.receive(typing)
    await vi.advanceTimersByTimeAsync(4999)
    expect(client.typing('c1')).toEqual(['other'])
    await vi.advanceTimersByTimeAsync(1)
    expect(client.typing('c1')).toEqual([])
    expect(told).toEqual([['other'], []])
  })

  test('ends with their message, but not with the same one out of the inbox', async () => {
    const { client, user, socket } = await opened()
    const typing = { t: 'typing', channelId: 'c1', userId: 'other' }
    socket.receive(typing)
    socket.receive(rows(8, [message(8)]))
    expect(client.typing('c1')).toEqual([])
    socket.receive(typing)
    user.receive(sync({ cursor: 2, messages: [message(8)] }))
    expect(client.typing('c1')).toEqual(['other'])
  })
})
