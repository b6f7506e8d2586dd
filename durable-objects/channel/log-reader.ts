import { MAX_BYTES_PER_FRAME, MAX_ROWS_PER_FRAME } from '../../protocol/limits.ts'
import type { Message } from '../../protocol/objects.ts'
import { utf8Length } from '../../protocol/text.ts'
import { findMessage, keysAbove, toMessage } from './messages.ts'

/** A row of the log, serialised once for all who are told of it. */
export interface LogRow {
  messageId: number
  version: number
  /** The Message of the contract, as JSON. */
  json: string
  bytes: number
}

/** Rows in order of version; `cutAt` is the last one's version if there are more, else null. */
export interface LogPage {
  rows: LogRow[]
  bytes: number
  cutAt: number | null
}

/** The tail of the log that is kept in memory, for the sockets and inboxes that are nearly up to date. */
const TAIL_ROWS = 512
const TAIL_BYTES = 4 * 1024 * 1024

/**
 * Reads what lies above a version, in order of version, at most 200 rows or 1 MiB at a time. Rows
 * written a moment ago come from memory, older ones from the table: by key, one after the other, so
 * that a page of long texts does not load the hundreds of rows that do not fit.
 */
export class LogReader {
  private tail: LogRow[] = []
  private tailBytes = 0

  /** Everything above `tailFrom` is in the tail. */
  constructor(
    private readonly sql: SqlStorage,
    private readonly channelId: string,
    private tailFrom: number,
  ) {}

  /** Takes a row that was just written; its version is the highest there is. */
  append(message: Message): void {
    const row = serialise(message)
    const older = this.tail.findIndex(({ messageId }) => messageId === message.messageId)
    if (older >= 0) this.drop(older)
    this.tail.push(row)
    this.tailBytes += row.bytes
    while (this.tail.length > TAIL_ROWS || this.tailBytes > TAIL_BYTES) {
      this.tailFrom = this.tail[0]?.version ?? this.tailFrom
      this.drop(0)
    }
  }

  /** The rows in `(after, upTo]`, as many as fit one frame. */
  page(after: number, upTo: number): LogPage {
    const page = new PageBuilder()
    for (const row of this.rows(after, upTo)) if (!page.add(row)) break
    return page.done()
  }

  /** The newest messages that fit one frame, at most `limit`, in order of version like every frame. */
  newest(limit: number): LogPage {
    const page = new PageBuilder()
    const keys = this.sql.exec<{ message_id: number }>(
      'SELECT message_id FROM messages ORDER BY message_id DESC LIMIT ?',
      limit,
    )
    for (const { message_id } of keys.toArray()) {
      const row = this.read(message_id)
      if (row && !page.add(row)) break
    }
    const { rows, bytes } = page.done()
    return { rows: rows.toSorted((a, b) => a.version - b.version), bytes, cutAt: null }
  }

  /** Whether more than `limit` rows lie above `after`. */
  hasMoreThan(limit: number, after: number, upTo: number): boolean {
    return keysAbove(this.sql, after, upTo, limit + 1).length > limit
  }

  private *rows(after: number, upTo: number): Iterable<LogRow> {
    if (after >= this.tailFrom) {
      for (let i = this.firstAbove(after); i < this.tail.length; i++) {
        const row = this.tail[i]
        if (!row || row.version > upTo) return
        yield row
      }
      return
    }
    for (const key of keysAbove(this.sql, after, upTo, MAX_ROWS_PER_FRAME + 1)) {
      const row = this.read(key.message_id)
      if (row) yield row
    }
  }

  /** Most readers are a row or two behind, so the search starts at the end. */
  private firstAbove(version: number): number {
    let index = this.tail.length
    while (index > 0 && (this.tail[index - 1]?.version ?? 0) > version) index--
    return index
  }

  private read(messageId: number): LogRow | null {
    const row = findMessage(this.sql, messageId)
    return row ? serialise(toMessage(this.channelId, row)) : null
  }

  private drop(index: number): void {
    this.tailBytes -= this.tail[index]?.bytes ?? 0
    this.tail.splice(index, 1)
  }
}

class PageBuilder {
  private readonly rows: LogRow[] = []
  private bytes = 0
  private cutAt: number | null = null

  add(row: LogRow): boolean {
    const isFull =
      this.rows.length >= MAX_ROWS_PER_FRAME || this.bytes + row.bytes > MAX_BYTES_PER_FRAME
    if (this.rows.length > 0 && isFull) {
      this.cutAt = this.rows.at(-1)?.version ?? null
      return false
    }
    this.rows.push(row)
    this.bytes += row.bytes
    return true
  }

  done(): LogPage {
    return { rows: this.rows, bytes: this.bytes, cutAt: this.cutAt }
  }
}

function serialise(message: Message): LogRow {
  const json = JSON.stringify(message)
  return {
    messageId: message.messageId,
    version: message.version,
    json,
    bytes: utf8Length(json),
  }
}
