import 'fake-indexeddb/auto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDB } from 'idb'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { FileStore } from '../../client/file-store.ts'
import { MemoryStore, ParleyError, type Outgoing, type Store } from '../../client/index.ts'
import { clearRows } from '../../client/clear-rows.ts'
import { IndexedDbStore } from '../../client/indexed-db-store.ts'
import { tolerant } from '../../client/tolerant-store.ts'
import { syncFrameSchema } from '../../protocol/user-socket.ts'
import { channel, dm, message, sync } from './client-fakes.ts'

const folder = mkdtempSync(join(tmpdir(), 'parley-store-'))
const file = join(folder, 'state.json')
let databases = 0

afterEach(() => rmSync(file, { force: true }))

const frame = (fields = {}) => syncFrameSchema.parse(sync(fields))

const outgoing = (clientId: string, fields: Partial<Outgoing> = {}): Outgoing => ({
  clientId,
  channelId: 'c1',
  text: clientId,
  replyTo: null,
  createdAt: 1,
  state: 'sending',
  kept: true,
  error: null,
  ...fields,
})

/** Each makes a store, and another one on the same place, as after a new start. */
const kinds: [string, () => { store: Store; again: () => Store }][] = [
  ['a file', () => ({ store: new FileStore(file), again: () => new FileStore(file) })],
  [
    'IndexedDB',
    () => {
      const name = `parley-${databases++}`
      return { store: new IndexedDbStore(name), again: () => new IndexedDbStore(name) }
    },
  ],
  [
    'memory',
    () => {
      const store = new MemoryStore()
      return { store, again: () => store }
    },
  ],
]

