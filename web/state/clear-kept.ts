import { clearRows } from '../../client/clear-rows.ts'
import { client } from './client.ts'
import { keep, kept } from './kept.ts'
import { closeSearch } from './search.ts'

/** How many bytes were cleared just before the page was loaded again, in this window. */
const CLEARED = 'cleared'

/**
 * Clears the chats and messages that this browser keeps, and loads the page again, which reads what it needs.
 * Drafts and what was not sent stay. Rejects if the storage cannot be opened.
 */
export async function clearKept(): Promise<void> {
  client.close()
  try {
    keep(CLEARED, String(await clearRows()), 'sessionStorage')
  } catch (caught) {
    void client.connect()
    throw caught
  }
  closeSearch()
  location.reload()
}

/** How many bytes `clearKept` has cleared in this window; told once. */
export function takeCleared(): number | null {
  const bytes = kept(CLEARED, 'sessionStorage')
  keep(CLEARED, null, 'sessionStorage')
  return bytes === null ? null : Number(bytes)
}
