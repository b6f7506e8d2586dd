import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { MemoryStore } from '../../client/index.ts'
import {
  connected,
  fakeFetch,
  FakeWebSocket,
  makeClient,
  message,
  settle,
  sync,
} from './client-fakes.ts'

beforeEach(() => {
  vi.useFakeTimers()
  FakeWebSocket.all = []
})
afterEach(() => vi.useRealTimers())

const mine = (frame: { clientId: string; text: string }, messageId: number) =>
  message(messageId, { userId: 'me', clientId: frame.clientId, text: frame.text })

const idsOf = (rows: readonly { messageId: number }[]) => rows.map((row) => row.messageId)

describe('order', () => {
  test('one message of a channel is in flight, the next follows its ok', async () => {
    const { client, socket } = await connected()
    for (const text of ['one', 'two', 'three']) client.send('c1', text)
    await settle()
    expect(socket.frames('send').map((frame) => frame.text)).toEqual(['one'])
    for (let i = 0; i < 3; i++) {
      const frame = socket.frames('send')[i]!
      socket.receive({ t: 'ok', ref: frame.ref, message: mine(frame as never, i + 1) })
      await settle()
    }
    expect(socket.frames('send').map((frame) => frame.text)).toEqual(['one', 'two', 'three'])
    expect(client.outgoing('c1')).toEqual([])
  })

  test('channels do not wait for each other', async () => {
    const { client, socket } = await connected()
    client.send('c1', 'one')
    client.send('c2', 'two')
    await settle()
    expect(socket.frames('send').map((frame) => frame.channelId)).toEqual(['c1', 'c2'])
  })
})

describe('a lost connection', () => {
  test('what had no answer is sent again with the same clientId, before what came later', async () => {
    const { client, socket } = await connected()
    client.send('c1', 'one')
    await settle()
    const first = socket.frames('send')[0]!
    await socket.drop()
    client.send('c1', 'two')
    await vi.advanceTimersByTimeAsync(500)
    await FakeWebSocket.last.open()
    const again = FakeWebSocket.last.frames('send')
    expect(again.map((frame) => [frame.clientId, frame.text])).toEqual([[first.clientId, 'one']])
  })

  test('a message that was stored before the loss is not sent again once it is seen', async () => {
    const { client, socket } = await connected()
    client.send('c1', 'one')
    await settle()
    const frame = socket.frames('send')[0]!
    socket.receive(sync({ cursor: 2, messages: [mine(frame as never, 1)] }))
    await socket.drop()
    await vi.advanceTimersByTimeAsync(500)
    await FakeWebSocket.last.open()
    await settle()
    expect(FakeWebSocket.last.frames('send')).toEqual([])
    expect(client.outgoing('c1')).toEqual([])
    expect(idsOf(client.timeline('c1').latest)).toEqual([1])
  })

  test('what is written offline waits and goes out in order', async () => {
    const { client, socket } = await connected()
    await socket.drop()
    client.send('c1', 'one')
    client.send('c1', 'two')
    expect(client.outgoing('c1').map((entry) => entry.state)).toEqual(['sending', 'sending'])
    await vi.advanceTimersByTimeAsync(500)
    await FakeWebSocket.last.open()
    const frame = FakeWebSocket.last.frames('send')[0]!
    expect(frame.text).toBe('one')
    FakeWebSocket.last.receive({ t: 'ok', ref: frame.ref, message: mine(frame as never, 1) })
    await settle()
    expect(FakeWebSocket.last.frames('send')[1]!.text).toBe('two')
  })
})

describe('one row', () => {
  test('ok before sync', async () => {
    const { client, socket } = await connected()
    client.send('c1', 'one')
    await settle()
    const frame = socket.frames('send')[0]!
    socket.receive({ t: 'ok', ref: frame.ref, message: mine(frame as never, 5) })
    await settle()
    expect(client.outgoing('c1')).toEqual([])
    socket.receive(sync({ cursor: 2, messages: [mine(frame as never, 5)] }))
    expect(idsOf(client.timeline('c1').latest)).toEqual([5])
  })

  test('sync before ok', async () => {
    const { client, socket } = await connected()
    client.send('c1', 'one')
    await settle()
    const frame = socket.frames('send')[0]!
    socket.receive(sync({ cursor: 2, messages: [mine(frame as never, 5)] }))
    expect(client.outgoing('c1')).toEqual([])
    socket.receive({ t: 'ok', ref: frame.ref, message: mine(frame as never, 5) })
    await settle()
    expect(client.outgoing('c1')).toEqual([])
    expect(idsOf(client.timeline('c1').latest)).toEqual([5])
  })

  test('what was sent from here is not announced as a message, whichever comes first', async () => {
    const { client, socket } = await connected()
    const seen: string[] = []
    client.on('message', ({ text }) => seen.push(text))
    for (const [index, isSyncFirst] of [true, false].entries()) {
      client.send('c1', `mine ${index}`)
      await settle()
      const frame = socket.frames('send')[index]!
      const stored = mine(frame as never, index + 5)
      const frames = [
        sync({ cursor: index + 2, messages: [stored] }),
        { t: 'ok', ref: frame.ref, message: stored },
      ]
      for (const next of isSyncFirst ? frames : frames.toReversed()) {
        socket.receive(next)
        await settle()
      }
    }
    socket.receive(
      sync({ cursor: 4, messages: [message(7, { userId: 'me', clientId: 'elsewhere' })] }),
    )
    expect(seen).toEqual(['text 7'])
  })

  test("somebody else's message with the same clientId settles nothing", async () => {
    const { client, socket } = await connected()
    const { clientId } = client.send('c1', 'one')
    socket.receive(sync({ cursor: 2, messages: [message(5, { clientId })] }))
    expect(client.outgoing('c1')).toHaveLength(1)
  })
})