describe.each(kinds)('a store in %s', (_name, make) => {
  test('is empty at first', async () => {
    expect(await make().store.load()).toEqual({
      userId: null,
      cursor: 0,
      channels: [],
      contacts: [],
      recent: [],
      outgoing: [],
    })
  })

  test('gives back rows and cursor after a new start', async () => {
    const { store, again } = make()
    await store.saveUser('me')
    await store.saveSync(frame({ cursor: 7, channels: [channel('c1'), channel('c2')] }))
    await store.saveSync(frame({ cursor: 8, channels: [channel('c1', { unread: 3 })] }))
    const saved = await again().load()
    expect(saved).toMatchObject({ userId: 'me', cursor: 8 })
    expect(saved.channels).toEqual([channel('c1', { unread: 3 }), channel('c2')])
  })

  test('takes from devices that share it only what goes on from what is kept', async () => {
    const { store, again } = make()
    await store.saveSync(frame({ cursor: 7, reset: true, channels: [channel('c1')] }), 0)
    await store.saveSync(frame({ cursor: 9, channels: [channel('c3')] }), 8)
    expect(await again().load()).toMatchObject({ cursor: 7, channels: [channel('c1')] })
    await store.saveSync(frame({ cursor: 9, channels: [channel('c2')] }), 6)
    await store.saveSync(frame({ cursor: 8, channels: [channel('c2', { unread: 1 })] }), 7)
    expect(await again().load()).toMatchObject({
      cursor: 9,
      channels: [channel('c1'), channel('c2')],
    })
    // Another one is in the middle of a reset.
    await store.saveSync(frame({ cursor: -2, reset: true, channels: [channel('c1')] }), 9)
    await store.saveSync(frame({ cursor: 10, channels: [channel('c3')] }), 9)
    expect((await again().load()).cursor).toBe(-2)
    await store.saveSync(frame({ cursor: 9, channels: [channel('c2')] }), -2)
    expect((await again().load()).cursor).toBe(9)
  })

  test('keeps the members of an answer when a row comes without them', async () => {
    const { store, again } = make()
    await store.saveChannel(dm('c1'))
    const row = { ...dm('c1'), members: null, unread: 1 }
    await store.saveSync(frame({ cursor: 8, channels: [row] }))
    expect((await again().load()).channels).toEqual([{ ...dm('c1'), unread: 1 }])
  })

  test('forgets rows with a reset, but not what was not sent', async () => {
    const { store, again } = make()
    await store.saveOutgoing(outgoing('one'))
    await store.saveSync(frame({ cursor: 7, channels: [channel('c1')] }))
    await store.saveSync(frame({ cursor: 9, reset: true, channels: [channel('c2')] }))
    const saved = await again().load()
    expect(saved.channels).toEqual([channel('c2')])
    expect(saved.outgoing).toHaveLength(1)
  })

  describe('of messages', () => {
    const ids = async (store: Store, channelId = 'c1') => {
      const { recent } = await store.load()
      const found = recent.find((kept) => kept.channelId === channelId)
      return found?.messages.map(({ messageId }) => messageId) ?? null
    }
    const rows = (from: number, to: number, fields = {}) =>
      Array.from({ length: to - from + 1 }, (_, i) => message(from + i, fields))

    test('gives back the newest of each channel, with what sync has changed since', async () => {
      const { store, again } = make()
      await store.saveRecent({ channelId: 'c1', messages: rows(1, 3) })
      const edited = message(2, { text: 'better', version: 5 })
      const messages = [message(4), edited, message(9, { channelId: 'c2' })]
      await store.saveSync(frame({ cursor: 7, messages }))
      expect(await ids(again())).toEqual([1, 2, 3, 4])
      expect(await ids(again(), 'c2')).toEqual([9])
      const { recent } = await again().load()
      expect(recent.flatMap((kept) => kept.messages)).toContainEqual(edited)
    })

    test('keeps no more than fifty of a channel, and of large ones fewer', async () => {
      const { store, again } = make()
      await store.saveSync(frame({ cursor: 7, messages: rows(1, 60) }))
      expect(await ids(again())).toEqual(rows(11, 60).map(({ messageId }) => messageId))
      const messages = rows(61, 64, { text: 'x'.repeat(40_000) })
      await store.saveSync(frame({ cursor: 8, messages }))
      expect(await ids(again())).toEqual([63, 64])
      await store.saveSync(
        frame({ cursor: 9, messages: rows(65, 65, { text: 'x'.repeat(200_000) }) }),
      )
      expect(await ids(again())).toBeNull()
    })

    test('keeps those of 200 channels, and lets go of whatever was silent longest', async () => {
      const { store, again } = make()
      for (let i = 1; i <= 203; i++) {
        const fields = { channelId: `c${i}`, createdAt: 1000 - i }
        await store.saveSync(frame({ cursor: i, messages: [message(1, fields)] }))
      }
      const { recent } = await again().load()
      expect(recent).toHaveLength(200)
      expect(await ids(again(), 'c200')).toEqual([1])
      expect(await ids(again(), 'c203')).toBeNull()
    })

    test('does not begin with a change of an older one', async () => {
      const { store, again } = make()
      await store.saveSync(frame({ cursor: 7, messages: [message(2, { version: 5 })] }))
      expect(await ids(again())).toBeNull()
    })

    test('begins anew for whoever comes back into a channel', async () => {
      const { store, again } = make()
      await store.saveUser('me')
      const left = channel('c1', { leftAt: 5 })
      await store.saveSync(frame({ cursor: 7, channels: [left], messages: rows(1, 3) }))
      expect(await ids(again())).toEqual([1, 2, 3])
      const back = frame({ cursor: 8, channels: [channel('c1')], messages: rows(8, 9) })
      await store.saveSync(back)
      expect(await ids(again())).toEqual([8, 9])
      // Out and in again while the device was away: the row says nothing of it.
      const system = { action: 'added' as const, userId: 'me', title: null }
      const added = message(20, { kind: 'system', text: '', system })
      await store.saveSync(frame({ cursor: 9, channels: [channel('c1')], messages: [added] }))
      expect(await ids(again())).toEqual([20])
    })

    test('forgets them with a reset', async () => {
      const { store, again } = make()
      await store.saveSync(frame({ cursor: 7, messages: rows(1, 3) }))
      await store.saveSync(frame({ cursor: 9, reset: true }))
      expect(await ids(again())).toBeNull()
    })

    test('takes what was read elsewhere unless it is behind', async () => {
      const { store, again } = make()
      await store.saveSync(frame({ cursor: 7, messages: rows(5, 6) }))
      await store.saveRecent({ channelId: 'c1', messages: rows(1, 5) })
      expect(await ids(again())).toEqual([5, 6])
      await store.saveRecent({ channelId: 'c1', messages: rows(2, 6) })
      expect(await ids(again())).toEqual([2, 3, 4, 5, 6])
    })
  })

  test('gives back what was not sent in the order it was written, refusals included', async () => {
    const { store, again } = make()
    const error = new ParleyError({ code: 'rate_limited', detail: 'slow', retryAfter: 7 })
    for (const clientId of ['z', 'y', 'x']) await store.saveOutgoing(outgoing(clientId))
    await store.saveOutgoing(outgoing('z', { state: 'failed', error }))
    await store.deleteOutgoing('y')
    const saved = await again().load()
    expect(saved.outgoing.map(({ clientId }) => clientId)).toEqual(['z', 'x'])
    expect(saved.outgoing[0]?.error).toBeInstanceOf(ParleyError)
    expect(saved.outgoing[0]?.error).toMatchObject({ code: 'rate_limited', retryAfter: 7 })
  })

  test('is empty again once cleared', async () => {
    const { store, again } = make()
    await store.saveUser('me')
    await store.saveSync(frame({ cursor: 7, channels: [channel('c1')] }))
    await store.saveOutgoing(outgoing('one'))
    await store.clear()
    expect(await again().load()).toMatchObject({
      userId: null,
      cursor: 0,
      channels: [],
      outgoing: [],
    })
  })
})

