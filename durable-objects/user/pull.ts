import { MAX_BYTES_PER_FRAME, MAX_ROWS_PER_FRAME } from '../../protocol/limits.ts'
import { utf8Length } from '../../protocol/text.ts'
import type { Position, RowsFrame } from '../shared/connection.ts'
import type { StoredRows } from './deliver.ts'
import type { UserState } from './state.ts'

/** One `sync` frame. */
export interface Pulled extends RowsFrame {
  reset: boolean
  more: boolean
}

/**
 * The next `sync` frame above a device's cursor: what changed, each row whole, in order, at most 200
 * rows or 1 MiB. A cursor of 0, below what the inbox holds, or above the counter resets the device:
 * then the frames are the whole list of channels and contacts.
 *
 * Inside a reset of several frames the cursor is negative, the last row listed so far: whoever comes
 * back with it, by socket or by polling, goes on from there.
 */
export function pull(state: UserState, position: Position): Pulled {
  const { cursor } = position
  const resumes = cursor < 0 && position.resetUntil !== null
  if (resumes) return pullReset(state, -cursor, position.resetUntil ?? state.counter, false)
  if (cursor <= 0 || cursor < state.inboxFloor || cursor > state.counter) {
    return pullReset(state, 0, state.counter, true)
  }
  return pullChanges(state, cursor)
}

/**
 * The frame for devices that were up to date before a delivery, made of what was just stored: the
 * common case, in which no table is read. Null if it does not fit one frame.
 */
export function pullLive(state: UserState, { messages, channel }: StoredRows): Pulled | null {
  const page = new Page()
  if (messages) {
    const { json, count } = messages
    page.addMessages({ seq: state.counter, messages: json, message_count: count })
  }
  page.addChannel({ seq: state.counter, channel, members: null })
  if (page.full !== null) return null
  return page.finish({ cursor: state.counter, resetUntil: null }, false, false)
}

/** Whether there is anything for a device at `position`. */
export function hasNews(state: UserState, position: Position): boolean {
  return position.cursor !== state.counter
}

/**
 * A frame of the list of channels and contacts, from the row `listed` on. It runs to the very end, rows that change
 * meanwhile included; then the device goes on at `until`, where the counter was when the list began, so
 * that it misses no message in between.
 */
function pullReset(state: UserState, listed: number, until: number, isFirst: boolean): Pulled {
  const page = new Page()
  for (const add of rowsBySeq(
    page,
    channelRows(state, listed, 0),
    contactRows(state, listed, false),
  ))
    if (!add()) break
  const done = page.full === null
  const next: Position = done
    ? { cursor: until, resetUntil: null }
    : { cursor: -page.lastSeq, resetUntil: until }
  return page.finish(next, isFirst, !done || until < state.counter)
}

function pullChanges(state: UserState, cursor: number): Pulled {
  const page = new Page()
  const channels = channelRows(state, cursor, cursor)
  const contacts = contactRows(state, cursor, true)
  for (const add of rowsBySeq(page, channels, contacts, inboxRows(state, cursor))) {
    if (!add()) break
  }
  const done = page.full === null
  return page.finish(
    { cursor: done ? state.counter : page.lastSeq, resetUntil: null },
    false,
    !done,
  )
}

/** What adds the rows to the page one after the other, in the order in which they changed. */
function* rowsBySeq(
  page: Page,
  channels: Iterable<ChannelRow>,
  contacts: Iterable<ContactRow>,
  messages: Iterable<InboxRow> = [],
): Iterable<() => boolean> {
  const sources = [
    new Source(messages, (row) => page.addMessages(row)),
    new Source(channels, (row) => page.addChannel(row)),
    new Source(contacts, (row) => page.addContact(row)),
  ]
  for (;;) {
    const first = sources.reduce((a, b) => (b.seq < a.seq ? b : a))
    if (first.seq === Number.POSITIVE_INFINITY) return
    yield () => first.take()
  }
}

/** One table's rows, of which the next is looked at before it is taken. */
class Source<Row extends { seq: number }> {
  private readonly rows: Iterator<Row>
  private next: IteratorResult<Row>

