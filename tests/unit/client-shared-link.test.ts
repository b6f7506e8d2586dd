import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { MemoryStore, type ClientOptions } from '../../client/index.ts'
import { Heartbeat } from '../../client/heartbeat.ts'
import type { SyncFrame } from '../../protocol/user-socket.ts'
import {
  channel,
  fakeFetch,
  FakeWebSocket,
  member,
  message,
  problem,
  settle,
  sync,
} from './client-fakes.ts'
import { FakeBrowser, FakeWindow } from './fake-windows.ts'

beforeEach(() => {
  vi.useFakeTimers()
  FakeWebSocket.all = []
})
afterEach(() => vi.useRealTimers())

const ME = { userId: 'me', handle: 'me', name: 'Me', image: null, bio: null, createdAt: 0 }

/** A server's answers to `GET /v1/sync`, by what was asked. */
class Syncs {
  readonly asked: string[] = []
  readonly #answers: PromiseWithResolvers<{ status?: number; body: unknown }>[] = []
  readonly sent: string[] = []
  readonly fetch = fakeFetch({
    'GET /v1/me': () => ({ body: ME }),
    'GET /v1/sync': (url) => {
      this.asked.push(url.search)
      const answer = Promise.withResolvers<{ status?: number; body: unknown }>()
      this.#answers.push(answer)
      return answer.promise
    },
    'POST /v1/channels/c1/messages': (_url, { clientId, text }) => {
      this.sent.push(text)
      return { status: 201, body: { message: message(99, { userId: 'me', clientId, text }) } }
    },
  })

  async answer(index: number, fields: Partial<SyncFrame>): Promise<void> {
    this.#answers[index]!.resolve({ body: sync(fields) })
    await settle()
  }

  async refuse(index: number, status: number, code: string): Promise<void> {
    this.#answers[index]!.resolve({ body: null, ...problem(status, code) })
    await settle()
  }
}

async function connect(window: FakeWindow): Promise<FakeWindow> {
  await window.client.connect()
  await settle()
  return window
}

/** A window that leads: connected, up to cursor 10, and ready to share that. */
async function leading(browser = new FakeBrowser(), options: Partial<ClientOptions> = {}) {
  const one = await connect(new FakeWindow(browser, options))
  await one.socket.open()
  one.socket.receive(sync({ cursor: 10, reset: true, channels: [channel('c1'), channel('c2')] }))
  await vi.advanceTimersByTimeAsync(2000)
  return one
}

/** Windows over one store, of which the first leads. */
async function windows(count: number, options: Partial<ClientOptions> = {}) {
  const browser = new FakeBrowser()
  const store = options.store ?? new MemoryStore()
  const one = await leading(browser, { ...options, store })
  const others: FakeWindow[] = []
  for (let index = 1; index < count; index++) {
    others.push(await connect(new FakeWindow(browser, { ...options, store })))
    await confirm(one)
  }
  return { browser, all: [one, ...others], one, two: others[0]!, three: others[1]! }
}

/** Answers what a new window asks for: whether it is up to date. */
async function confirm({ socket }: FakeWindow): Promise<void> {
  for (const { ref } of [...socket.frames('active'), ...socket.frames('watch')]) {
    if (ref !== undefined) socket.receive({ t: 'ok', ref })
  }
  await settle()
}

async function brings({ socket }: FakeWindow, cursor: number): Promise<void> {
  socket.receive(sync({ cursor, messages: [message(cursor)] }))
  await settle()
}

const sends = ({ socket }: FakeWindow) => socket.frames('send').map(({ text }) => text)

test('a further window opens no socket, and has and gets what the first has and gets', async () => {
  const { one, two, three } = await windows(3)
  expect([one, two, three].map(({ sockets }) => sockets.length)).toEqual([1, 0, 0])
  expect(two.client.connection).toBe('online')
  expect(two.client.channels().map(({ channelId }) => channelId)).toEqual(['c1', 'c2'])
  await brings(one, 11)
  expect([one.told, two.told, three.told]).toEqual([[11], [11], [11]])
})

