import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { connected, fakeFetch, FakeWebSocket, makeClient, problem } from './client-fakes.ts'

beforeEach(() => {
  vi.useFakeTimers()
  FakeWebSocket.all = []
})
afterEach(() => vi.useRealTimers())

const JSON_OF_BROWSER = {
  endpoint: 'https://fcm.googleapis.com/fcm/send/1',
  expirationTime: null,
  keys: { p256dh: 'point', auth: 'secret' },
}

test.each(['register', 'unregister'] as const)(
  '%s takes a subscription as the browser has it, or its JSON',
  async (verb) => {
    const bodies: unknown[] = []
    const route = `${verb === 'register' ? 'PUT' : 'DELETE'} /v1/push`
    const take = (_: URL, body: unknown) => {
      bodies.push(body)
      return {}
    }
    const client = makeClient({ fetch: fakeFetch({ [route]: take }) })
    await client.push[verb](JSON_OF_BROWSER)
    await client.push[verb]({ toJSON: () => JSON_OF_BROWSER })
    const { endpoint, keys } = JSON_OF_BROWSER
    const body = { kind: 'webpush', subscription: { endpoint, keys } }
    expect(bodies).toEqual([body, body])
  },
)

test('a subscription without keys is refused here, one that the server does not want there', async () => {
  const client = makeClient({
    fetch: fakeFetch({ 'PUT /v1/push': () => problem(400, 'invalid') }),
  })
  await expect(client.push.register({ endpoint: 'https://a.example' })).rejects.toMatchObject({
    code: 'invalid',
  })
  await expect(client.push.register(JSON_OF_BROWSER)).rejects.toMatchObject({ code: 'invalid' })
})

test('the server is told when somebody looks away and back, once each', async () => {
  const { client, socket } = await connected()
  client.setActive(true)
  client.setActive(false)
  client.setActive(false)
  client.setActive(true)
  expect(socket.frames('active')).toEqual([
    { t: 'active', on: false },
    { t: 'active', on: true },
  ])
})

test('a new socket, which counts as looked at, is told that nobody looks', async () => {
  const { client, socket } = await connected()
  client.setActive(false)
  await socket.drop()
  await vi.advanceTimersByTimeAsync(10_000)
  const next = FakeWebSocket.last
  expect(next).not.toBe(socket)
  await next.open()
  expect(next.frames('active')).toEqual([{ t: 'active', on: false }])
  client.setActive(true)
  await next.drop()
  await vi.advanceTimersByTimeAsync(10_000)
  const last = FakeWebSocket.last
  await last.open()
  expect(last.frames('active')).toEqual([])
})
