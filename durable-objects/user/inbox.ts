import * as z from 'zod'
import type { UserState } from './state.ts'

const storedMessagesSchema = z.array(z.looseObject({ messageId: z.int() }))

/**
 * Takes older versions of these messages out of the inbox, so that a device that was away gets the
 * latest state only, and what was deleted is gone from here too. Seldom, so it may search.
 */
export function dropFromInbox(state: UserState, channelId: string, messageIds: number[]): void {
  const { sql } = state
  const ids = new Set(messageIds)
  const places = sql
    .exec<{ seq: number; first: number; last: number }>(
      `SELECT seq, first_message_id AS first, last_message_id AS last FROM inbox
       WHERE channel_id = ? AND last_message_id >= ? AND first_message_id <= ?`,
      channelId,
      Math.min(...messageIds),
      Math.max(...messageIds),
    )
    .toArray()
  for (const { seq, first, last } of places) {
    if (messageIds.some((id) => id >= first && id <= last)) dropFromRow(sql, seq, ids)
  }
}

/** One row at a time, for each may hold 1 MiB. */
function dropFromRow(sql: SqlStorage, seq: number, ids: ReadonlySet<number>): void {
  const { messages } = sql
    .exec<{ messages: string }>('SELECT messages FROM inbox WHERE seq = ?', seq)
    .one()
  const stored = storedMessagesSchema.parse(JSON.parse(`[${messages}]`))
  const kept = stored.filter((message) => !ids.has(message.messageId))
  if (kept.length === stored.length) return
  if (kept.length === 0) {
    sql.exec('DELETE FROM inbox WHERE seq = ?', seq)
    return
  }
  sql.exec(
    'UPDATE inbox SET messages = ?, message_count = ? WHERE seq = ?',
    kept.map((message) => JSON.stringify(message)).join(','),
    kept.length,
    seq,
  )
}
