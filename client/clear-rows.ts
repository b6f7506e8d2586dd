import { openDB } from 'idb'
import { newClientId } from './client-id.ts'
import type { StoreSchema } from './indexed-db-store.ts'

/**
 * Clears what an `IndexedDbStore` of this name keeps and the server has too: chats, contacts and messages. Whose
 * they are and what was not sent stays. Whoever is over it keeps no more of what comes, for it would lack what came
 * before, until started anew; then it is read from the start. Resolves with about how many bytes it was, rejects if
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
    const state = write.objectStore('state')
    void state.delete('cursor')
    void state.put(newClientId(), 'cleared')
    await write.done
    return bytes
  } finally {
    database.close()
  }
}
