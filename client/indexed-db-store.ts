import { openDB, type DBSchema, type IDBPDatabase, type IDBPTransaction } from 'idb'
import type { Channel, Contact } from '../protocol/objects.ts'
import type { SyncFrame } from '../protocol/user-socket.ts'
import type { Outgoing } from './outgoing.ts'
import { readSaved, writeOutgoing, type StoredOutgoing } from './saved-state.ts'
import type { Saved, Store } from './store.ts'

interface Schema extends DBSchema {
  /** `userId` and `cursor`. */
  state: { key: 'userId' | 'cursor'; value: string | number }
  channels: { key: string; value: Channel }
  contacts: { key: string; value: Contact }
  /** By the order they were written in; the index finds one again. */
  outgoing: {
    key: number
    value: StoredOutgoing
    indexes: { clientId: string }
  }
}

const STORES = ['state', 'channels', 'contacts', 'outgoing'] as const

type Database = IDBPDatabase<Schema>
type Write = IDBPTransaction<Schema, ('state' | 'channels' | 'contacts')[], 'readwrite'>

/**
 * A store in a browser's IndexedDB: a page that is loaded again goes on from its cursor, and what was
 * not sent is sent then. Windows of one browser share it; messages are not in it.
 */
export class IndexedDbStore implements Store {
  readonly #database: Promise<Database>

  /** @param name one for each account service, if a page has several. */
  constructor(name = 'parley') {
    this.#database = openDB<Schema>(name, 1, {
      upgrade(database) {
        database.createObjectStore('state')
        database.createObjectStore('channels', { keyPath: 'channelId' })
        database.createObjectStore('contacts', { keyPath: 'user.userId' })
        const outgoing = database.createObjectStore('outgoing', { autoIncrement: true })
        outgoing.createIndex('clientId', 'clientId', { unique: true })
      },
    })
    // Switched off or broken: told by the first call, not as an error nobody has caught.
    this.#database.catch(() => undefined)
  }

  async load(): Promise<Saved> {
    const database = await this.#database
    const [userId, cursor, channels, contacts, outgoing] = await Promise.all([
      database.get('state', 'userId'),
      database.get('state', 'cursor'),
      database.getAll('channels'),
      database.getAll('contacts'),
      database.getAll('outgoing'),
    ])
    const rows = { userId: userId ?? null, cursor: cursor ?? 0, channels, contacts }
    return readSaved({ ...rows, outgoing })
  }

  async saveUser(userId: string): Promise<void> {
    await (await this.#database).put('state', userId, 'userId')
  }

  async saveSync(frame: SyncFrame): Promise<void> {
    const database = await this.#database
    const write: Write = database.transaction(['state', 'channels', 'contacts'], 'readwrite')
    const channels = write.objectStore('channels')
    const contacts = write.objectStore('contacts')
    if (frame.reset) {
      await Promise.all([channels.clear(), contacts.clear()])
    }
    for (const channel of frame.channels) {
      const members = channel.members ?? (await channels.get(channel.channelId))?.members ?? null
      void channels.put({ ...channel, members })
    }
    for (const contact of frame.contacts) {
      if (contact.state === 'none') void contacts.delete(contact.user.userId)
      else void contacts.put(contact)
    }
    void write.objectStore('state').put(frame.cursor, 'cursor')
    await write.done
  }

  async saveChannel(channel: Channel): Promise<void> {
    await (await this.#database).put('channels', channel)
  }

  async saveOutgoing(outgoing: Outgoing): Promise<void> {
    const write = (await this.#database).transaction('outgoing', 'readwrite')
    const key = await write.store.index('clientId').getKey(outgoing.clientId)
    await write.store.put(writeOutgoing(outgoing), key)
    await write.done
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
}