test('the first window connects without waiting for others, and windows that start together end with one socket', async () => {
  const browser = new FakeBrowser()
  const store = new MemoryStore()
  const [one, two] = [new FakeWindow(browser, { store }), new FakeWindow(browser, { store })]
  await Promise.all([connect(one), connect(two)])
  expect([one.openSockets, two.openSockets]).toEqual([1, 1])
  for (const { socket } of [one, two]) {
    await socket.open()
    socket.receive(sync({ cursor: 10, reset: true, channels: [channel('c1')] }))
  }
  await vi.advanceTimersByTimeAsync(2000)
  expect([one.openSockets, two.openSockets]).toEqual([1, 0])
  await brings(one, 11)
  expect([one.told, two.told]).toEqual([[11], [11]])
  expect(two.client.connection).toBe('online')
})

test('without what is needed for sharing each window has its own connection', async () => {
  const browser = new FakeBrowser()
  await leading(browser)
  const two = await connect(
    new FakeWindow(browser, {
      sharedLink: { isThere: async () => true, load: () => Promise.reject(new Error('no net')) },
    }),
  )
  await two.socket.open()
  expect(two.client.connection).toBe('online')
})

test('a window is up to date when all that came before has come here too, and not before', async () => {
  const { browser, one } = await windows(1)
  const store = new MemoryStore()
  await store.saveSync(sync({ cursor: 10, channels: [channel('c1')] }) as SyncFrame)
  const two = await connect(new FakeWindow(browser, { store }))
  expect(two.client.upToDate).toBe(false)
  const ask = one.socket.frames('active').find(({ ref }) => ref !== undefined)
  one.socket.receive(sync({ cursor: 11, messages: [message(11)] }))
  one.socket.receive({ t: 'ok', ref: ask?.['ref'] })
  await settle()
  expect(two.client.upToDate).toBe(true)
  expect(two.messageIds).toEqual([11])
})

test('a window that is behind asks for what lies between, and misses nothing that comes meanwhile', async () => {
  const syncs = new Syncs()
  const { browser, one } = await windows(1, { fetch: syncs.fetch })
  await brings(one, 12)
  const two = await connect(new FakeWindow(browser, { fetch: syncs.fetch }))
  expect(syncs.asked).toEqual(['?cursor=0&wait=0'])
  expect(two.client.connection).toBe('connecting')
  await brings(one, 13)
  await brings(one, 14)
  await syncs.answer(0, { cursor: 11, reset: true, channels: [channel('c1')], more: true })
  expect(syncs.asked[1]).toBe('?cursor=11&wait=0')
  await syncs.answer(1, { cursor: 13, messages: [message(12), message(13)] })
  expect(two.messageIds).toEqual([12, 13, 14])
  expect(two.told).toEqual([12, 13, 14])
  expect(two.client.connection).toBe('online')
  await brings(one, 15)
  expect(two.messageIds).toEqual([12, 13, 14, 15])
})

test('a window that waits long for what lies between holds no more than it can, and asks again for the rest', async () => {
  const syncs = new Syncs()
  const { browser, one } = await windows(1, { fetch: syncs.fetch })
  await brings(one, 11)
  const two = await connect(new FakeWindow(browser, { fetch: syncs.fetch }))
  const ids = Array.from({ length: 150 }, (_, index) => index + 12)
  for (const id of ids) await brings(one, id)
  const rows = { channels: [channel('c1')], messages: [message(11)] }
  await syncs.answer(0, { cursor: 11, reset: true, ...rows })
  expect(two.client.connection).toBe('connecting')
  expect(syncs.asked).toEqual(['?cursor=0&wait=0', '?cursor=11&wait=0'])
  await syncs.answer(1, { cursor: 161, messages: ids.map((id) => message(id)) })
  expect(two.client.connection).toBe('online')
  expect(two.messageIds).toEqual([11, ...ids])
})

