import * as z from 'zod'
import type { UserState } from '../state.ts'

/** Whom each open socket shows. Kept in a table, for an object that sleeps forgets everything else. */

const listSchema = z.string().transform((json) => z.array(z.string()).parse(JSON.parse(json)))

/** Replaces what a socket shows. Belongs into a block that writes. */
export function saveWatchList(state: UserState, socketId: string, userIds: string[]): void {
  if (userIds.length === 0) return dropWatchList(state, socketId)
  state.sql.exec(
    'INSERT OR REPLACE INTO watch_lists (socket_id, user_ids) VALUES (?, ?)',
    socketId,
    JSON.stringify(userIds),
  )
}

export function dropWatchList(state: UserState, socketId: string): void {
  if (state.exists) state.sql.exec('DELETE FROM watch_lists WHERE socket_id = ?', socketId)
}

/** What each of these sockets shows; lists of sockets that are gone without a word are dropped. */
export function readWatchLists(
  state: UserState,
  open: ReadonlySet<string>,
): Map<string, ReadonlySet<string>> {
  const lists = new Map<string, ReadonlySet<string>>()
  if (!state.exists) return lists
  const rows = state.sql
    .exec<{ socket_id: string; user_ids: string }>('SELECT socket_id, user_ids FROM watch_lists')
    .toArray()
  for (const { socket_id: socketId, user_ids: userIds } of rows) {
    if (open.has(socketId)) lists.set(socketId, new Set(listSchema.parse(userIds)))
    else dropWatchList(state, socketId)
  }
  return lists
}
