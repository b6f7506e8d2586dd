import 'fake-indexeddb/auto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { FileStore } from '../../client/file-store.ts'
import { MemoryStore, ParleyError, type Outgoing, type Store } from '../../client/index.ts'
import { IndexedDbStore } from '../../client/indexed-db-store.ts'
import { tolerant } from '../../client/tolerant-store.ts'
import { syncFrameSchema } from '../../protocol/user-socket.ts'
import { channel, dm, sync } from './client-fakes.ts'

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
  await store.saveOutgoing(outgoing('one'))
  await store.clear()
  expect((await store.load()).cursor).toBe(0)
  await expect(store.saveSync(frame())).rejects.toThrow('ENOENT')
})