describe('refusals', () => {
  const refuse = (frame: { ref?: number }, code: string, retryAfter: number | null = null) => ({
    t: 'error',
    ref: frame.ref,
    code,
    detail: code,
    retryAfter,
  })

  test('rate_limited waits as long as it is told and keeps the order', async () => {
    const { client, socket } = await connected()
    client.send('c1', 'one')
    client.send('c1', 'two')
    await settle()
    socket.receive(refuse(socket.frames('send')[0]!, 'rate_limited', 3))
    await vi.advanceTimersByTimeAsync(3499)
    expect(socket.frames('send')).toHaveLength(1)
    socket.receive('pong')
    await vi.advanceTimersByTimeAsync(1)
    expect(socket.frames('send').map((frame) => frame.text)).toEqual(['one', 'one'])
    expect(client.outgoing('c1').map((entry) => entry.state)).toEqual(['sending', 'sending'])
  })

  test('a final refusal marks the message and lets the next one go', async () => {
    const { client, socket } = await connected()
    client.send('c1', 'one')
    client.send('c1', 'two')
    await settle()
    socket.receive(refuse(socket.frames('send')[0]!, 'forbidden'))
    await settle()
    const [failed] = client.outgoing('c1')
    expect(failed).toMatchObject({ text: 'one', state: 'failed', error: { code: 'forbidden' } })
    expect(socket.frames('send').map((frame) => frame.text)).toEqual(['one', 'two'])
  })

  test('retry sends it again with its clientId, discard forgets it', async () => {
    const { client, socket } = await connected()
    const { clientId } = client.send('c1', 'one')
    await settle()
    socket.receive(refuse(socket.frames('send')[0]!, 'not_found'))
    await settle()
    client.retry(clientId)
    await settle()
    const frames = socket.frames('send')
    expect(frames.map((frame) => frame.clientId)).toEqual([clientId, clientId])
    socket.receive(refuse(frames[1]!, 'not_found'))
    await settle()
    client.discard(clientId)
    expect(client.outgoing('c1')).toEqual([])
  })

  test('an empty or too long text is refused before it is queued', async () => {
    const { client } = await connected()
    expect(() => client.send('c1', '')).toThrow('invalid')
    expect(() => client.send('c1', 'x'.repeat(100_000))).toThrow('text_too_long')
    expect(client.send('c1', '😀'.repeat(99_999)).state).toBe('sending')
  })
})

test('a client that never connects sends over HTTP', async () => {
  const stored: string[] = []
  const client = makeClient({
    fetch: fakeFetch({
      'POST /v1/channels/c1/messages': (_url, body) => {
        stored.push(body.clientId)
        return { status: 201, body: { message: mine(body as never, 1) } }
      },
    }),
  })
  const { clientId } = client.send('c1', 'one')
  await settle()
  expect(stored).toEqual([clientId])
  expect(client.outgoing('c1')).toEqual([])
})

describe('a message that is written', () => {
  /** A store whose writing of messages ends when the test says so. */
  function slowStore() {
    const store = new MemoryStore()
    const save = store.saveOutgoing.bind(store)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    store.saveOutgoing = async (outgoing) => {
      await promise
      await save(outgoing)
    }
    return { store, resolve, reject }
  }

  test('is there at once, and told to be kept only when it is', async () => {
    const { store, resolve } = slowStore()
    const { client, socket } = await connected({ store })
    await socket.drop()
    const changes: string[] = []
    client.on('changed', ({ channelIds }) => changes.push(...channelIds))
    client.send('c1', 'one')
    expect(client.outgoing('c1')).toMatchObject([{ text: 'one', state: 'sending', kept: false }])
    expect(changes).toEqual(['c1'])
    await settle()
    expect(client.outgoing('c1')).toMatchObject([{ kept: false }])
    resolve()
    await settle()
    expect(client.outgoing('c1')).toMatchObject([{ text: 'one', state: 'sending', kept: true }])
    expect(changes).toEqual(['c1', 'c1'])
  })

  test('does not wait for that to be sent, and is not there again once it was', async () => {
    const { store, resolve } = slowStore()
    const { client, socket } = await connected({ store })
    client.send('c1', 'one')
    await settle()
    const frame = socket.frames('send')[0]!
    socket.receive({ t: 'ok', ref: frame.ref, message: mine(frame as never, 5) })
    await settle()
    resolve()
    await settle()
    expect(client.outgoing('c1')).toEqual([])
  })

  test('is never told to be kept where it cannot be, and is sent all the same', async () => {
    const { store, reject } = slowStore()
    const { client, socket } = await connected({ store })
    reject(new Error('full'))
    client.send('c1', 'one')
    await settle()
    expect(client.outgoing('c1')).toMatchObject([{ state: 'sending', kept: false }])
    expect(socket.frames('send').map(({ text }) => text)).toEqual(['one'])
  })
})