test('a window that is level asks the server for nothing', async () => {
  const syncs = new Syncs()
  await windows(3, { fetch: syncs.fetch })
  expect(syncs.asked).toEqual([])
})

test('a window that missed what it was told notices it, and asks for it', async () => {
  const syncs = new Syncs()
  const { one, two } = await windows(2, { fetch: syncs.fetch })
  two.freeze()
  await brings(one, 11)
  await brings(one, 12)
  two.thaw(true)
  await brings(one, 13)
  expect(syncs.asked).toEqual(['?cursor=10&wait=0'])
  await syncs.answer(0, { cursor: 13, messages: [message(11), message(12), message(13)] })
  await confirm(one)
  expect(two.told).toEqual([11, 12, 13])
  expect(two.client.connection).toBe('online')
})

test('a window that missed the last that was told learns it with the next sign of life', async () => {
  const syncs = new Syncs()
  const { one, two } = await windows(2, { fetch: syncs.fetch })
  two.freeze()
  await brings(one, 11)
  two.thaw(true)
  one.socket.receive('pong')
  await vi.advanceTimersByTimeAsync(5000)
  await syncs.answer(0, { cursor: 11, messages: [message(11)] })
  expect(two.told).toEqual([11])
  expect(two.client.connection).toBe('online')
})

test('a window to which the answer was lost asks again whether it is up to date', async () => {
  const { browser, one } = await windows(1)
  const store = new MemoryStore()
  await store.saveSync(sync({ cursor: 10, channels: [channel('c1')] }) as SyncFrame)
  const two = await connect(new FakeWindow(browser, { store }))
  two.freeze()
  await confirm(one)
  two.thaw(true)
  for (let second = 0; second < 21; second++) {
    one.socket.receive('pong')
    await vi.advanceTimersByTimeAsync(1000)
  }
  expect(two.client.upToDate).toBe(false)
  await confirm(one)
  expect(two.client.upToDate).toBe(true)
})

test('a window that is further than the one that leads takes nothing twice and goes nowhere back', async () => {
  const syncs = new Syncs()
  const { browser, one } = await windows(1, { fetch: syncs.fetch })
  const store = new MemoryStore()
  await store.saveSync(sync({ cursor: 12, channels: [channel('c1')] }) as SyncFrame)
  const two = await connect(new FakeWindow(browser, { store, fetch: syncs.fetch }))
  await syncs.answer(0, { cursor: 12 })
  await brings(one, 11)
  await brings(one, 12)
  await brings(one, 13)
  expect(two.told).toEqual([13])
})

test('a reset reaches all windows', async () => {
  const { one, two } = await windows(2)
  one.socket.receive(sync({ cursor: -3, reset: true, more: true, channels: [channel('c7')] }))
  one.socket.receive(sync({ cursor: 5, channels: [channel('c8')] }))
  await settle()
  expect(two.client.channels().map(({ channelId }) => channelId)).toEqual(['c7', 'c8'])
  await brings(one, 6)
  expect(two.told).toEqual([6])
})

test('a window that comes in the middle of a reset asks the server for all of it', async () => {
  const syncs = new Syncs()
  const { browser, one } = await windows(1, { fetch: syncs.fetch })
  one.socket.receive(sync({ cursor: -3, reset: true, more: true, channels: [channel('c7')] }))
  await settle()
  const two = await connect(new FakeWindow(browser, { fetch: syncs.fetch }))
  one.socket.receive(sync({ cursor: 20, channels: [channel('c8')] }))
  await syncs.answer(0, { cursor: 21, reset: true, channels: [channel('c7'), channel('c8')] })
  await brings(one, 21)
  await brings(one, 22)
  expect(two.client.channels().map(({ channelId }) => channelId)).toEqual(['c7', 'c8'])
  expect(two.told).toEqual([22])
})

