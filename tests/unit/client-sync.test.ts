import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { MemoryStore } from '../../client/index.ts'
import {
  channel,
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

const textsOf = (rows: readonly { text: string }[]) => rows.map((row) => row.text)

describe('the cursor', () => {
  test('is stored together with the rows and confirmed after that', async () => {
    const saved = Promise.withResolvers<void>()
    class Slow extends MemoryStore {
      override saveSync() {
        return saved.promise
      }
    }
    const { socket } = await connected({ store: new Slow() })
    await vi.advanceTimersByTimeAsync(2000)
    expect(socket.frames('cursor')).toEqual([])
    saved.resolve()
    await settle()
    expect(socket.frames('cursor')).toEqual([])
    await vi.advanceTimersByTimeAsync(1000)
    expect(socket.frames('cursor')).toMatchObject([{ cursor: 1 }])
  })

  test('is confirmed at once while more follows, so that the window never closes', async () => {
    const { socket } = await connected()
    socket.receive(sync({ cursor: 2, more: true }))
    await settle()
    expect(socket.frames('cursor').at(-1)).toMatchObject({ cursor: 2 })
    socket.receive(sync({ cursor: 3, more: true }))
    await settle()
    expect(socket.frames('cursor').at(-1)).toMatchObject({ cursor: 3 })
  })

  test('stays where it is once the store has failed', async () => {
    const saved: number[] = []
    class Full extends MemoryStore {
      override async saveSync({ cursor }: { cursor: number }) {
        if (cursor === 2) throw new Error('quota')
        saved.push(cursor)
      }
    }
    const { client, socket } = await connected({ store: new Full() })
    socket.receive(sync({ cursor: 2, messages: [message(1)] }))
    socket.receive(sync({ cursor: 3, messages: [message(2)] }))
    await settle()
    expect(saved).toEqual([1])
    expect(client.timeline('c1').latest).toHaveLength(2)
  })

  test('a client made anew on the same store goes on from it', async () => {
    const store = new MemoryStore()
    const { client } = await connected({ store })
    client.close()
    const again = makeClient({ store })
    await again.connect()
    await settle()
    expect(FakeWebSocket.last.url).toContain('cursor=1')
    expect(again.channels().map((row) => row.channelId)).toEqual(['c1', 'c2'])
  })
})

describe('a start from what was kept', () => {
  async function startedAgain() {
    const store = new MemoryStore()
    await store.saveSync(sync({ cursor: 7, reset: true, channels: [channel('c1')] }) as never)
    const client = makeClient({ store })
    const upToDate = vi.fn()
    client.on('upToDate', upToDate)
    await client.connect()
    await settle()
    const socket = FakeWebSocket.last
    expect(socket.url).toContain('cursor=7')
    await socket.open()
    const answer = async (): Promise<void> => {
      socket.receive({ t: 'ok', ref: socket.frames('active')[0]?.ref })
      await settle()
    }
    return { client, socket, upToDate, answer }
  }

  test('is up to date without a row, once the server has had its turn and sent none', async () => {
    const { client, upToDate, answer } = await startedAgain()
    expect(client.upToDate).toBe(false)
    await answer()
    expect(client.upToDate).toBe(true)
    expect(upToDate).toHaveBeenCalledOnce()
  })

  test('is not while what it lacks is still on its way', async () => {
    const { client, socket, upToDate, answer } = await startedAgain()
    socket.receive(sync({ cursor: 8, messages: [message(1)], more: true }))
    await answer()
    expect(client.upToDate).toBe(false)
    socket.receive(sync({ cursor: 9, messages: [message(2)] }))
    await settle()
    expect(client.upToDate).toBe(true)
    expect(upToDate).toHaveBeenCalledOnce()
  })

  test('asks again where the connection was lost before an answer', async () => {
    const { client, socket } = await startedAgain()
    await socket.drop()
    await vi.advanceTimersByTimeAsync(10_000)
    const next = FakeWebSocket.last
    expect(next).not.toBe(socket)
    await next.open()
    next.receive({ t: 'ok', ref: next.frames('active')[0]?.ref })
    await settle()
    expect(client.upToDate).toBe(true)
  })
})

describe('rows', () => {
  test('the higher version wins, whatever comes first', async () => {
    const { client, socket } = await connected()
    const edited = message(1, { version: 3, text: 'edited' })
    socket.receive(sync({ cursor: 2, messages: [message(1), message(2)] }))
    socket.receive(sync({ cursor: 3, messages: [edited] }))
    socket.receive(sync({ cursor: 4, messages: [message(1)] }))
    expect(textsOf(client.timeline('c1').latest)).toEqual(['edited', 'text 2'])
  })

  test('a frame that comes twice changes nothing and announces nothing twice', async () => {
    const { client, socket } = await connected()
    const seen = vi.fn()
    client.on('message', seen)
    socket.receive(sync({ cursor: 2, messages: [message(1)] }))
    socket.receive(sync({ cursor: 2, messages: [message(1)] }))
    expect(seen).toHaveBeenCalledTimes(1)
  })

  test('of a channel that nobody looks at the newest stay, and none of them is announced again', async () => {
    const { client, socket } = await connected()
    const seen = vi.fn()
    client.on('message', seen)
    const many = Array.from({ length: 401 }, (_, i) => message(i + 1))
    socket.receive(sync({ cursor: 2, messages: many.slice(0, 200) }))
    socket.receive(sync({ cursor: 3, messages: many.slice(200) }))
    expect(client.timeline('c1').latest).toHaveLength(200)
    socket.receive(sync({ cursor: 3, messages: many.slice(0, 200) }))
    expect(seen).toHaveBeenCalledTimes(401)
    expect(client.timeline('c1').latest[0]).toEqual(message(202))
  })

  test('a message is announced although its history was read before, and although it was edited since', async () => {
    const { client, socket } = await connected()
    const seen = vi.fn()
    client.on('message', ({ messageId }) => seen(messageId))
    socket.receive(sync({ cursor: 2, messages: [message(1)] }))
    client.timeline('c1').put(message(2))
    const edited = message(3, { version: 9, text: 'edited' })
    socket.receive(sync({ cursor: 3, messages: [message(2), edited] }))
    socket.receive(sync({ cursor: 4, messages: [message(1, { version: 10 })] }))
    expect(seen.mock.calls.flat()).toEqual([1, 2, 3])
  })

  test('members that were known stay known when a row comes without them', async () => {
    const { client, socket } = await connected()
    const members = [
      {
        userId: 'other',
        handle: 'other',
        name: 'Other',
        image: null,
        role: 'member' as const,
        readMessageId: 0,
        deliveredMessageId: null,
      },
    ]
    socket.receive(sync({ cursor: 2, channels: [channel('c1', { members })] }))
    socket.receive(sync({ cursor: 3, channels: [channel('c1', { members: null, unread: 4 })] }))
    expect(client.channel('c1')).toMatchObject({ unread: 4, members: [{ name: 'Other' }] })
  })

  test('channels are ordered by their last message', async () => {
    const { client, socket } = await connected()
    socket.receive(sync({ cursor: 2, messages: [message(1, { channelId: 'c2' })] }))
    expect(client.channels().map((row) => row.channelId)).toEqual(['c2', 'c1'])
  })

  test('members of a DM that nobody has told are fetched', async () => {
    const dm = channel('d1', { kind: 'dm', title: null, members: null })
    const { client, socket } = await connected({
      fetch: fakeFetch({
        'GET /v1/channels/d1': () => ({ body: { channel: { ...dm, members: [] } } }),
      }),
    })
    socket.receive(sync({ cursor: 2, channels: [dm] }))
    await settle()
    expect(client.channel('d1')?.members).toEqual([])
  })
})

describe('being let in again', () => {
  const added = message(9, {
    kind: 'system',
    text: '',
    system: { action: 'added', userId: 'me', title: null },
  })

  test('after a time outside that this device saw, messages are read anew', async () => {
    const { client, socket } = await connected()
    socket.receive(sync({ cursor: 2, messages: [message(1)] }))
    socket.receive(sync({ cursor: 3, channels: [channel('c1', { leftAt: 5 })] }))
    expect(client.timeline('c1').latest).toHaveLength(1)
    socket.receive(sync({ cursor: 4, channels: [channel('c1')], messages: [added] }))
    expect(client.timeline('c1').oldestId).toBe(9)
  })

  test('after a time outside that this device slept through, a hole is known to be there', async () => {
    const { client, socket } = await connected()
    socket.receive(sync({ cursor: 2, messages: [message(1)] }))
    socket.receive(sync({ cursor: 4, channels: [channel('c1')], messages: [added, message(10)] }))
    expect(client.timeline('c1').latest.map((row) => row.messageId)).toEqual([9, 10])
    expect(client.timeline('c1').complete).toBe(false)
  })
})

describe('a reset', () => {
  test('forgets channels and messages and takes the whole list from the frames up to more: false', async () => {
    const { client, socket } = await connected()
    const upToDate = vi.fn()
    client.on('upToDate', upToDate)
    socket.receive(sync({ cursor: 2, messages: [message(1)] }))
    upToDate.mockClear()
    socket.receive(sync({ cursor: 10, reset: true, more: true, channels: [channel('c3')] }))
    expect(upToDate).not.toHaveBeenCalled()
    socket.receive(sync({ cursor: 20, channels: [channel('c4')] }))
    expect(upToDate).toHaveBeenCalledTimes(1)
    expect(
      client
        .channels()
        .map((row) => row.channelId)
        .sort(),
    ).toEqual(['c3', 'c4'])
    expect(client.timeline('c1').known).toBe(false)
  })

  test('keeps what was not sent yet', async () => {
    const { client, socket } = await connected()
    await socket.drop()
    client.send('c1', 'one')
    await vi.advanceTimersByTimeAsync(500)
    await FakeWebSocket.last.open()
    FakeWebSocket.last.receive(sync({ cursor: 10, reset: true }))
    expect(textsOf(client.outgoing('c1'))).toEqual(['one'])
  })

  test('drops a page of history that was asked for before it, and asks again', async () => {
    const pages = [
      Promise.withResolvers<{ body: unknown }>(),
      Promise.withResolvers<{ body: unknown }>(),
    ]
    let asked = 0
    const page = (...ids: number[]) => ({
      body: {
        messages: ids.map((id) => message(id)),
        hasMoreBefore: false,
        hasMoreAfter: false,
      },
    })
    const { client, socket } = await connected({
      fetch: fakeFetch({ 'GET /v1/channels/c1/messages': () => pages[asked++]!.promise }),
    })
    const loaded = client.loadOlder('c1')
    await settle()
    socket.receive(sync({ cursor: 10, reset: true, channels: [channel('c1')] }))
    pages[0]!.resolve(page(1))
    await settle()
    expect(client.timeline('c1').known).toBe(false)
    pages[1]!.resolve(page(1, 2))
    await loaded
    expect(client.timeline('c1').latest).toHaveLength(2)
  })

  test('somebody else behind the same cookie makes the device forget everything', async () => {
    const { client, socket } = await connected()
    await socket.drop()
    await vi.advanceTimersByTimeAsync(500)
    await FakeWebSocket.last.open({ userId: 'another' })
    await settle()
    expect(client.channels()).toEqual([])
    expect(FakeWebSocket.last.url).toContain('cursor=0')
  })
})

describe('reading', () => {
  test('shows at once, is told once, and again after a lost connection', async () => {
    const { client, socket } = await connected()
    socket.receive(
      sync({ cursor: 2, channels: [channel('c1', { unread: 1 })], messages: [message(7)] }),
    )
    client.markRead('c1', 7)
    client.markRead('c1', 7)
    expect(client.channel('c1')).toMatchObject({ unread: 0, readMessageId: 7 })
    expect(socket.frames('read')).toHaveLength(1)
    await socket.drop()
    await vi.advanceTimersByTimeAsync(500)
    await FakeWebSocket.last.open()
    expect(FakeWebSocket.last.frames('read')).toMatchObject([{ channelId: 'c1', messageId: 7 }])
  })
})

describe('creating a group', () => {
  test('a lost answer is asked for again with the same clientId', async () => {
    const ids: string[] = []
    const { client } = await connected({
      fetch: fakeFetch({
        'POST /v1/channels': (_url, body) => {
          ids.push(body.clientId)
          if (ids.length === 1) throw new TypeError('fetch failed')
          return { body: { channel: channel('g1') } }
        },
      }),
    })
    const created = client.createGroup('Work', ['other'])
    await vi.advanceTimersByTimeAsync(500)
    expect((await created).channelId).toBe('g1')
    expect(ids).toHaveLength(2)
    expect(ids[0]).toBe(ids[1])
  })
})

test('what is answered only after everything was forgotten is not kept', async () => {
  const answer = Promise.withResolvers<{ body: unknown }>()
  const store = new MemoryStore()
  const fetch = fakeFetch({ 'POST /v1/channels': () => answer.promise })
  const { client } = await connected({ store, fetch })
  const opened = client.openDm('bob')
  client.close()
  await client.forget()
  answer.resolve({ body: { channel: channel('late') } })
  await opened
  expect((await store.load()).channels).toEqual([])
})
