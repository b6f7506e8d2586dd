import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import {
  channel,
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

const ME = { userId: 'me', handle: 'me', name: 'Me', image: null, bio: null, createdAt: 0 }

/** A server that answers calls, behind something that lets no socket through. */
async function withoutSockets() {
  const asked: string[] = []
  const answers: PromiseWithResolvers<{ body: unknown }>[] = []
  const sent: string[] = []
  const client = makeClient({
    fetch: fakeFetch({
      'GET /v1/me': () => ({ body: ME }),
      'GET /v1/sync': (url) => {
        asked.push(url.search)
        const answer = Promise.withResolvers<{ body: unknown }>()
        answers.push(answer)
        return answer.promise
      },
      'POST /v1/channels/c1/messages': (_url, { clientId, text }) => {
        sent.push(text)
        return { status: 201, body: { message: message(9, { userId: 'me', clientId, text }) } }
      },
    }),
  })
  await client.connect()
  await settle()
  for (const wait of [500, 1000, 2000]) {
    await FakeWebSocket.last.drop()
    await vi.advanceTimersByTimeAsync(wait)
  }
  return { client, asked, answers, sent }
}

test('where no socket gets through, the same rows come by long polling', async () => {
  const { client, asked, answers } = await withoutSockets()
  expect(client.connection).toBe('online')
  expect(client.userId).toBe('me')
  expect(asked).toEqual(['?cursor=0&wait=25'])
  const first = sync({ cursor: 4, reset: true, channels: [channel('c1')], messages: [message(7)] })
  answers[0]!.resolve({ body: first })
  await settle()
  expect(client.upToDate).toBe(true)
  expect(client.timeline('c1').latest).toHaveLength(1)
  expect(asked[1]).toBe('?cursor=4&wait=25')
})

test('then messages are sent over HTTP', async () => {
  const { client, sent } = await withoutSockets()
  client.send('c1', 'one')
  client.send('c1', 'two')
  await settle()
  expect(sent).toEqual(['one', 'two'])
  expect(client.outgoing('c1')).toEqual([])
})

test('sockets are tried on, and polling ends when one says hello', async () => {
  const { client, asked, answers } = await withoutSockets()
  await FakeWebSocket.last.open()
  expect(client.connection).toBe('online')
  answers[0]!.resolve({ body: sync({ cursor: 4, messages: [message(7)] }) })
  await settle()
  expect(asked).toHaveLength(1)
})

test('a poll that fails is no connection, and is repeated later', async () => {
  const { client, asked, answers } = await withoutSockets()
  answers[0]!.reject(new TypeError('fetch failed'))
  await settle()
  expect(client.connection).toBe('connecting')
  await vi.advanceTimersByTimeAsync(1000)
  expect(asked).toHaveLength(2)
  expect(client.connection).toBe('online')
})

test('close ends it', async () => {
  const { client, asked, answers } = await withoutSockets()
  client.close()
  answers[0]!.resolve({ body: sync({ cursor: 4 }) })
  await vi.advanceTimersByTimeAsync(60_000)
  expect(asked).toHaveLength(1)
  expect(client.connection).toBe('off')
})
