import { MAX_BYTES_PER_FRAME } from '../../protocol/limits.ts'
import { utf8Length } from '../../protocol/text.ts'
import type { History } from '../../protocol/http.ts'
import type { Message } from '../../protocol/objects.ts'
import { toMessage, type MessageRow } from './messages.ts'
import type { ChannelState } from './state.ts'

/** Which part of the history: at most one bound, each a messageId, and `limit` messages in all. */
export interface HistoryPage {
  before?: number | undefined
  after?: number | undefined
  around?: number | undefined
  limit: number
}

/**
 * A page of the log in ascending order. It ends early at 1 MiB of text, and says by `hasMore…` that
 * there is more; a message alone may be larger than that.
 */
export function readHistory(state: ChannelState, page: HistoryPage): History {
  const messages = readPage(state, page)
  const first = messages[0]?.messageId ?? page.before ?? page.around ?? (page.after ?? 0) + 1
  const last = messages.at(-1)?.messageId ?? first - 1
  return {
    messages,
    hasMoreBefore: exists(state.sql, 'message_id < ?', first),
    hasMoreAfter: exists(state.sql, 'message_id > ?', last),
  }
}

function readPage(state: ChannelState, { before, after, around, limit }: HistoryPage): Message[] {
  if (after !== undefined) return ascending(state, after, limit, MAX_BYTES_PER_FRAME)
  if (around === undefined) {
    return descending(state, before ?? Number.MAX_SAFE_INTEGER, limit, MAX_BYTES_PER_FRAME)
  }
  // Half of the page before it and the rest, with the message itself first, from there on.
  const half = Math.floor(limit / 2)
  const later = ascending(state, around - 1, limit - half, MAX_BYTES_PER_FRAME / 2)
  return [...descending(state, around, half, MAX_BYTES_PER_FRAME / 2), ...later]
}

function ascending(state: ChannelState, after: number, limit: number, maxBytes: number): Message[] {
  const rows = state.sql.exec<MessageRow>(
    'SELECT * FROM messages WHERE message_id > ? ORDER BY message_id LIMIT ?',
    after,
    limit,
  )
  return take(state, rows, maxBytes)
}

function descending(
  state: ChannelState,
  before: number,
  limit: number,
  maxBytes: number,
): Message[] {
  const rows = state.sql.exec<MessageRow>(
    'SELECT * FROM messages WHERE message_id < ? ORDER BY message_id DESC LIMIT ?',
    before,
    limit,
  )
  return take(state, rows, maxBytes).toReversed()
}

/** Rows until `maxBytes` of text are full; at least one. */
function take(state: ChannelState, rows: Iterable<MessageRow>, maxBytes: number): Message[] {
  const messages: Message[] = []
  let bytes = 0
  for (const row of rows) {
    bytes += utf8Length(row.text)
    if (messages.length > 0 && bytes > maxBytes) break
    messages.push(toMessage(state.identity.channelId, row))
  }
  return messages
}

function exists(sql: SqlStorage, condition: string, bound: number): boolean {
  return !sql.exec(`SELECT 1 FROM messages WHERE ${condition} LIMIT 1`, bound).next().done
}
