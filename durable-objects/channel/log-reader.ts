import { MAX_BYTES_PER_FRAME, MAX_ROWS_PER_FRAME } from '../../protocol/limits.ts'
import type { Message } from '../../protocol/objects.ts'
import { utf8Length } from '../../protocol/text.ts'
import type { IdRange } from './archive/ledger.ts'
import {
  findMessages,
  keysAbove,
  keysAboveWithin,
  newestKeys,
  toMessage,
  type MessageKey,
} from './messages.ts'

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
const TAIL_ROWS = 4_096
const TAIL_BYTES = 4 * 1024 * 1024
/** The oldest part of a full tail goes at once: to shift all rows for each new one would cost more. */
const DROPPED_PART = 1 / 8

/**
 * Reads what lies above a version, in order of version, at most 200 rows or 1 MiB at a time. Rows
 * written a moment ago come from memory, older ones from the table: their sizes first, so that a page of
 * long texts does not load the hundreds of rows that do not fit.
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
    if (row.version > row.messageId) this.forget(row.messageId)
    this.tail.push(row)
    this.tailBytes += row.bytes
    while (this.tail.length > TAIL_ROWS || this.tailBytes > TAIL_BYTES) {
      for (const old of this.tail.splice(0, Math.ceil(this.tail.length * DROPPED_PART))) {
        this.tailFrom = old.version
        this.tailBytes -= old.bytes
      }
    }
  }

  /** The rows in `(after, upTo]`, as many as fit one frame. */
  page(after: number, upTo: number): LogPage {
    const page = new PageBuilder()
    for (const row of this.rows(after, upTo)) if (!page.add(row)) break
    return page.done()
  }

  /** The same of messages within these ranges of ids only. */
  pageWithin(ranges: readonly IdRange[], after: number, upTo: number): LogPage {
    const page = new PageBuilder()
    const keys = keysAboveWithin(this.sql, ranges, after, upTo, MAX_ROWS_PER_FRAME + 1)
    for (const row of this.read(keys)) if (!page.add(row)) break
    return page.done()
  }

  /** The newest messages that fit one frame, at most `limit`, in order of version like every frame. */
  newest(limit: number): LogPage {
    const page = new PageBuilder()
    for (const row of this.read(newestKeys(this.sql, limit))) if (!page.add(row)) break
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
    yield* this.read(keysAbove(this.sql, after, upTo, MAX_ROWS_PER_FRAME + 1))
  }

  /** Where in the tail the first row above `version` is. */
  private firstAbove(version: number): number {
    let low = 0
    let high = this.tail.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.tail[middle]?.version ?? 0) > version) high = middle
      else low = middle + 1
    }
    return low
  }

  /** Reads these rows in this order, about as many at a time as fit one frame. */
  private *read(keys: MessageKey[]): Iterable<LogRow> {
    for (let from = 0, to = 0; from < keys.length; from = to) {
      let bytes = 0
      while (to < keys.length && (to === from || bytes < MAX_BYTES_PER_FRAME)) {
        bytes += keys[to]?.row_bytes ?? 0
        to++
      }
      const ids = keys.slice(from, to).map(({ message_id }) => message_id)
      const found = new Map(findMessages(this.sql, ids).map((row) => [row.message_id, row]))
      for (const id of ids) {
        const row = found.get(id)
        if (row) yield serialise(toMessage(this.channelId, row))
      }
    }
  }

  private forget(messageId: number): void {
    const index = this.tail.findIndex((row) => row.messageId === messageId)
    if (index >= 0) for (const { bytes } of this.tail.splice(index, 1)) this.tailBytes -= bytes
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
