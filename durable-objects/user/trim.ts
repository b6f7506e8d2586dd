import { INBOX_MAX_AGE_MS, INBOX_MAX_ROWS } from '../../protocol/limits.ts'
import type { UserState } from './state.ts'

/** Rows dropped in one go, so that trimming never stalls a delivery. */
const MAX_ROWS_PER_TRIM = 1000

/**
 * Drops the oldest inbox rows beyond 10,000 messages or 30 days and raises the floor: a device whose cursor
 * is below it is reset. Synchronous; what is left over goes with the next trim.
 */
export function trimInbox(state: UserState, now: number): void {
  const { sql } = state
  const { messages } = sql
    .exec<{ messages: number }>('SELECT total(message_count) AS messages FROM inbox')
    .one()
  let excess = messages - INBOX_MAX_ROWS
  let floor = 0
  const oldest = sql.exec<{ seq: number; stored_at: number; message_count: number }>(
    'SELECT seq, stored_at, message_count FROM inbox ORDER BY seq LIMIT ?',
    MAX_ROWS_PER_TRIM,
  )
  for (const row of oldest) {
    if (excess <= 0 && row.stored_at >= now - INBOX_MAX_AGE_MS) break
    floor = row.seq
    excess -= row.message_count
  }
  if (floor === 0) return
  sql.exec('DELETE FROM inbox WHERE seq <= ?', floor)
  // Who has not heard by now that somebody is no contact any more is reset, and does not hear of them.
  sql.exec("DELETE FROM contacts WHERE state = 'none' AND seq <= ?", floor)
  state.raiseFloor(floor)
}