test('when the window that leads dies the next connects from where it is, and the others join it', async () => {
  const { one, two, three } = await windows(3)
  await brings(one, 11)
  one.die()
  await settle()
  expect([two.sockets.length, three.sockets.length]).toEqual([1, 0])
  expect(two.socket.url).toContain('cursor=11')
  expect(three.client.connection).toBe('connecting')
  await two.socket.open()
  expect(three.client.connection).toBe('online')
  await brings(two, 12)
  expect([two.told, three.told]).toEqual([
    [11, 12],
    [11, 12],
  ])
})

test('what a window was sending when the one that leads died is sent again, under the same clientId', async () => {
  const { one, two, three } = await windows(3)
  const { clientId } = three.client.send('c1', 'hello')
  await settle()
  expect(sends(one)).toEqual(['hello'])
  one.die()
  await settle()
  await two.socket.open()
  expect(two.socket.frames('send')).toMatchObject([{ clientId, text: 'hello' }])
  const [{ ref } = {}] = two.socket.frames('send')
  two.socket.receive({ t: 'ok', ref, message: message(12, { userId: 'me', clientId }) })
  await settle()
  expect(three.client.outgoing('c1')).toEqual([])
})

test('an answer and a refusal reach the window that asked, and no other', async () => {
  const { one, two, three } = await windows(3)
  two.client.send('c1', 'of the second')
  three.client.send('c2', 'of the third')
  await settle()
  const [first, second] = one.socket.frames('send')
  one.socket.receive({
    t: 'error',
    ref: second!['ref'],
    code: 'forbidden',
    detail: 'No.',
    retryAfter: null,
  })
  const { clientId } = first!
  one.socket.receive({
    t: 'ok',
    ref: first!['ref'],
    message: message(11, { userId: 'me', clientId }),
  })
  await settle()
  expect(two.client.outgoing('c1')).toEqual([])
  expect(three.client.outgoing('c2')).toMatchObject([
    { state: 'failed', error: { code: 'forbidden', detail: 'No.' } },
  ])
})

test('whoever is on screen in any window is watched, until that window has gone', async () => {
  const { one, two, three } = await windows(3)
  one.client.people.watch(['a', 'b'])
  two.client.people.watch(['b', 'c'])
  three.client.people.watch(['d'])
  await vi.advanceTimersByTimeAsync(250)
  const watched = () => one.socket.frames('watch').at(-1)!['userIds'].toSorted()
  expect(watched()).toEqual(['a', 'b', 'c', 'd'])
  one.socket.receive({ t: 'presence', userId: 'd', status: 'online', lastActiveAt: null })
  await settle()
  expect(three.client.people.presence('d').status).toBe('online')
  two.die()
  await settle()
  expect(watched()).toEqual(['a', 'b', 'd'])
})

test('together they watch no more people than one connection may', async () => {
  const { one, two } = await windows(2)
  const people = (name: string) => Array.from({ length: 150 }, (_, index) => `${name}${index}`)
  one.client.people.watch(people('a'))
  await vi.advanceTimersByTimeAsync(250)
  two.client.people.watch(people('b'))
  await vi.advanceTimersByTimeAsync(250)
  const watched: string[] = one.socket.frames('watch').at(-1)!['userIds']
  expect(watched).toHaveLength(200)
  expect(watched.filter((userId) => userId.startsWith('b'))).toHaveLength(150)
})

test('the device is looked at as long as any window is', async () => {
  const { one, two } = await windows(2)
  const told = () => one.socket.frames('active').at(-1)!['on']
  one.client.setActive(false)
  await settle()
  expect(told()).toBe(true)
  two.client.setActive(false)
  await settle()
  expect(told()).toBe(false)
  one.client.setActive(true)
  await settle()
  expect(told()).toBe(true)
  one.client.setActive(false)
  two.client.setActive(true)
  await settle()
  expect(told()).toBe(true)
  two.die()
  await settle()
  expect(told()).toBe(false)
})

