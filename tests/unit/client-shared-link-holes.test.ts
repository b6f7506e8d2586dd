import * as fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { MemoryStore } from '../../client/index.ts'
import type { Message } from '../../protocol/objects.ts'
import { channel, fakeFetch, type FakeWebSocket, message, settle, sync } from './client-fakes.ts'
import { FakeBrowser, FakeWindow } from './fake-windows.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

/** A server with one inbox, that has room for the last `depth` rows; who is further behind is reset. */
class Server {
  readonly #rows: Message[] = []
  readonly #cursors = new Map<FakeWebSocket, number>()
  readonly #waiting: (() => void)[] = []
  #floor = 1
  readonly fetch = fakeFetch({
    'GET /v1/me': () => ({ body: { userId: 'me' } }),
    'GET /v1/sync': async (url) => {
      const cursor = Number(url.searchParams.get('cursor'))
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
      return { body: this.#above(cursor) }
    },
  })

  get ids(): number[] {
    return this.#rows.map(({ messageId }) => messageId)
  }

  get counter(): number {
    return this.#rows.length + 1
  }

  /** Somebody writes. */
  write(): void {
    this.#rows.push(message(this.counter + 1))
  }

  /** Forgets what is old, so that devices that are far behind are reset. */
  trim(): void {
    this.#floor = this.counter
  }

  /** Lets a socket have what it lacks, one frame of it. */
  async flush(window: FakeWindow): Promise<void> {
    const socket = window.sockets.at(-1)
    if (socket === undefined || socket.closed) return
    if (socket.readyState === 0) {
      await socket.open()
      this.#cursors.set(socket, Number(new URL(socket.url).searchParams.get('cursor')))
    }
    const cursor = this.#cursors.get(socket) ?? 0
    for (const type of ['active', 'watch']) {
      for (const { ref } of socket.frames(type)) {
        if (ref !== undefined) socket.receive({ t: 'ok', ref })
      }
    }
    if (cursor === this.counter) return
    const frame = this.#above(cursor)
    this.#cursors.set(socket, frame['cursor'])
    socket.receive(frame)
  }

  /** Lets what was asked over HTTP be answered. */
  answer(): void {
    this.#waiting.shift()?.()
  }

  /** At most two rows at a time, so that there is something to be in the middle of. */
  #above(cursor: number) {
    if (cursor > 0 && cursor >= this.#floor && cursor <= this.counter) {
      const messages = this.#rows.slice(cursor - 1, cursor + 1)
      const next = cursor + messages.length
      return sync({ cursor: next, messages, more: next < this.counter })
    }
    const channels = ['c1', 'c2', 'c3', 'c4'].map((channelId) => channel(channelId))
    const listed = cursor < 0 ? -cursor : 0
    const isLast = listed + 2 >= channels.length
    return sync({
      cursor: isLast ? this.counter : -(listed + 2),
      channels: channels.slice(listed, listed + 2),
      reset: listed === 0,
      more: !isLast,
    })
  }
}

type Step =
  | { do: 'write' | 'trim' | 'answer' | 'open' | 'second' }
  | {
      do: 'flush' | 'freeze' | 'thaw' | 'forgetful' | 'die' | 'wake' | 'drop' | 'sleep' | 'awake'
      window: number
    }

const window = fc.nat({ max: 5 })
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('write' as const) }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('flush' as const), window }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom('answer' as const, 'open' as const, 'second' as const),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom(
        ...(['freeze', 'thaw', 'forgetful', 'die', 'wake', 'drop', 'sleep', 'awake'] as const),
      ),
      window,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('trim' as const) }) },
)

class World {
  readonly server = new Server()
  readonly #browser = new FakeBrowser()
  readonly #store = new MemoryStore()
  readonly windows: FakeWindow[] = []

  async take(next: Step): Promise<void> {
    const target = 'window' in next ? this.windows[next.window % this.windows.length] : undefined
    switch (next.do) {
      case 'write':
        this.server.write()
        break
      case 'trim':
        this.server.trim()
        break
      case 'answer':
        this.server.answer()
        break
      case 'second':
        await vi.advanceTimersByTimeAsync(1000)
        break
      case 'open':
        if (this.windows.length < 4) await this.#open()
        break
      case 'flush':
        if (target !== undefined) await this.server.flush(target)
        break
      case 'freeze':
        target?.freeze()
        break
      case 'thaw':
        target?.thaw()
        break
      case 'forgetful':
        target?.thaw(true)
        break
      case 'die':
        target?.die()
        if (target !== undefined) this.windows.splice(this.windows.indexOf(target), 1)
        break
      case 'wake':
        target?.client.wake()
        break
      case 'drop':
        await target?.sockets.at(-1)?.drop()
        break
      case 'sleep':
        target?.sleep()
        break
      case 'awake':
        target?.awake()
    }
    await settle()
  }

  /** Everybody is awake and the server answers, for a while. */
  async calm(): Promise<void> {
    if (this.windows.length === 0) await this.#open()
    for (const each of this.windows) {
      each.thaw()
      each.awake()
      each.client.wake()
    }
    for (let second = 0; second < 60; second++) {
      for (const each of this.windows) await this.server.flush(each)
      for (let times = 0; times < 8; times++) this.server.answer()
      await vi.advanceTimersByTimeAsync(1000)
      for (const each of this.windows) each.socket?.receive('pong')
    }
  }

  async #open(): Promise<void> {
    const opened = new FakeWindow(this.#browser, { store: this.#store, fetch: this.server.fetch })
    this.windows.push(opened)
    await opened.client.connect()
  }
}

test('whatever happens to windows, in the end one socket is open, and none has a hole', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
      const world = new World()
      await world.take({ do: 'open' })
      for (const next of steps) await world.take(next)
      await world.calm()
      expect(
        world.windows
          .map(({ openSockets }) => openSockets)
          .toSorted()
          .at(-1),
      ).toBe(1)
      expect(world.windows.reduce((sum, { openSockets }) => sum + openSockets, 0)).toBe(1)
      for (const { client, messageIds } of world.windows) {
        expect(client.connection).toBe('online')
        expect(client.upToDate).toBe(true)
        expect(client.channels()).toHaveLength(4)
        // From the first that it has, after a reset, it has all.
        const first = messageIds[0] ?? Number.POSITIVE_INFINITY
        expect(messageIds).toEqual(world.server.ids.filter((id) => id >= first))
      }
      // And what comes from now on comes to all.
      world.server.write()
      await world.calm()
      for (const { messageIds } of world.windows)
        expect(messageIds.at(-1)).toBe(world.server.ids.at(-1))
      for (const each of world.windows) each.die()
    }),
    { numRuns: 200 },
  )
}, 60_000)
