import { createHash } from 'node:crypto'
import { findByClientId } from '../messages.ts'
import type { ChannelState } from '../state.ts'

/**
 * Sending one `clientId` again stores nothing, also when the message itself was dropped. What stays of it
 * here is a hash of sender and `clientId` with the message's id, some 20 bytes a message: the hash only
 * says where to look, the archived message says whether it is the same.
 */

/** Remembers who sent which of these under which `clientId`. */
export function rememberSends(
  sql: SqlStorage,
  rows: { message_id: number; user_id: string; client_id: string | null }[],
): void {
  for (const row of rows) {
    if (row.client_id === null) continue
    sql.exec(
      'INSERT OR IGNORE INTO dropped_sends (hash, message_id) VALUES (?, ?)',
      hashOf(row.user_id, row.client_id),
      row.message_id,
    )
  }
}

/** Dropped messages that may be the one `userId` sent as `clientId`: one, and hardly ever more. */
export function droppedSends(state: ChannelState, userId: string, clientId: string): number[] {
  if (!state.archive.hasDropped || findByClientId(state.sql, userId, clientId)) return []
  return state.sql
    .exec<{ message_id: number }>(
      'SELECT message_id FROM dropped_sends WHERE hash = ? ORDER BY message_id',
      hashOf(userId, clientId),
    )
    .toArray()
    .map((row) => row.message_id)
}

/** 52 bits, which a JavaScript number holds exactly. */
function hashOf(userId: string, clientId: string): number {
  const hash = createHash('sha256').update(JSON.stringify([userId, clientId]))
  return Number.parseInt(hash.digest('hex').slice(0, 13), 16)
}