describe('a database of an earlier version', () => {
  test('is taken along: what was not sent, the chats and the cursor', async () => {
    const name = `parley-${databases++}`
    const old = await openDB(name, 1, {
      upgrade(database) {
        const state = database.createObjectStore('state')
        void state.put('me', 'userId')
        void state.put(7, 'cursor')
        const channels = database.createObjectStore('channels', { keyPath: 'channelId' })
        void channels.put(channel('c1'))
        database.createObjectStore('contacts', { keyPath: 'user.userId' })
        const unsent = database.createObjectStore('outgoing', { autoIncrement: true })
        unsent.createIndex('clientId', 'clientId', { unique: true })
        void unsent.put(outgoing('one'))
      },
    })
    old.close()
    const store = new IndexedDbStore(name)
    expect(await store.load()).toEqual({
      userId: 'me',
      cursor: 7,
      channels: [channel('c1')],
      contacts: [],
      recent: [],
      outgoing: [outgoing('one')],
    })
    await store.saveSync(frame({ cursor: 8, messages: [message(1)] }))
    expect((await new IndexedDbStore(name).load()).recent).toHaveLength(1)
  })

  test('with rows that are not understood any more is read from the start, without losing what was not sent', async () => {
    const name = `parley-${databases++}`
    const store = new IndexedDbStore(name)
    await store.saveOutgoing(outgoing('one'))
    await store.saveSync(frame({ cursor: 7, channels: [channel('c1')] }))
    const database = await openDB(name)
    await database.put('channels', { channelId: 'c2', of: 'another version' })
    database.close()
    const saved = await new IndexedDbStore(name).load()
    expect(saved).toMatchObject({ cursor: 0, channels: [], outgoing: [{ clientId: 'one' }] })
  })

  test('gives way to a newer one at once, and says so', async () => {
    const name = `parley-${databases++}`
    const outdated = vi.fn<() => void>()
    const store = new IndexedDbStore(name, outdated)
    await store.saveOutgoing(outgoing('one'))
    expect(outdated).not.toHaveBeenCalled()
    const newer = await openDB(name, 99)
    expect(outdated).toHaveBeenCalledOnce()
    await expect(store.saveSync(frame({ cursor: 7 }))).rejects.toMatchObject({
      name: 'InvalidStateError',
    })
    expect(await newer.count('outgoing')).toBe(1)
    newer.close()
    const again = vi.fn<() => void>()
    expect((await tolerant(new IndexedDbStore(name, again)).load()).outgoing).toEqual([])
    expect(again).toHaveBeenCalledOnce()
  })

  test('that a sleeping window holds open is given up after three seconds', async () => {
    const name = `parley-${databases++}`
    const sleeping = await openDB(name, 1)
    vi.useFakeTimers({ toFake: ['setTimeout'] })
    try {
      const load = new IndexedDbStore(name).load()
      const given = load.then(
        () => 'loaded',
        (reason: Error) => reason.message,
      )
      while (vi.getTimerCount() === 0) await new Promise((resolve) => setImmediate(resolve))
      await vi.advanceTimersByTimeAsync(3000)
      expect(await given).toBe(`${name} is held open`)
    } finally {
      vi.useRealTimers()
      sleeping.close()
    }
  })
})

