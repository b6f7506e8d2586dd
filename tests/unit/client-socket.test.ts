import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { backoff } from '../../client/backoff.ts'
import { connected, fakeFetch, FakeWebSocket, makeClient, problem, settle } from './client-fakes.ts'

beforeEach(() => {
  vi.useFakeTimers()
  FakeWebSocket.all = []
})
afterEach(() => vi.useRealTimers())

describe('heartbeats', () => {
  test('a ping goes out at the interval of the hello', async () => {
    const { socket } = await connected()
    await vi.advanceTimersByTimeAsync(4999)
    expect(socket.sent).not.toContain('ping')
    await vi.advanceTimersByTimeAsync(1)
    expect(socket.sent.filter((data) => data === 'ping')).toHaveLength(1)
  })

  test('a server that answers each ping keeps the connection', async () => {
    const { socket } = await connected()
    for (let i = 0; i < 10; i++) {
      await vi.advanceTimersByTimeAsync(5000)
      socket.receive('pong')
    }
    expect(FakeWebSocket.all).toHaveLength(1)
  })

  test('after two unanswered pings the connection is dead and another is opened', async () => {
    const { client, socket } = await connected()
    await vi.advanceTimersByTimeAsync(15_000)
    expect(socket.closed).toBe(true)
    expect(client.connection).toBe('connecting')
    await vi.advanceTimersByTimeAsync(500)
    expect(FakeWebSocket.all).toHaveLength(2)
  })

  test('what a dead socket says later is ignored', async () => {
    const { client, socket } = await connected()
    await vi.advanceTimersByTimeAsync(15_500)
    await FakeWebSocket.last.open()
    await socket.drop(4401)
    expect(client.connection).toBe('online')
  })
})

describe('coming back', () => {
  test('backoff doubles up to 30 s, with full jitter', () => {
    expect([0, 1, 2, 5, 20].map((n) => backoff(n, () => 1, null))).toEqual([
      1000, 2000, 4000, 30_000, 30_000,
    ])
    expect(backoff(3, () => 0, null)).toBe(0)
    expect(backoff(0, () => 0, 7)).toBe(7000)
  })

  test('a lost connection is opened again from the cursor, later after each failure', async () => {
    const { socket } = await connected()
    await socket.drop()
    await vi.advanceTimersByTimeAsync(499)
    expect(FakeWebSocket.all).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(FakeWebSocket.all).toHaveLength(2)
    expect(FakeWebSocket.last.url).toBe('wss://chat.example/v1/ws?cursor=1')
    await FakeWebSocket.last.drop()
    await vi.advanceTimersByTimeAsync(999)
    expect(FakeWebSocket.all).toHaveLength(2)
    await vi.advanceTimersByTimeAsync(1)
    expect(FakeWebSocket.all).toHaveLength(3)
  })

  test('a server that greets and closes does not shorten the wait', async () => {
    const { socket } = await connected()
    await socket.drop()
    await vi.advanceTimersByTimeAsync(500)
    await FakeWebSocket.last.open()
    await FakeWebSocket.last.drop()
    await vi.advanceTimersByTimeAsync(999)
    expect(FakeWebSocket.all).toHaveLength(2)
  })

  test('the time that bye asks for is waited out', async () => {
    const { socket } = await connected()
    socket.receive({ t: 'bye', reason: 'restarting', retryAfter: 10 })
    await socket.drop(1012)
    await vi.advanceTimersByTimeAsync(10_499)
    expect(FakeWebSocket.all).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(FakeWebSocket.all).toHaveLength(2)
  })

  test('after bye, a close that does not come is not waited for', async () => {
    const { client, socket } = await connected({
      fetch: fakeFetch({ 'GET /v1/me': () => problem(401, 'unauthenticated') }),
    })
    socket.receive({ t: 'bye', reason: 'logged out', retryAfter: null })
    socket.readyState = 2
    await vi.advanceTimersByTimeAsync(1000)
    expect(client.connection).toBe('ended')
  })

  test('a socket that hangs in closing is found by the next heartbeat', async () => {
    const { client, socket } = await connected()
    socket.readyState = 2
    await vi.advanceTimersByTimeAsync(5000)
    expect(client.connection).toBe('connecting')
  })

  test('a handshake that is never answered is given up', async () => {
    const client = makeClient()
    await client.connect()
    await settle()
    await vi.advanceTimersByTimeAsync(15_500)
    expect(FakeWebSocket.all).toHaveLength(2)
  })

  test.each([
    [4401, 'unauthenticated'],
    [4426, 'outdated'],
  ])('after close code %i it never comes back', async (code, reason) => {
    const { client, socket } = await connected()
    const ended = vi.fn()
    client.on('ended', ended)
    await socket.drop(code)
    await vi.advanceTimersByTimeAsync(120_000)
    expect(FakeWebSocket.all).toHaveLength(1)
    expect(ended).toHaveBeenCalledExactlyOnceWith(reason)
  })

  test.each([1006, 1009, 1012, 4400, 4408, 4409, 4429])(
    'after close code %i it comes back',
    async (code) => {
      const { socket } = await connected()
      await socket.drop(code)
      await vi.advanceTimersByTimeAsync(500)
      expect(FakeWebSocket.all).toHaveLength(2)
    },
  )

  test('a refused handshake ends it when the session is over', async () => {
    const client = makeClient({
      fetch: fakeFetch({ 'GET /v1/me': () => problem(401, 'unauthenticated') }),
    })
    await client.connect()
    await settle()
    await FakeWebSocket.last.drop()
    expect(client.connection).toBe('ended')
  })

  test('a refused handshake is tried again when the session still holds', async () => {
    const client = makeClient({
      fetch: fakeFetch({ 'GET /v1/me': () => problem(503, 'unavailable') }),
    })
    await client.connect()
    await settle()
    await FakeWebSocket.last.drop()
    await vi.advanceTimersByTimeAsync(500)
    expect(FakeWebSocket.all).toHaveLength(2)
  })

  test('close stays closed', async () => {
    const { client, socket } = await connected()
    client.close()
    await socket.drop(1000)
    await vi.advanceTimersByTimeAsync(120_000)
    expect(FakeWebSocket.all).toHaveLength(1)
    expect(client.connection).toBe('off')
  })

  test('wake asks a quiet connection at once, and asks only once', async () => {
    const { client, socket } = await connected()
    for (let i = 0; i < 5; i++) client.wake()
    expect(socket.sent.filter((data) => data === 'ping')).toHaveLength(1)
    expect(client.connection).toBe('online')
  })

  test('a check takes two seconds of silence for the end, and goes on when it is answered', async () => {
    const { client, socket } = await connected()
    client.check()
    expect(socket.sent.filter((data) => data === 'ping')).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1999)
    socket.receive('pong')
    await vi.advanceTimersByTimeAsync(1)
    expect(client.connection).toBe('online')
    client.check()
    await vi.advanceTimersByTimeAsync(2000)
    expect(client.connection).toBe('connecting')
  })

  test('wake makes no second attempt while one is under way', async () => {
    const { client, socket } = await connected()
    await socket.drop()
    for (let i = 0; i < 5; i++) client.wake()
    await settle()
    client.wake()
    await settle()
    expect(FakeWebSocket.all).toHaveLength(2)
  })

  test('wake tries at once', async () => {
    const { client, socket } = await connected()
    await socket.drop()
    client.wake()
    await settle()
    expect(FakeWebSocket.all).toHaveLength(2)
  })
})

