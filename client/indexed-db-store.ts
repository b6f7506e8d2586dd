import { openDB, type DBSchema, type IDBPDatabase, type IDBPTransaction } from 'idb'
import type { Channel, Contact } from '../protocol/objects.ts'
import type { SyncFrame } from '../protocol/user-socket.ts'
import { goesOn } from './goes-on.ts'
import type { Outgoing } from './outgoing.ts'
import {
  addToRecent,
  byChannel,
  isBack,
  MAX_RECENT_CHANNELS,
  newerOf,
  newestAt,
  type Recent,
} from './recent.ts'
import { readSaved, writeOutgoing, type StoredOutgoing } from './saved-state.ts'
import type { Saved, Store } from './store.ts'

export interface StoreSchema extends DBSchema {
  /** `userId` and `cursor`. */
  state: { key: 'userId' | 'cursor'; value: string | number }
  channels: { key: string; value: Channel }
  contacts: { key: string; value: Contact }
  /** `at`: when the newest of them was sent. */
  recent: { key: string; value: Recent & { at: number }; indexes: { at: number } }
  /** By the order they were written in; the index finds one again. */
  outgoing: {
    key: number
    value: StoredOutgoing
    indexes: { clientId: string }
  }
}

/** Raised with every change of the schema; `upgrade` takes what any earlier version has kept along. */
const VERSION = 2
/** How long windows of an older version have to close the database. */
const BLOCKED_MS = 3000

const STORES = ['state', 'channels', 'contacts', 'recent', 'outgoing'] as const
const ROWS = ['state', 'channels', 'contacts', 'recent'] as const

type Database = IDBPDatabase<StoreSchema>
type Write = IDBPTransaction<StoreSchema, (typeof ROWS)[number][], 'readwrite'>

/**
 * A store in a browser's IndexedDB: a page that is loaded again goes on from its cursor, and what was
 * not sent is sent then. Windows of one browser share it.
 */
export class IndexedDbStore implements Store {
  readonly #database: Promise<Database>
  /** The same once it is open, for what must not wait for another turn of the event loop. */
  #open: Database | null = null

  /**
   * @param name one for each account service, if a page has several
   * @param onOutdated a newer version of the program has the database, or waits for it: from here on nothing is
   * kept by this one
   */
  constructor(name = 'parley', onOutdated: () => void = () => undefined) {
    let giveUp: (reason: Error) => void = () => undefined
    const blocked = new Promise<never>((_resolve, reject) => (giveUp = reject))
    const opened = openDB<StoreSchema>(name, VERSION, {
      upgrade(database, oldVersion) {
        if (oldVersion < 1) {
          database.createObjectStore('state')
          database.createObjectStore('channels', { keyPath: 'channelId' })
          database.createObjectStore('contacts', { keyPath: 'user.userId' })
          const outgoing = database.createObjectStore('outgoing', { autoIncrement: true })
          outgoing.createIndex('clientId', 'clientId', { unique: true })
        }
        if (oldVersion < 2) {
          const recent = database.createObjectStore('recent', { keyPath: 'channelId' })
          recent.createIndex('at', 'at')
        }
      },
      blocking: (_current, _wanted, { target }) => {
        ;(target as IDBDatabase).close()
        onOutdated()
      },
      // By a window of an older version that was put to sleep: rather nothing is kept than nothing shown.
      blocked: () => setTimeout(() => giveUp(new Error(`${name} is held open`)), BLOCKED_MS),
    })
    opened.catch((reason: unknown) => {
      if (reason instanceof DOMException && reason.name === 'VersionError') onOutdated()
    })
    this.#database = Promise.race([opened, blocked])
    this.#database.then(
      (database) => (this.#open = database),
      // Switched off or broken: told by the first call, not as an error nobody has caught.
      () => undefined,
    )
  }