describe('once what the server has too was cleared', () => {
  async function cleared() {
    const name = `parley-${databases++}`
    const store = new IndexedDbStore(name)
    await store.saveUser('me')
    const rows = { cursor: 7, channels: [channel('c1')], messages: [message(1)] }
    await store.saveSync(frame({ ...rows, reset: true }))
    await store.saveOutgoing(outgoing('waits'))
    return { name, store, bytes: await clearRows(name) }
  }

  test('what was not sent is there, and whose it is, and it is told how much it was', async () => {
    const { name, bytes } = await cleared()
    const saved = await new IndexedDbStore(name).load()
    expect(saved).toMatchObject({ userId: 'me', cursor: 0, channels: [], recent: [] })
    expect(saved.outgoing.map(({ clientId }) => clientId)).toEqual(['waits'])
    expect(bytes).toBeGreaterThan(JSON.stringify([channel('c1'), message(1)]).length / 2)
    expect(await clearRows(name)).toBeLessThan(10)
  })

  test('a window that goes on from it keeps nothing more, until somebody has read it from the start', async () => {
    const { name, store } = await cleared()
    await store.saveSync(frame({ cursor: 8, messages: [message(2)] }), 7)
    const anew = new IndexedDbStore(name)
    expect(await anew.load()).toMatchObject({ cursor: 0, channels: [], recent: [] })
    await anew.saveSync(frame({ cursor: 9, channels: [channel('c1')], reset: true }), 0)
    await store.saveSync(frame({ cursor: 9, messages: [message(3)] }), 8)
    expect(await new IndexedDbStore(name).load()).toMatchObject({ cursor: 9, recent: [] })
    await store.saveSync(frame({ cursor: 10, messages: [message(4)] }), 9)
    expect(await new IndexedDbStore(name).load()).toMatchObject({ cursor: 10 })
  })

  test('a window that logs out and in again keeps what comes', async () => {
    const { name, store } = await cleared()
    await store.clear()
    await store.saveSync(frame({ cursor: 3, channels: [channel('c1')], reset: true }))
    expect(await new IndexedDbStore(name).load()).toMatchObject({ cursor: 3 })
  })
})

test('a message that is written is on its way into the database in the same task, and committed', async () => {
  const name = `parley-${databases++}`
  const store = new IndexedDbStore(name)
  await store.load()
  const commit = vi.spyOn(IDBTransaction.prototype, 'commit')
  const kept = store.saveOutgoing(outgoing('one'))
  expect(commit).toHaveBeenCalledOnce()
  await kept
  commit.mockRestore()
  const failed = { state: 'failed', error: new ParleyError({ code: 'forbidden', detail: '' }) }
  await store.saveOutgoing(outgoing('two'))
  await store.saveOutgoing(outgoing('one', failed as Partial<Outgoing>))
  const saved = await new IndexedDbStore(name).load()
  expect(saved.outgoing.map(({ clientId, state }) => [clientId, state])).toEqual([
    ['one', 'failed'],
    ['two', 'sending'],
  ])
})

test('a message that was sent while a change of it was on its way into the database does not come back', async () => {
  const store = new IndexedDbStore(`parley-${databases++}`)
  await store.saveOutgoing(outgoing('one'))
  await Promise.all([store.saveOutgoing(outgoing('one')), store.deleteOutgoing('one')])
  expect((await store.load()).outgoing).toEqual([])
})

describe('a file', () => {
  test('with rows of another version is read from the start, without losing what was not sent', async () => {
    const store = new FileStore(file)
    await store.saveOutgoing(outgoing('one'))
    await store.saveSync(frame({ cursor: 7, channels: [channel('c1')] }))
    const stored = JSON.parse(readFileSync(file, 'utf8'))
    writeFileSync(file, JSON.stringify({ ...stored, channels: [{ id: 1 }] }))
    const saved = await new FileStore(file).load()
    expect(saved).toMatchObject({ cursor: 0, channels: [], outgoing: [{ clientId: 'one' }] })
  })

  test('that is no JSON is a device that begins', async () => {
    writeFileSync(file, '{')
    expect((await new FileStore(file).load()).cursor).toBe(0)
  })

  test('takes many changes at once and ends with the last', async () => {
    const store = new FileStore(file)
    await Promise.all([1, 2, 3, 4, 5].map((cursor) => store.saveSync(frame({ cursor }))))
    expect((await new FileStore(file).load()).cursor).toBe(5)
  })
})

test('a store that is switched off costs nothing but what it was to keep', async () => {
  const store = tolerant(new FileStore(join(folder, 'missing', 'state.json')))
  await expect(store.saveOutgoing(outgoing('one'))).rejects.toThrow('ENOENT')
  await store.clear()
  expect((await store.load()).cursor).toBe(0)
  await expect(store.saveSync(frame())).rejects.toThrow('ENOENT')
})