describe('frames', () => {
  test('an unknown frame and a broken one are ignored', async () => {
    const { client, socket } = await connected()
    socket.receive({ t: 'fireworks' })
    socket.emit('message', { data: '{' })
    expect(client.connection).toBe('online')
  })

  test('a sync that this version cannot read ends it instead of losing what is in it', async () => {
    const { client, socket } = await connected()
    const ended = vi.fn()
    client.on('ended', ended)
    socket.receive({ t: 'sync', cursor: 2, messages: 'many' })
    expect(ended).toHaveBeenCalledExactlyOnceWith('outdated')
  })
})

describe('tokens', () => {
  const discover = {
    endpoints: [
      { url: 'https://near.example', region: 'near' },
      { url: 'https://far.example', region: 'far' },
    ],
    heartbeatSeconds: 5,
    offlineAfterSeconds: 30,
    maxTextLength: 99_999,
    maxGroupMembers: 100,
    protocol: 1,
    limits: {},
    pushPublicKey: null,
    colo: null,
    serverTime: 0,
  }
  const routes = () => {
    let tickets = 0
    return {
      'GET /v1/discover': () => ({ body: discover }),
      'POST /v1/tickets': () => ({ body: { ticket: `ticket-${++tickets}`, expiresAt: 1 } }),
    }
  }

  test('each socket gets a fresh ticket, at the first endpoint', async () => {
    const client = makeClient({ session: 'token', token: 'secret', fetch: fakeFetch(routes()) })
    await client.connect()
    await settle()
    expect(FakeWebSocket.last.url).toBe('wss://near.example/v1/ws?cursor=0&ticket=ticket-1')
    await FakeWebSocket.last.open()
    await FakeWebSocket.last.drop()
    await vi.advanceTimersByTimeAsync(500)
    expect(FakeWebSocket.last.url).toBe('wss://near.example/v1/ws?cursor=0&ticket=ticket-2')
  })

  test('an endpoint that cannot be reached makes place for the next', async () => {
    const client = makeClient({ session: 'token', token: 'secret', fetch: fakeFetch(routes()) })
    await client.connect()
    await settle()
    await FakeWebSocket.last.drop()
    await vi.advanceTimersByTimeAsync(500)
    expect(FakeWebSocket.last.url).toContain('wss://far.example/')
  })

  test('without discovery the given address is used', async () => {
    const { 'POST /v1/tickets': ticket } = routes()
    const fetch = fakeFetch({ 'POST /v1/tickets': ticket })
    const client = makeClient({ session: 'token', token: 'secret', fetch })
    await client.connect()
    await settle()
    expect(FakeWebSocket.last.url).toContain('wss://chat.example/')
  })

  test('a token that is no longer good ends it', async () => {
    const fetch = fakeFetch({ 'POST /v1/tickets': () => problem(401, 'unauthenticated') })
    const client = makeClient({ session: 'token', token: 'old', fetch })
    await client.connect()
    await settle()
    expect(client.connection).toBe('ended')
  })
})