  async load(): Promise<Saved> {
    const database = await this.#database
    // In one transaction: rows of one moment with the cursor of another would lack what lies between.
    const read = database.transaction(STORES)
    const [userId, cursor, channels, contacts, recent, outgoing] = await Promise.all([
      read.objectStore('state').get('userId'),
      read.objectStore('state').get('cursor'),
      read.objectStore('channels').getAll(),
      read.objectStore('contacts').getAll(),
      read.objectStore('recent').getAll(),
      read.objectStore('outgoing').getAll(),
    ])
    const rows = { userId: userId ?? null, cursor: cursor ?? 0, channels, contacts, recent }
    return readSaved({ ...rows, outgoing })
  }

  async saveUser(userId: string): Promise<void> {
    await (await this.#database).put('state', userId, 'userId')
  }

  async saveSync(frame: SyncFrame, from?: number): Promise<void> {
    const database = await this.#database
    const write: Write = database.transaction([...ROWS], 'readwrite')
    const state = write.objectStore('state')
    const kept = await state.get('cursor')
    const cursor = typeof kept === 'number' ? kept : 0
    if (goesOn(cursor, from ?? cursor, frame) !== 'take') return await write.done
    const channels = write.objectStore('channels')
    const contacts = write.objectStore('contacts')
    const recent = write.objectStore('recent')
    if (frame.reset) {
      await Promise.all([channels.clear(), contacts.clear(), recent.clear()])
    }
    for (const channel of frame.channels) {
      const before = await channels.get(channel.channelId)
      const members = channel.members ?? before?.members ?? null
      if (isBack(before, channel)) void recent.delete(channel.channelId)
      void channels.put({ ...channel, members })
    }
    for (const contact of frame.contacts) {
      if (contact.state === 'none') void contacts.delete(contact.user.userId)
      else void contacts.put(contact)
    }
    const userId = await state.get('userId')
    const me = typeof userId === 'string' ? userId : null
    for (const [channelId, messages] of byChannel(frame)) {
      const held = (await recent.get(channelId)) ?? null
      const next = addToRecent(held, channelId, messages, me)
      if (next === null) void recent.delete(channelId)
      else void recent.put({ ...next, at: newestAt(next) })
    }
    const over = (await recent.count()) - MAX_RECENT_CHANNELS
    if (over > 0) {
      const oldest = await recent.index('at').getAllKeys(null, over)
      for (const channelId of oldest) void recent.delete(channelId)
    }
    void state.put(frame.cursor, 'cursor')
    await write.done
  }

  async saveChannel(channel: Channel): Promise<void> {
    await (await this.#database).put('channels', channel)
  }

  async saveRecent(recent: Recent): Promise<void> {
    const write = (await this.#database).transaction('recent', 'readwrite')
    const newer = newerOf((await write.store.get(recent.channelId)) ?? null, recent)
    await write.store.put({ ...newer, at: newestAt(newer) })
    await write.done
  }

  /**
   * A new one is written and committed in the task that asks for it, as soon as the database is open: whoever dies
   * right after has handed it over.
   */
  async saveOutgoing(outgoing: Outgoing): Promise<void> {
    const database = this.#open ?? (await this.#database)
    const stored = writeOutgoing(outgoing)
    try {
      const write = database.transaction('outgoing', 'readwrite', { durability: 'relaxed' })
      const added = write.store.add(stored)
      write.commit()
      await Promise.all([added, write.done])
    } catch (caught) {
      const isThere = caught instanceof DOMException && caught.name === 'ConstraintError'
      if (!isThere) throw caught
      await this.#replaceOutgoing(stored)
    }
  }

  async deleteOutgoing(clientId: string): Promise<void> {
    const write = (await this.#database).transaction('outgoing', 'readwrite')
    const key = await write.store.index('clientId').getKey(clientId)
    if (key !== undefined) await write.store.delete(key)
    await write.done
  }

  async clear(): Promise<void> {
    const database = await this.#database
    const write = database.transaction(STORES, 'readwrite')
    for (const name of STORES) void write.objectStore(name).clear()
    await write.done
  }

  /** Unless it is gone meanwhile. */
  async #replaceOutgoing(stored: StoredOutgoing): Promise<void> {
    const write = (await this.#database).transaction('outgoing', 'readwrite')
    const key = await write.store.index('clientId').getKey(stored.clientId)
    if (key !== undefined) await write.store.put(stored, key)
    await write.done
  }
}