  constructor(
    rows: Iterable<Row>,
    private readonly add: (row: Row) => boolean,
  ) {
    this.rows = rows[Symbol.iterator]()
    this.next = this.rows.next()
  }

  get seq(): number {
    return this.next.done ? Number.POSITIVE_INFINITY : this.next.value.seq
  }

  take(): boolean {
    if (this.next.done || !this.add(this.next.value)) return false
    this.next = this.rows.next()
    return true
  }
}

type InboxRow = { seq: number; messages: string; message_count: number }
type ChannelRow = { seq: number; channel: string; members: string | null }
type ContactRow = { seq: number; contact: string }

function inboxRows(state: UserState, after: number): Iterable<InboxRow> {
  if (!state.exists) return []
  return state.sql.exec<InboxRow>(
    'SELECT seq, messages, message_count FROM inbox WHERE seq > ? ORDER BY seq LIMIT ?',
    after,
    MAX_ROWS_PER_FRAME + 1,
  )
}

/** Channels that changed above `after`, with members where those changed above `seen`. */
function channelRows(state: UserState, after: number, seen: number): Iterable<ChannelRow> {
  if (!state.exists) return []
  return state.sql.exec<ChannelRow>(
    `SELECT c.seq, c.channel, CASE WHEN m.seq > ?2 THEN m.members END AS members
     FROM channels c LEFT JOIN channel_members m USING (channel_id)
     WHERE c.seq > ?1 ORDER BY c.seq LIMIT ?3`,
    after,
    seen,
    MAX_ROWS_PER_FRAME + 1,
  )
}

/** Contacts that changed above `after`; those who are none any more only for who may have them still. */
function contactRows(state: UserState, after: number, withFormer: boolean): Iterable<ContactRow> {
  if (!state.exists) return []
  return state.sql.exec<ContactRow>(
    `SELECT seq, contact FROM contacts WHERE seq > ?1 AND (?2 OR state <> 'none')
     ORDER BY seq LIMIT ?3`,
    after,
    Number(withFormer),
    MAX_ROWS_PER_FRAME + 1,
  )
}

/** Collects rows until one does not fit. */
class Page {
  private readonly messages: string[] = []
  private readonly channels: string[] = []
  private readonly contacts: string[] = []
  private rows = 0
  private bytes = 0
  lastSeq = 0
  /** The first row that did not fit, or null. */
  full: number | null = null

  addMessages(row: InboxRow): boolean {
    if (!this.fits(row.seq, row.messages, row.message_count)) return false
    this.messages.push(row.messages)
    return true
  }

  addChannel(row: ChannelRow): boolean {
    const json = row.members === null ? row.channel : withMembers(row.channel, row.members)
    if (!this.fits(row.seq, json, 1)) return false
    this.channels.push(json)
    return true
  }

  addContact(row: ContactRow): boolean {
    if (!this.fits(row.seq, row.contact, 1)) return false
    this.contacts.push(row.contact)
    return true
  }

  finish(next: Position, reset: boolean, more: boolean): Pulled {
    // The rows are JSON already, so the frame is put together as text and nothing is parsed.
    const json =
      `{"t":"sync","cursor":${next.cursor},"messages":[${this.messages.join(',')}],` +
      `"channels":[${this.channels.join(',')}],"contacts":[${this.contacts.join(',')}],"reset":${reset},"more":${more}}`
    return { json, bytes: this.bytes + 100, next, reset, more }
  }

  private fits(seq: number, json: string, count: number): boolean {
    if (this.full !== null) return false
    const rows = this.rows + count
    const bytes = this.bytes + utf8Length(json)
    if (this.rows > 0 && (rows > MAX_ROWS_PER_FRAME || bytes > MAX_BYTES_PER_FRAME)) {
      this.full = seq
      return false
    }
    this.rows = rows
    this.bytes = bytes
    this.lastSeq = seq
    return true
  }
}

/** Puts the list of members into a stored channel, which ends with `"members":null}`. */
export function withMembers(channel: string, members: string): string {
  const tail = '"members":null}'
  return `${channel.slice(0, -tail.length)}"members":${members}}`
}
