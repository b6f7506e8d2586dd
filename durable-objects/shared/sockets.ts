import { CLOSE } from '../../protocol/close-codes.ts'
import { fail, type Failure, type Result } from '../../protocol/errors.ts'
import { MAX_FRAME_BYTES, OFFLINE_AFTER_SECONDS } from '../../protocol/limits.ts'
import { utf8Length } from '../../protocol/text.ts'
import { PING, PONG, type Ref } from '../../protocol/user-socket.ts'
import { Connection, type Attachment } from './connection.ts'
import type { ParsedFrame } from './frames.ts'

export interface SocketDeps<Frame> {
  /** False lifts the limit on frames, for load tests. */
  limited: boolean
  parse(text: string): ParsedFrame<Frame>
  /** Does what a frame asks for; the value is what `ok` carries. */
  handle(connection: Connection, frame: Frame): Promise<Result<object>>
}

/**
 * The hibernating sockets of one object: accepts them, finds them again after a sleep, and answers
 * what they send. What a frame means is the object's business.
 */
export class Sockets<Frame> {
  private readonly connections = new WeakMap<WebSocket, Connection>()
  /** Sockets that are over for this object although the runtime may list them a little longer. */
  private readonly over = new WeakSet<WebSocket>()
  private users: Set<string> | null = null

  constructor(
    private readonly ctx: DurableObjectState,
    private readonly deps: SocketDeps<Frame>,
  ) {
    // Heartbeats are answered by the runtime: they neither wake the object nor cost anything.
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, PONG))
  }

  /** Accepts an upgrade for a device; `response` goes back to the edge. */
  accept(who: Omit<Attachment, 'unconfirmed' | 'socketId' | 'openedAt' | 'active'>): {
    connection: Connection
    response: Response
  } {
    const { 0: client, 1: server } = new WebSocketPair()
    this.ctx.acceptWebSocket(server, [who.deviceId])
    const connection = Connection.open(server, {
      ...who,
      unconfirmed: [],
      socketId: crypto.randomUUID(),
      openedAt: Date.now(),
      active: true,
    })
    this.connections.set(server, connection)
    this.users = null
    return { connection, response: new Response(null, { status: 101, webSocket: client }) }
  }

  /** The connection of a socket, or null if what it kept cannot be read. */
  get(ws: WebSocket): Connection | null {
    const known = this.connections.get(ws)
    if (known) return known
    const connection = Connection.wake(ws)
    if (connection) this.connections.set(ws, connection)
    return connection
  }

  /**
   * All sockets that can be sent to. The runtime also lists those that are closing, and one whose
   * session has run out is closed here: heartbeats do not wake the object to see to it.
   */
  open(): Connection[] {
    const now = Date.now()
    const open: Connection[] = []
    for (const ws of this.ctx.getWebSockets()) {
      if (ws.readyState !== WebSocket.OPEN) continue
      const connection = this.get(ws)
      if (!connection) continue
      if (connection.expiresAt > now) open.push(connection)
      else connection.close(CLOSE.unauthenticated, 'session expired')
    }
    return open
  }

  /** The sockets that count for presence: open ones, and those that close and were not told of yet. */
  present(): Connection[] {
    const now = Date.now()
    return this.ctx.getWebSockets().flatMap((ws) => {
      const connection = this.over.has(ws) ? null : this.get(ws)
      return connection && connection.expiresAt > now ? connection : []
    })
  }

  /** When the device behind a socket was last heard: its last `ping`, at first its opening. */
  heardAt(connection: Connection): number {
    const ping = this.ctx.getWebSocketAutoResponseTimestamp(connection.ws)
    return Math.max(ping?.getTime() ?? 0, connection.openedAt)
  }

  /** Lets go of a socket whose device was not heard for 30 s, by `ping` or frame: its network is gone. */
  dropIfSilent(connection: Connection): void {
    if (this.isSilent(connection)) connection.close(CLOSE.noHeartbeat, 'no heartbeat')
  }

  /** Whether somebody looks at one of the devices: it has not said otherwise, and was heard in the last 30 s. */
  isActive(): boolean {
    return this.open().some((connection) => connection.active && !this.isSilent(connection))
  }

  private isSilent(connection: Connection): boolean {
    const heardAt = Math.max(this.heardAt(connection), connection.lastFrameAt)
    return Date.now() - heardAt >= OFFLINE_AFTER_SECONDS * 1000
  }

  /** Who has a socket here. May name somebody whose socket is just closing. */
  connectedUsers(): ReadonlySet<string> {
    this.users ??= new Set(this.open().map((connection) => connection.userId))
    return this.users
  }

  /** To be told of every socket that closed or failed. */
  gone(ws: WebSocket): void {
    this.connections.delete(ws)
    this.over.add(ws)
    this.users = null
  }

  /** Closes every socket of a device whose session has ended. */
  endDevice(deviceId: string): void {
    for (const ws of this.ctx.getWebSockets(deviceId)) {
      this.get(ws)?.close(CLOSE.unauthenticated, 'logged out')
      this.over.add(ws)
    }
  }

  /** Checks what came, has it handled, and answers it if it carried a `ref`. */
  async receive(ws: WebSocket, message: string | ArrayBuffer): Promise<void> {
    // What still comes after the server has closed is not heard any more.
    if (ws.readyState !== WebSocket.OPEN) return
    const connection = this.get(ws)
    if (!connection) {
      ws.close(CLOSE.restarting, 'state lost')
      return
    }
    const now = Date.now()
    connection.lastFrameAt = now
    if (connection.expiresAt <= now) {
      connection.close(CLOSE.unauthenticated, 'session expired')
    } else if (frameBytes(message) > MAX_FRAME_BYTES) {
      connection.close(CLOSE.frameTooLarge, 'frame over 2 MiB')
    } else if (this.deps.limited && connection.frames.take(now) > 0) {
      connection.close(CLOSE.tooManyFrames, 'too many frames', 10)
    } else if (typeof message !== 'string') {
      this.refuse(connection, null, fail('invalid', 'Frames are text'))
    } else if (message === PING) {
      connection.send(PONG)
    } else {
      await this.answer(connection, this.deps.parse(message))
    }
  }

  private async answer(connection: Connection, parsed: ParsedFrame<Frame>): Promise<void> {
    if (!parsed) return
    const { frame, ref } = parsed
    if (!frame.ok) {
      this.refuse(connection, ref, frame)
      return
    }
    const result = await this.handle(connection, frame.value)
    if (ref === null) return
    connection.send(
      result.ok ? JSON.stringify({ t: 'ok', ref, ...result.value }) : errorFrame(ref, result),
    )
  }

  private async handle(connection: Connection, frame: Frame): Promise<Result<object>> {
    try {
      return await this.deps.handle(connection, frame)
    } catch (error) {
      console.error('frame', error instanceof Error ? error.message : String(error))
      return fail('unavailable', 'Something went wrong here, try again', 1)
    }
  }

  /** Answers a bad frame; the twentieth within ten seconds closes the socket. */
  private refuse(connection: Connection, ref: Ref | null, failure: Failure): void {
    connection.send(errorFrame(ref, failure))
    if (connection.badFrames.take(Date.now()) > 0) {
      connection.close(CLOSE.badFrames, 'too many bad frames', 10)
    }
  }
}

function errorFrame(ref: Ref | null, { code, detail, retryAfter }: Failure): string {
  return JSON.stringify({ t: 'error', ref, code, detail, retryAfter })
}

function frameBytes(message: string | ArrayBuffer): number {
  return typeof message === 'string' ? utf8Length(message) : message.byteLength
}