test('a window that is opened unseen does not make the device looked at', async () => {
  const { browser, one } = await windows(1)
  one.client.setActive(false)
  const two = new FakeWindow(browser)
  two.client.setActive(false)
  await connect(two)
  await vi.advanceTimersByTimeAsync(100)
  expect(one.socket.frames('active').filter(({ on }) => on)).toEqual([])
})

test('where the one that leads is frozen, a window that is woken takes over within three seconds; later the frozen one follows', async () => {
  const { one, two, three } = await windows(3)
  one.freeze()
  two.client.wake()
  await vi.advanceTimersByTimeAsync(3000)
  expect(two.openSockets).toBe(1)
  await two.socket.open()
  await brings(two, 11)
  one.thaw()
  await settle()
  expect([one.openSockets, two.openSockets, three.openSockets]).toEqual([0, 1, 0])
  await brings(two, 12)
  expect([two.told, three.told]).toEqual([
    [11, 12],
    [11, 12],
  ])
  expect(three.client.connection).toBe('online')
})

test('a window that is opened while the one that leads is frozen takes over', async () => {
  const { browser, one } = await windows(1)
  one.freeze()
  const two = await connect(new FakeWindow(browser))
  await vi.advanceTimersByTimeAsync(3000)
  expect(two.openSockets).toBe(1)
})

test('a window that missed a change of the lead joins the new one, and robs nobody', async () => {
  const syncs = new Syncs()
  const { one, two, three } = await windows(3, { fetch: syncs.fetch })
  three.freeze()
  one.die()
  await settle()
  await two.socket.open()
  three.thaw(true)
  await brings(two, 11)
  expect(three.told).toEqual([])
  three.client.wake()
  await settle()
  await syncs.answer(0, { cursor: 11, messages: [message(11)] })
  expect([two.openSockets, three.openSockets]).toEqual([1, 0])
  await brings(two, 12)
  expect(three.told).toEqual([11, 12])
  expect(three.client.connection).toBe('online')
})

test('a frozen one is noticed without anybody doing anything', async () => {
  const { one, two } = await windows(2)
  one.freeze()
  await vi.advanceTimersByTimeAsync(8000)
  expect(two.openSockets).toBe(1)
})

test('a heartbeat that is due is sent once, by whoever notices it first', () => {
  const sent: string[] = []
  const heartbeat = new Heartbeat(
    (text) => sent.push(text),
    () => undefined,
  )
  heartbeat.start(5)
  heartbeat.due()
  expect(sent).toEqual([])
  // The timer of a window that nobody sees is late.
  vi.setSystemTime(Date.now() + 5000)
  heartbeat.due()
  heartbeat.due()
  expect(sent).toEqual(['ping'])
  heartbeat.stop()
})

test('one that leads and gives signs of life keeps the lead', async () => {
  const { one, two } = await windows(2)
  for (let times = 0; times < 20; times++) {
    two.client.wake()
    two.client.check()
    one.socket.receive('pong')
    await vi.advanceTimersByTimeAsync(1000)
  }
  expect([one.sockets.length, two.sockets.length]).toEqual([1, 0])
})

test('what one that was robbed still tells is not listened to', async () => {
  const { one, two, three } = await windows(3)
  const old = one.socket
  one.freeze()
  two.client.wake()
  await vi.advanceTimersByTimeAsync(3000)
  await two.socket.open()
  old.receive(sync({ cursor: 11, reset: true, channels: [channel('c9')] }))
  await settle()
  expect(three.client.channels().map(({ channelId }) => channelId)).toEqual(['c1', 'c2'])
})

test('where nobody looks at the one that leads, one that is looked at brings the connection back', async () => {
  const { one, two } = await windows(2)
  one.client.setActive(false)
  await settle()
  await one.socket.drop()
  expect(two.client.connection).toBe('connecting')
  await vi.advanceTimersByTimeAsync(499)
  expect(two.openSockets).toBe(0)
  await vi.advanceTimersByTimeAsync(1)
  expect([one.openSockets, two.openSockets]).toEqual([0, 1])
})

