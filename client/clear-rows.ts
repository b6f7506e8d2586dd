import { openDB } from 'idb'
import type { StoreSchema } from './indexed-db-store.ts'

/**
 * Clears what an `IndexedDbStore` of this name keeps and the server has too: chats, contacts and messages. Whose
 * they are and what was not sent stays. With the cursor gone no frame goes on from what is kept, so whoever is over it keeps
 * nothing more of what comes, until somebody has read it all from the start. Resolves with about how many bytes it was, rejects if
 * there is no storage.
 */
export async function clearRows(name = 'parley'): Promise<number> {
  const database = await openDB<StoreSchema>(name)
  try {
    const write = database.transaction(['state', 'channels', 'contacts', 'recent'], 'readwrite')
    let bytes = 0
    for (const store of ['channels', 'contacts', 'recent'] as const) {
      const rows = write.objectStore(store)
      bytes += new Blob([JSON.stringify(await rows.getAll())]).size
      void rows.clear()
    }
    void write.objectStore('state').delete('cursor')
    await write.done
    return bytes
  } finally {
    database.close()
  }
}
