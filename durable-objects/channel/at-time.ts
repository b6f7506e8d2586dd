import { ok, type Result } from '../../protocol/errors.ts'
import type { ArchiveReader } from './archive/read.ts'
import type { ChannelState } from './state.ts'

/** Where a message stands in the log, and when it was sent. */
interface Sent {
  messageId: number
  createdAt: number
}

/**
 * The id of the first message that was sent at `at` (Unix milliseconds) or later; of the newest one if
 * none was. Ids ascend in time as far as the channel's clock goes forwards, so halving finds it in some
 * twenty looks, whatever the length of the log. Refuses `unavailable` while the archive does not answer
 * for what was dropped here.
 */
export async function messageAt(
  state: ChannelState,
  archive: ArchiveReader,
  at: number,
): Promise<Result<number>> {
  const { sql, archive: ledger } = state
  const { droppedBelow, droppedFrom, hasDropped } = ledger
  const newest = newestId(sql)
  const here = (from: number): Promise<Result<Sent | null>> =>
    Promise.resolve(ok(firstHere(sql, Math.max(from, droppedBelow))))
  const oldestHere = firstHere(sql, droppedBelow)
  if (hasDropped && oldestHere && oldestHere.createdAt >= at) {
    const there = await firstSince(at, droppedFrom, droppedBelow - 1, async (from) => {
      const span = { after: from - 1, before: droppedBelow, newestFirst: false, limit: 1 }
      const page = await archive.page(ledger, { ...span, maxBytes: 1 })
      return page.ok ? ok(page.value[0] ?? null) : page
    })
    return there.ok ? ok(there.value ?? oldestHere.messageId) : there
  }
  const found = await firstSince(at, droppedBelow, newest, here)
  return found.ok ? ok(found.value ?? newest) : found
}

/** Halves the ids from `low` to `high`, given the first message from an id on. */
async function firstSince(
  at: number,
  low: number,
  high: number,
  firstFrom: (messageId: number) => Promise<Result<Sent | null>>,
): Promise<Result<number | null>> {
  let found: number | null = null
  while (low <= high) {
    const middle = Math.floor((low + high) / 2)
    const first = await firstFrom(middle)
    if (!first.ok) return first
    if (first.value && first.value.createdAt < at) {
      low = first.value.messageId + 1
    } else {
      found = first.value?.messageId ?? found
      high = middle - 1
    }
  }
  return ok(found)
}

function firstHere(sql: SqlStorage, from: number): Sent | null {
  const row = sql
    .exec<{ message_id: number; created_at: number }>(
      'SELECT message_id, created_at FROM messages WHERE message_id >= ? ORDER BY message_id LIMIT 1',
      from,
    )
    .toArray()[0]
  return row ? { messageId: row.message_id, createdAt: row.created_at } : null
}

function newestId(sql: SqlStorage): number {
  return sql.exec<{ id: number | null }>('SELECT max(message_id) AS id FROM messages').one().id ?? 0
}
