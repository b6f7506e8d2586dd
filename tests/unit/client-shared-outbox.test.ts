import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { MemoryStore } from '../../client/index.ts'
import type { OutboxNews, SharedOutbox } from '../../client/shared-outbox.ts'
import { connected, FakeWebSocket, message, settle, sync } from './client-fakes.ts'

beforeEach(() => {
  vi.useFakeTimers()
  FakeWebSocket.all = []
})
afterEach(() => vi.useRealTimers())

/** A browser's locks and channel, and windows that can die. */
class FakeBrowser {
  readonly #windows = new Map<number, (news: OutboxNews) => void>()
  readonly #locks = new Map<string, { owner: number; run: () => void }[]>()
  #last = 0

  window() {
    const id = ++this.#last
    const shared: SharedOutbox = {
      alone: (channelId, work) =>
        new Promise((resolve, reject) => {
          const queue = this.#locks.get(channelId) ?? []
          this.#locks.set(channelId, queue)
          const run = () =>
            void work()
              .then(resolve, reject)
              .finally(() => this.#release(channelId, id))
          queue.push({ owner: id, run })
          if (queue.length === 1) run()
        }),
      tell: (news) => {
        if (!this.#windows.has(id)) return
        for (const [other, listener] of this.#windows) {
          if (other !== id) queueMicrotask(() => listener(news))
        }
      },
      listen: (listener) => void this.#windows.set(id, listener),
    }
    const die = () => {
      this.#windows.delete(id)
      for (const channelId of this.#locks.keys()) this.#release(channelId, id)
    }
    return { shared, die }
  }

  #release(channelId: string, id: number): void {
    const queue = this.#locks.get(channelId) ?? []
    const holds = queue[0]?.owner === id
    const left = queue.filter(({ owner }) => owner !== id)
    this.#locks.set(channelId, left)
    if (holds) left[0]?.run()
  }
}

async function twoWindows() {
  const browser = new FakeBrowser()
  const store = new MemoryStore()
  const [a, b] = [browser.window(), browser.window()]
  const one = await connected({ store, sharedOutbox: a.shared })
  const two = await connected({ store, sharedOutbox: b.shared })
  return { one, two, killOne: a.die }
}

type Window = Awaited<ReturnType<typeof connected>>

const texts = ({ client }: Window) =>
  client.outgoing('c1').map(({ text, state }) => `${text}: ${state}`)
const sent = ({ socket }: Window) => socket.frames('send').map(({ text }) => text)

async function answer(window: Window, index: number, code?: string): Promise<void> {
  const { ref, clientId, text } = window.socket.frames('send')[index]!
  const stored = message(index + 5, { userId: 'me', clientId, text })
  window.socket.receive(
    code === undefined
      ? { t: 'ok', ref, message: stored }
      : { t: 'error', ref, code, detail: code, retryAfter: null },
  )
  await settle()
}

test('what is written in one window waits in all, and one of them sends it, in order', async () => {
  const { one, two } = await twoWindows()
  one.client.send('c1', 'first')
  await settle()
  two.client.send('c1', 'second')
  await settle()
  expect(texts(one)).toEqual(['first: sending', 'second: sending'])
  expect(texts(two)).toEqual(['first: sending', 'second: sending'])
  expect(sent(one)).toEqual(['first'])
  await answer(one, 0)
  await answer(one, 1)
  expect([sent(one), sent(two)]).toEqual([['first', 'second'], []])
  expect([texts(one), texts(two)]).toEqual([[], []])
})

test('when the window that sends dies, another sends what had no answer, with its clientId', async () => {
  const { one, two, killOne } = await twoWindows()
  const { clientId } = one.client.send('c1', 'first')
  one.client.send('c1', 'second')
  await settle()
  expect(sent(two)).toEqual([])
  killOne()
  await settle()
  expect(two.socket.frames('send').map((frame) => frame.clientId)).toEqual([clientId])
  await answer(two, 0)
  await answer(two, 1)
  expect(sent(two)).toEqual(['first', 'second'])
  expect(texts(two)).toEqual([])
})

test('a window without a connection leaves its messages to one that has it', async () => {
  const { one, two } = await twoWindows()
  await one.socket.drop()
  one.client.send('c1', 'first')
  await settle()
  expect(sent(two)).toEqual(['first'])
  await answer(two, 0)
  expect([texts(one), texts(two)]).toEqual([[], []])
})

test('a refusal is shown in all windows, and any of them tries again or gives up', async () => {
  const { one, two } = await twoWindows()
  const { clientId } = one.client.send('c1', 'first')
  await settle()
  await answer(one, 0, 'forbidden')
  expect(two.client.outgoing('c1')).toMatchObject([
    { state: 'failed', error: { code: 'forbidden' } },
  ])
  two.client.retry(clientId)
  await settle()
  expect(texts(one)).toEqual(['first: sending'])
  await answer(two, 0, 'forbidden')
  expect(texts(one)).toEqual(['first: failed'])
  one.client.discard(clientId)
  await settle()
  expect([texts(one), texts(two)]).toEqual([[], []])
})

test("what another login's window tells is not taken over", async () => {
  const browser = new FakeBrowser()
  const one = await connected({ sharedOutbox: browser.window().shared })
  const stranger = browser.window().shared
  stranger.listen(() => undefined)
  stranger.tell({
    userId: 'somebody else',
    clientId: 'x',
    outgoing: {
      clientId: 'x',
      channelId: 'c1',
      text: 'not mine',
      replyTo: null,
      createdAt: 0,
      state: 'sending',
      error: null,
    },
  })
  await settle()
  expect([texts(one), sent(one)]).toEqual([[], []])
})

test('a message that one window saw stored is out of the outbox of all', async () => {
  const { one, two } = await twoWindows()
  one.client.send('c1', 'first')
  await settle()
  const { clientId, text } = one.socket.frames('send')[0]!
  two.socket.receive(sync({ cursor: 2, messages: [message(5, { userId: 'me', clientId, text })] }))
  await settle()
  expect([texts(one), texts(two)]).toEqual([[], []])
})