test('when the connection is lost all windows say so, and all are back with it', async () => {
  const { one, two } = await windows(2)
  await one.socket.drop()
  expect([one.client.connection, two.client.connection]).toEqual(['connecting', 'connecting'])
  await vi.advanceTimersByTimeAsync(500)
  await one.socket.open()
  expect([one.client.connection, two.client.connection]).toEqual(['online', 'online'])
})

test('where sockets are blocked one window polls for all', async () => {
  const syncs = new Syncs()
  const browser = new FakeBrowser()
  const one = await connect(new FakeWindow(browser, { fetch: syncs.fetch }))
  for (const wait of [500, 1000, 2000]) {
    await one.socket.drop()
    await vi.advanceTimersByTimeAsync(wait)
  }
  const two = await connect(new FakeWindow(browser, { fetch: syncs.fetch }))
  expect([one.client.connection, two.client.connection]).toEqual(['online', 'online'])
  await syncs.answer(0, { cursor: 4, reset: true, channels: [channel('c1')] })
  await syncs.answer(1, { cursor: 5, messages: [message(5)] })
  expect([one.told, two.told]).toEqual([[5], [5]])
  expect(syncs.asked.map((query) => query.slice(-7))).toEqual(['wait=25', 'wait=25', 'wait=25'])
  two.client.send('c1', 'by HTTP')
  await settle()
  expect(syncs.sent).toEqual(['by HTTP'])
  expect(two.sockets).toEqual([])
})

test('where one window polls, a further one that is level is up to date too', async () => {
  const syncs = new Syncs()
  const options = { fetch: syncs.fetch, store: new MemoryStore() }
  const browser = new FakeBrowser()
  const one = await connect(new FakeWindow(browser, options))
  for (const wait of [500, 1000, 2000]) {
    await one.socket.drop()
    await vi.advanceTimersByTimeAsync(wait)
  }
  await syncs.answer(0, { cursor: 4, reset: true, channels: [channel('c1')] })
  const two = await connect(new FakeWindow(browser, options))
  // The leader is in the middle of a question that may be open for long.
  expect(syncs.asked).toEqual(['?cursor=0&wait=25', '?cursor=4&wait=25', '?cursor=4&wait=0'])
  await syncs.answer(2, { cursor: 4 })
  expect(two.client.upToDate).toBe(true)
  expect(two.client.connection).toBe('online')
})

test('one that leads, has lost its connection and hangs is noticed without anybody doing anything', async () => {
  const { one, two } = await windows(2)
  await one.socket.drop()
  one.freeze()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(two.openSockets).toBe(1)
})

test('a window that has just heard who leads now gives that one as long to answer as any', async () => {
  const { browser, one, two } = await windows(2)
  one.freeze()
  two.client.wake()
  await vi.advanceTimersByTimeAsync(2000)
  browser.deliver(one, { t: 'lead', term: 'of a third', to: null })
  await vi.advanceTimersByTimeAsync(1500)
  expect(two.openSockets).toBe(0)
  await vi.advanceTimersByTimeAsync(1500)
  expect(two.openSockets).toBe(1)
})

test('a window that is opened while the one that leads waits to connect again has it try now', async () => {
  const { browser, one } = await windows(1)
  await one.socket.drop()
  expect(one.openSockets).toBe(0)
  await connect(new FakeWindow(browser))
  expect(one.openSockets).toBe(1)
})

test('when the session has ended it has for all, and who logs in takes part again', async () => {
  const { all, one, two, three } = await windows(3)
  const ended: string[] = []
  for (const { client } of all) client.on('ended', (reason) => ended.push(reason))
  await one.socket.drop(4401)
  await settle()
  expect(ended).toEqual(['unauthenticated', 'unauthenticated', 'unauthenticated'])
  await connect(two)
  await two.socket.open()
  await connect(three)
  await confirm(two)
  await brings(two, 11)
  expect([two.openSockets, three.openSockets]).toEqual([1, 0])
  expect(three.told).toEqual([11])
})

