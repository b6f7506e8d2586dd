import type * as z from 'zod'
import type { channelHelloSchema } from '../../protocol/channel-socket.ts'
import {
  CHANNEL_RESET_ROWS,
  MAX_BYTES_PER_FRAME,
  MAX_REPLAY_ROWS,
  MAX_ROWS_PER_FRAME,
} from '../../protocol/limits.ts'
import { utf8Length } from '../../protocol/text.ts'
import type { Connection, RowsFrame } from '../shared/connection.ts'
import type { ChannelMember } from './members.ts'
import { newestRows, rowsAbove, toMessage, type MessageRow } from './messages.ts'
import type { ChannelState } from './state.ts'

/**
 * The live lane: what is written goes to every socket that has the conversation open, in one frame
 * and without another hop. A socket's position is the version up to which it was sent everything.
 */
export class LiveLane {
  constructor(
    private readonly state: ChannelState,
    private readonly open: () => Connection[],
  ) {}

  /** Who has the conversation open right now. */
  attached(): Set<string> {
    return new Set(this.open().map((connection) => connection.userId))
  }

  /** Says hello to a socket that was just accepted, and sends what it lacks. */
  attach(connection: Connection, member: ChannelMember): void {
    const { cursor } = connection.position
    const newest = this.state.newestVersion
    const reset = cursor < newest && (cursor <= 0 || this.isFarBehind(cursor))
    const hello: z.infer<typeof channelHelloSchema> = {
      t: 'hello',
      channel: this.state.describe(member, true),
      version: newest,
      reset,
    }
    connection.send(JSON.stringify(hello))
    if (reset) connection.push(this.newestFrame())
    else if (cursor > newest) connection.moveTo(newest)
    this.flush(connection)
  }

  /** Sends everyone what was written above `before`: one frame for all who were up to date. */
  publish(before: number): void {
    if (before === this.state.newestVersion) return
    let frame: RowsFrame | null = null
    for (const connection of this.open()) {
      if (connection.position.cursor === before && connection.hasRoom) {
        frame ??= this.frameAbove(before)
        connection.push(frame)
      }
      this.flush(connection)
    }
  }

  /** Sends a socket what it lacks, as far as its window goes. */
  flush(connection: Connection): void {
    while (connection.hasRoom && connection.position.cursor < this.state.newestVersion) {
      connection.push(this.frameAbove(connection.position.cursor))
    }
  }

  /** Sends a frame that is not stored, such as typing, to everyone but `exceptUserId`. */
  tell(frame: object, exceptUserId: string | null): void {
    const json = JSON.stringify(frame)
    for (const connection of this.open()) {
      if (connection.userId !== exceptUserId) connection.send(json)
    }
  }

  private isFarBehind(version: number): boolean {
    const { newestVersion, sql } = this.state
    const rows = rowsAbove(sql, version, newestVersion, MAX_REPLAY_ROWS + 1)
    return rows.toArray().length > MAX_REPLAY_ROWS
  }

  private frameAbove(version: number): RowsFrame {
    const { sql, newestVersion } = this.state
    const page = this.take(rowsAbove(sql, version, newestVersion, MAX_ROWS_PER_FRAME + 1))
    const upTo = page.full ? page.lastVersion : newestVersion
    return this.frame(page.rows, page.bytes, upTo)
  }

  /** The newest rows that fit one frame, for a socket that starts anew. */
  private newestFrame(): RowsFrame {
    const page = this.take(newestRows(this.state.sql, CHANNEL_RESET_ROWS))
    return this.frame(page.rows.toReversed(), page.bytes, this.state.newestVersion)
  }

  private take(rows: Iterable<MessageRow>) {
    const page = { rows: [] as string[], bytes: 0, lastVersion: 0, full: false }
    for (const row of rows) {
      const json = JSON.stringify(toMessage(this.state.identity.channelId, row))
      const bytes = utf8Length(json)
      const isFull =
        page.rows.length >= MAX_ROWS_PER_FRAME || page.bytes + bytes > MAX_BYTES_PER_FRAME
      if (page.rows.length > 0 && isFull) {
        page.full = true
        break
      }
      page.rows.push(json)
      page.bytes += bytes
      page.lastVersion = row.version
    }
    return page
  }

  private frame(rows: string[], bytes: number, version: number): RowsFrame {
    const more = version < this.state.newestVersion
    const json =
      `{"t":"messages","channelId":${JSON.stringify(this.state.identity.channelId)},` +
      `"messages":[${rows.join(',')}],"version":${version},"more":${more}}`
    return { json, bytes: bytes + 100, next: { cursor: version, resetUntil: null } }
  }
}
