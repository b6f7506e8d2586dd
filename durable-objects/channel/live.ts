import type * as z from 'zod'
import type { channelHelloSchema } from '../../protocol/channel-socket.ts'
import { CLOSE } from '../../protocol/close-codes.ts'
import { CHANNEL_RESET_ROWS, MAX_REPLAY_ROWS } from '../../protocol/limits.ts'
import type { Connection, RowsFrame } from '../shared/connection.ts'
import type { Sockets } from '../shared/sockets.ts'
import type { LogPage } from './log-reader.ts'
import type { ChannelMember } from './members.ts'
import type { ChannelState } from './state.ts'

/**
 * The live lane: what is written goes to every socket that has the conversation open, in one frame
 * and without another hop. A socket's position is the version up to which it was sent everything.
 */
export class LiveLane {
  constructor(
    private readonly state: ChannelState,
    private readonly sockets: Pick<Sockets<unknown>, 'open' | 'dropIfSilent'>,
  ) {}

  /** Says hello to a socket that was just accepted, and sends what it lacks. */
  attach(connection: Connection, member: ChannelMember): void {
    const { cursor } = connection.position
    const { log, newestVersion } = this.state
    const reset = cursor <= 0 || log.hasMoreThan(MAX_REPLAY_ROWS, cursor, newestVersion)
    const hello: z.infer<typeof channelHelloSchema> = {
      t: 'hello',
      channel: this.state.describe(member),
      version: newestVersion,
      reset,
    }
    connection.send(JSON.stringify(hello))
    if (reset) connection.push(this.frame(log.newest(CHANNEL_RESET_ROWS), newestVersion))
    else if (cursor > newestVersion) connection.moveTo(newestVersion)
    this.flush(connection)
  }

  /**
   * Sends everyone what was written above `before`: one frame for all who were up to date. Whoever is
   * not a member any more gets their leaving and not a word after it, and is closed.
   */
  publish(before: number): void {
    if (before === this.state.newestVersion) return
    let frame: RowsFrame | null = null
    for (const connection of this.sockets.open()) {
      if (!this.state.member(connection.userId)) {
        this.dismiss(connection)
        continue
      }
      if (connection.position.cursor === before && connection.hasRoom) {
        frame ??= this.frameAbove(before, this.state.newestVersion)
        connection.push(frame)
      }
      this.flush(connection)
    }
  }

  /** Sends a socket what it lacks, as far as its window goes; one that does not live is let go. */
  flush(connection: Connection): void {
    this.flushUpTo(connection, this.state.newestVersion)
  }

  /** Sends members frames that are not stored, such as typing; none to whom `frameFor` has null for. */
  tell(frameFor: (userId: string) => string | null): void {
    for (const connection of this.sockets.open()) {
      const isMember = this.state.member(connection.userId) !== undefined
      const frame = isMember ? frameFor(connection.userId) : null
      if (frame !== null) connection.send(frame)
    }
  }

  private dismiss(connection: Connection): void {
    const former = this.state.members.get(connection.userId)
    if (former) this.flushUpTo(connection, former.version)
    connection.close(CLOSE.notInChannel, 'no longer in this channel')
  }

  private flushUpTo(connection: Connection, version: number): void {
    while (connection.position.cursor < version) {
      if (!connection.hasRoom) return this.sockets.dropIfSilent(connection)
      connection.push(this.frameAbove(connection.position.cursor, version))
    }
  }

  private frameAbove(after: number, upTo: number): RowsFrame {
    const page = this.state.log.page(after, upTo)
    return this.frame(page, page.cutAt ?? upTo)
  }

  private frame(page: LogPage, version: number): RowsFrame {
    const rows = page.rows.map(({ json }) => json).join(',')
    const more = page.cutAt !== null
    const json =
      `{"t":"messages","channelId":${JSON.stringify(this.state.identity.channelId)},` +
      `"messages":[${rows}],"version":${version},"more":${more}}`
    return { json, bytes: page.bytes + 100, next: { cursor: version, resetUntil: null } }
  }
}