test('who closes the one that leads leaves the connection to the next', async () => {
  const { one, two } = await windows(2)
  one.client.close()
  await settle()
  expect(one.client.connection).toBe('off')
  expect([one.openSockets, two.openSockets]).toEqual([0, 1])
})

test('who closes and connects in one go takes part again', async () => {
  const { one, two } = await windows(2)
  two.client.close()
  await connect(two)
  await confirm(one)
  expect(two.client.connection).toBe('online')
  await brings(one, 11)
  expect(two.told).toEqual([11])
})

test('a page that goes out of sight leaves its connection to another, and takes part again when it is back', async () => {
  const syncs = new Syncs()
  const { one, two } = await windows(2, { fetch: syncs.fetch })
  one.sleep()
  await settle()
  expect([one.openSockets, two.openSockets]).toEqual([0, 1])
  await two.socket.open()
  await brings(two, 11)
  one.awake()
  await settle()
  await syncs.answer(0, { cursor: 11, messages: [message(11)] })
  expect(one.told).toEqual([11])
  await brings(two, 12)
  expect(one.told).toEqual([11, 12])
  expect([one.openSockets, two.openSockets]).toEqual([0, 1])
})

test('when somebody else has logged in, no window keeps anything of whoever was', async () => {
  const { all, one, two } = await windows(2)
  await one.socket.drop()
  await vi.advanceTimersByTimeAsync(500)
  // Each that is greeted as somebody else begins anew, and leaves the lead to the next meanwhile.
  for (const window of [one, two, one]) {
    await window.socket.open({ userId: 'another' })
    await settle()
  }
  expect([one.openSockets, two.openSockets]).toEqual([1, 0])
  one.socket.receive(sync({ cursor: 3, reset: true, channels: [channel('x')] }))
  await settle()
  for (const { client } of all) {
    expect(client.userId).toBe('another')
    expect(client.channels().map(({ channelId }) => channelId)).toEqual(['x'])
  }
})

test('what somebody has written who has logged in is kept, when a window of whoever was hears of it only then', async () => {
  const store = new MemoryStore()
  const { one, two } = await windows(2, { store })
  await one.socket.drop()
  await vi.advanceTimersByTimeAsync(500)
  await one.socket.open({ userId: 'another' })
  await settle()
  // The second leads meanwhile; the first has begun anew, follows, and writes.
  await two.socket.open({ userId: 'me' })
  one.client.send('x', 'from another')
  await settle()
  await two.socket.drop()
  await vi.advanceTimersByTimeAsync(500)
  await store.saveUser('another')
  await two.socket.open({ userId: 'another' })
  await settle()
  expect((await store.load()).outgoing.map(({ text }) => text)).toEqual(['from another'])
  expect(two.client.outgoing('x').map(({ text }) => text)).toEqual(['from another'])
})

test('a window whose login has run out learns it when it asks for what it lacks', async () => {
  const syncs = new Syncs()
  const { browser, one } = await windows(1, { fetch: syncs.fetch })
  const two = new FakeWindow(browser, { fetch: syncs.fetch })
  const ended: string[] = []
  two.client.on('ended', (reason) => ended.push(reason))
  await connect(two)
  await syncs.refuse(0, 401, 'unauthenticated')
  expect(ended).toEqual(['unauthenticated'])
  expect(one.client.connection).toBe('online')
})

test('who was read and who is a member goes through the one connection too', async () => {
  const { one, two } = await windows(2)
  one.socket.receive(
    sync({ cursor: 11, channels: [channel('c1', { members: [member('other')] })] }),
  )
  two.client.markRead('c1', 7)
  await settle()
  expect(one.socket.frames('read')).toMatchObject([{ channelId: 'c1', messageId: 7 }])
})
