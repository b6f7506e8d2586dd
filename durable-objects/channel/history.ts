import { ok, type Result } from '../../protocol/errors.ts'
import type { History } from '../../protocol/http.ts'
import { MAX_BYTES_PER_FRAME } from '../../protocol/limits.ts'
import type { Message } from '../../protocol/objects.ts'
import type { ArchivePage } from '../../workers/db/archive.ts'
import type { ArchiveReader } from './archive/read.ts'
import { messageAt } from './at-time.ts'
import { findMessage, messageBytes, toMessage, totalBytes, type MessageRow } from './messages.ts'
import type { ChannelState } from './state.ts'

/** Which part of the history: at most one bound, and `limit` messages in all. All but `at` are a messageId. */
export interface HistoryPage {
  before?: number | undefined
  after?: number | undefined
  around?: number | undefined
  /** Around the first message sent at this time or later; see `messageAt`. */
  at?: number | undefined
  limit: number
}

/** Messages strictly between two ids from one end on: what the archive takes too. */
type Span = ArchivePage

/** A span, what is here of it, and from which message on the archive has to be asked. */
interface Part {
  span: Span
  here: Message[]
  /** There may be more here beyond the last one. */
  isFull: boolean
  missing: Span | null
}

/**
 * A page of the log in ascending order. It ends early at 1 MiB, and says by `hasMore…` that
 * there is more; a message alone may be larger than that. Messages that were dropped here come from the
 * archive; which ones that is, is decided before the first wait, so that none is missed or comes twice
 * while others are dropped. Refuses `unavailable` while the archive does not answer.
 */
export async function readHistory(
  state: ChannelState,
  archive: ArchiveReader,
  asked: HistoryPage,
): Promise<Result<History>> {
  let page = asked
  if (asked.at !== undefined) {
    const around = await messageAt(state, archive, asked.at)
    if (!around.ok) return around
    page = { around: around.value, limit: asked.limit }
  }
  const parts = spansOf(page).map((span) => readHere(state, span))
  const messages: Message[] = []
  for (const part of parts) {
    if (!part.missing) {
      messages.push(...part.here)
      continue
    }
    const archived = await archive.page(state.archive, part.missing)
    if (!archived.ok) return archived
    messages.push(...join(state, part, part.missing, archived.value))
  }
  messages.sort((a, b) => a.messageId - b.messageId)
  const first = messages[0]?.messageId ?? page.before ?? page.around ?? (page.after ?? 0) + 1
  const last = messages.at(-1)?.messageId ?? first - 1
  const { hasDropped, droppedFrom } = state.archive
  return ok({
    messages,
    hasMoreBefore:
      (hasDropped && first > droppedFrom) || exists(state.sql, 'message_id < ?', first),
    // The newest message is always here.
    hasMoreAfter: exists(state.sql, 'message_id > ?', last),
  })
}

function spansOf({ before, after, around, limit }: HistoryPage): Span[] {
  const all = { after: 0, before: Number.MAX_SAFE_INTEGER, limit, maxBytes: MAX_BYTES_PER_FRAME }
  if (after !== undefined) return [{ ...all, after, newestFirst: false }]
  if (around === undefined) {
    return [{ ...all, before: before ?? all.before, newestFirst: true }]
  }
  // Half of the page before it and the rest, with the message itself first, from there on.
  const half = Math.floor(limit / 2)
  const maxBytes = MAX_BYTES_PER_FRAME / 2
  return [
    { ...all, before: around, limit: half, maxBytes, newestFirst: true },
    { ...all, after: around - 1, limit: limit - half, maxBytes, newestFirst: false },
  ]
}

/** What is here of a span. Whatever is missing lies below `droppedBelow`. */
function readHere(state: ChannelState, span: Span): Part {
  const { droppedBelow } = state.archive
  const rows = state.sql.exec<MessageRow>(
    `SELECT * FROM messages WHERE message_id > ? AND message_id < ?
     ORDER BY message_id ${span.newestFirst ? 'DESC' : 'ASC'} LIMIT ?`,
    span.after,
    span.before,
    span.limit,
  )
  const { messages: here, isFull } = take(toMessages(state, rows), span)
  const before = Math.min(span.before, droppedBelow)
  if (span.limit === 0 || span.after + 1 >= before) return { span, here, isFull, missing: null }
  if (!span.newestFirst) return { span, here, isFull, missing: { ...span, before } }
  // Of what was dropped some may be back, with gaps in between that only the archive fills.
  const above = here.filter(({ messageId }) => messageId >= droppedBelow)
  if (isFull && above.length === here.length) return { span, here, isFull, missing: null }
  const limit = span.limit - above.length
  const maxBytes = Math.max(1, span.maxBytes - totalBytes(above))
  return { span, here, isFull, missing: { ...span, before, limit, maxBytes } }
}

/**
 * Puts together what was here when the archive was asked and what it answered. A message that is in both
 * counts as it is here, also if it has come back in the meantime.
 */
function join(state: ChannelState, part: Part, asked: Span, archived: Message[]): Message[] {
  const { span, here, isFull } = part
  const isCut = archived.length >= asked.limit || totalBytes(archived) >= asked.maxBytes
  // Beyond the last row of an answer that was cut there may be more that it did not get to.
  const ends = [isCut ? archived.at(-1) : undefined, isFull ? here.at(-1) : undefined]
  const isWithin = ({ messageId }: Message): boolean =>
    ends.every(
      (end) => !end || (span.newestFirst ? messageId >= end.messageId : messageId <= end.messageId),
    )
  const byId = new Map<number, Message>()
  for (const message of [...archived, ...here]) {
    if (isWithin(message)) byId.set(message.messageId, message)
  }
  const fresh = Array.from(byId.values(), (message) => {
    const row = findMessage(state.sql, message.messageId)
    return row && row.version > message.version ? toMessage(state.identity.channelId, row) : message
  })
  const direction = span.newestFirst ? -1 : 1
  fresh.sort((a, b) => direction * (a.messageId - b.messageId))
  return take(fresh, span).messages
}

/** Messages until `limit` or `maxBytes` are full; at least one. */
function take(
  messages: Iterable<Message>,
  { limit, maxBytes }: Span,
): { messages: Message[]; isFull: boolean } {
  const taken: Message[] = []
  let bytes = 0
  for (const message of messages) {
    bytes += messageBytes(message)
    if (taken.length >= limit || (taken.length > 0 && bytes > maxBytes)) {
      return { messages: taken, isFull: true }
    }
    taken.push(message)
  }
  return { messages: taken, isFull: taken.length >= limit }
}

function* toMessages(state: ChannelState, rows: Iterable<MessageRow>): Iterable<Message> {
  for (const row of rows) yield toMessage(state.identity.channelId, row)
}

function exists(sql: SqlStorage, condition: string, bound: number): boolean {
  return !sql.exec(`SELECT 1 FROM messages WHERE ${condition} LIMIT 1`, bound).next().done
}
