import { openDB, type DBSchema, type IDBPDatabase } from 'idb'

interface Schema extends DBSchema {
  /** `userId`: whose notifications are shown in this browser; `language`: that of the page, if it was chosen. */
  state: { key: 'userId' | 'language'; value: string }
  /** By channel: up to which message everything was shown or taken back. */
  marks: { key: string; value: number }
}

/**
 * What page and service worker have to remember together about notifications. Pushes may come twice, late
 * and out of order; by the marks each message is shown once, and not after it was taken back.
 */
export class Marks {
  #database: Promise<IDBPDatabase<Schema>> | null = null

  /** Whose notifications are shown here; null for nobody's. */
  async owner(): Promise<string | null> {
    const database = await this.#open()
    return (await database.get('state', 'userId')) ?? null
  }

  /** From now on notifications of this person are shown; the marks of another one go. */
  async setOwner(userId: string): Promise<void> {
    const database = await this.#open()
    const transaction = database.transaction(['state', 'marks'], 'readwrite')
    const state = transaction.objectStore('state')
    if ((await state.get('userId')) !== userId) {
      await transaction.objectStore('marks').clear()
      await state.put(userId, 'userId')
    }
    await transaction.done
  }

  /** The languages that notifications may be in, the best first. */
  async languages(): Promise<string[]> {
    const chosen = await (await this.#open()).get('state', 'language')
    return [...(chosen === undefined ? [] : [chosen]), ...navigator.languages]
  }

  /** Notes in which language the page is; null for the browser's. */
  async setLanguage(tag: string | null): Promise<void> {
    const database = await this.#open()
    if (tag === null) await database.delete('state', 'language')
    else await database.put('state', tag, 'language')
  }

  /** Raises the mark of a channel; false if it was there or above already. */
  async raise(channelId: string, messageId: number): Promise<boolean> {
    const database = await this.#open()
    const transaction = database.transaction('marks', 'readwrite')
    const isHigher = messageId > ((await transaction.store.get(channelId)) ?? 0)
    if (isHigher) await transaction.store.put(messageId, channelId)
    await transaction.done
    return isHigher
  }

  /** Nobody's notifications are shown any more. */
  async forget(): Promise<void> {
    const database = await this.#open()
    const transaction = database.transaction(['state', 'marks'], 'readwrite')
    await transaction.objectStore('state').clear()
    await transaction.objectStore('marks').clear()
    await transaction.done
  }

  #open(): Promise<IDBPDatabase<Schema>> {
    this.#database ??= openDB<Schema>('parley-notifications', 1, {
      upgrade(database) {
        database.createObjectStore('state')
        database.createObjectStore('marks')
      },
      terminated: () => (this.#database = null),
    })
    return this.#database
  }
}
