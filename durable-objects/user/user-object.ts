import { DurableObject } from 'cloudflare:workers'
import { CLOSE } from '../../protocol/close-codes.ts'
import { fail, ok, type Failure, type Result } from '../../protocol/errors.ts'
import {
  HEARTBEAT_SECONDS,
  MAX_FRAME_BYTES,
  MAX_SOCKETS_PER_USER,
  MAX_TEXT_LENGTH,
  OFFLINE_AFTER_SECONDS,
  PROTOCOL_VERSION,
  SENDS_PER_USER,
} from '../../protocol/limits.ts'
import { utf8Length } from '../../protocol/text.ts'
import { PING, PONG, type DeviceFrame, type Ref } from '../../protocol/user-socket.ts'
import { echoClose } from '../shared/close.ts'
import type { Delivery } from '../shared/delivery.ts'
import { FixedWindow } from '../shared/rate.ts'
import { channelStub } from '../shared/stubs.ts'
import { listChannels } from './channel-list.ts'
import { Connection } from './connection.ts'
import { storeDelivery } from './deliver.ts'
import { findDevice, isEnded, markEnded, saveCursor } from './devices.ts'
import { parseFrame } from './frames.ts'
import { Outgoing } from './outgoing.ts'
import { hasNews, pull, pullLive } from './pull.ts'
import { UserState } from './state.ts'
import { trimInbox } from './trim.ts'
import { UPGRADE_HEADER, upgradeSchema } from './upgrade.ts'

/** Every so many values of the counter the inbox is trimmed. */
const TRIM_EVERY = 256

const NO_CHANNEL = fail('not_found', 'No such channel')

/**
 * One person's chat server: the inbox, their devices and sockets. This class only wires; each verb
 * has its file.
 */
export class UserObject extends DurableObject<Env> {
  private readonly state: UserState
  private readonly connections = new WeakMap<WebSocket, Connection>()
  private readonly waiters = new Set<() => void>()
  private readonly sends = new FixedWindow(SENDS_PER_USER)
  private readonly outgoing: Outgoing

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, PONG))
    this.state = UserState.load(ctx.storage)
    this.outgoing = new Outgoing(async (channelId, items) => {
      const stub = channelStub(env, channelId)
      if (!stub) return items.map(() => NO_CHANNEL)
      return await stub.send(this.ownerId, items)
    }, report)
  }

  /**
   * Takes what a channel has for this person, `(after, version]`, and passes it to every device.
   * Returns the version up to which this inbox holds the channel; repeating a delivery is harmless.
   */
  deliver(delivery: Delivery): number {
    const before = this.state.counter
    const now = Date.now()
    const { deliveredVersion, stored } = this.ctx.storage.transactionSync(() => {
      this.state.ensure(this.ctx.storage, this.ownerId)
      const result = storeDelivery(this.state, delivery, now)
      const after = this.state.counter
      if (Math.floor(after / TRIM_EVERY) > Math.floor(before / TRIM_EVERY)) {
        trimInbox(this.state, now)
      }
      return result
    })
    if (!stored) return deliveredVersion
    const live = pullLive(this.state, stored.messages, stored.channel)
    for (const connection of this.openConnections()) {
      const { cursor, resetUntil } = connection.position
      const isUpToDate = cursor === before && resetUntil === null && connection.hasRoom
      if (live && isUpToDate) connection.push(live)
      else this.flush(connection)
    }
    for (const wake of this.waiters) wake()
    return deliveredVersion
  }

  /**
   * The body of `GET /v1/sync` for a device, as JSON. Confirms `cursor`; with nothing to tell it
   * waits up to `waitSeconds` for something. Refuses a device whose session was ended.
   */
  async sync(deviceId: string, cursor: number, waitSeconds: number): Promise<Result<string>> {
    const device = findDevice(this.state, deviceId)
    if (device?.ended_at != null) return fail('unauthenticated', 'This device was logged out')
    const position = { cursor, resetUntil: device?.reset_until ?? null }
    if (waitSeconds > 0 && !hasNews(this.state, position)) await this.news(waitSeconds * 1000)
    const pulled = pull(this.state, position)
    this.ctx.storage.transactionSync(() => {
      this.state.ensure(this.ctx.storage, this.ownerId)
      const confirmed = cursor > 0 && cursor <= this.state.counter ? cursor : (device?.cursor ?? 0)
      saveCursor(this.state, deviceId, confirmed, pulled.next.resetUntil)
    })
    return ok(pulled.json)
  }

  /** A page of `GET /v1/channels`, as JSON; see `listChannels`. */
  channels(before: string | null, limit: number): Result<string> {
    return listChannels(this.state, before, limit)
  }

  /** Ends a device: its sockets close with 4401 and it is not let in again. */
  endDevice(deviceId: string): void {
    this.ctx.storage.transactionSync(() => {
      this.state.ensure(this.ctx.storage, this.ownerId)
      markEnded(this.state, deviceId, Date.now())
    })
    for (const ws of this.ctx.getWebSockets(deviceId)) {
      this.connection(ws)?.close(CLOSE.unauthenticated, 'logged out')
    }
    for (const wake of this.waiters) wake()
  }

  /** The upgrade of a user socket, authenticated by the edge. */
  override fetch(request: Request): Response {
    const upgrade = upgradeSchema.parse(JSON.parse(request.headers.get(UPGRADE_HEADER) ?? 'null'))
    const { 0: client, 1: server } = new WebSocketPair()
    const others = this.openConnections().length
    this.ctx.acceptWebSocket(server, [upgrade.deviceId])
    const resetUntil = findDevice(this.state, upgrade.deviceId)?.reset_until ?? null
    const connection = Connection.open(server, {
      ...upgrade,
      resetUntil,
      confirmed: 0,
      unconfirmed: [],
    })
    this.connections.set(server, connection)
    if (isEnded(this.state, upgrade.deviceId)) {
      connection.close(CLOSE.unauthenticated, 'logged out')
    } else if (this.limited && others >= MAX_SOCKETS_PER_USER) {
      connection.close(CLOSE.tooManySockets, 'too many sockets', 60)
    } else {
      connection.send(
        JSON.stringify({
          t: 'hello',
          protocol: PROTOCOL_VERSION,
          userId: upgrade.userId,
          deviceId: upgrade.deviceId,
          heartbeatSeconds: HEARTBEAT_SECONDS,
          offlineAfterSeconds: OFFLINE_AFTER_SECONDS,
          maxTextLength: MAX_TEXT_LENGTH,
        }),
      )
      this.flush(connection)
    }
    return new Response(null, { status: 101, webSocket: client })
  }

  override async webSocketMessage(ws: WebSocket, message: string | ArrayBuffer): Promise<void> {
    const connection = this.connection(ws)
    if (!connection) {
      ws.close(CLOSE.restarting, 'state lost')
      return
    }
    const now = Date.now()
    if (connection.expiresAt <= now) {
      connection.close(CLOSE.unauthenticated, 'session expired')
    } else if (frameBytes(message) > MAX_FRAME_BYTES) {
      connection.close(CLOSE.frameTooLarge, 'frame over 2 MiB')
    } else if (this.limited && connection.frames.take(now) > 0) {
      connection.close(CLOSE.tooManyFrames, 'too many frames', 10)
    } else if (typeof message !== 'string') {
      this.refuse(connection, null, fail('invalid', 'Frames are text'))
    } else {
      await this.answer(connection, message)
    }
  }

  override webSocketClose(ws: WebSocket, code: number): void {
    this.remember(ws)
    echoClose(ws, code)
  }

  override webSocketError(ws: WebSocket): void {
    this.remember(ws)
  }

  private async answer(connection: Connection, text: string): Promise<void> {
    if (text === PING) {
      connection.send(PONG)
      return
    }
    const parsed = parseFrame(text)
    if (!parsed) return
    const { frame, ref } = parsed
    if (!frame.ok) {
      this.refuse(connection, ref, frame)
      return
    }
    const result = await this.handle(connection, frame.value)
    if (ref === null) return
    connection.send(
      JSON.stringify(
        result.ok ? { t: 'ok', ref, ...result.value } : { t: 'error', ref, ...problemOf(result) },
      ),
    )
  }

  /** Does what a frame asks for; the value is what `ok` carries. */
  private async handle(connection: Connection, frame: DeviceFrame): Promise<Result<object>> {
    switch (frame.t) {
      case 'send': {
        const retryAfter = this.limited ? this.sends.take(Date.now()) : 0
        if (retryAfter > 0) return fail('rate_limited', 'Too many messages', retryAfter)
        const { channelId, clientId, text, replyTo } = frame
        const sent = await this.outgoing.send(channelId, {
          clientId,
          text,
          replyTo: replyTo ?? null,
        })
        return sent.ok ? ok({ message: sent.value.message }) : sent
      }
      case 'read': {
        const stub = channelStub(this.env, frame.channelId)
        if (!stub) return NO_CHANNEL
        try {
          const read = await stub.read(connection.userId, frame.messageId, false)
          return read.ok ? ok({}) : read
        } catch (error) {
          report(error)
          return fail('unavailable', 'The channel did not answer, try again', 1)
        }
      }
      case 'cursor':
        connection.confirm(frame.cursor)
        this.flush(connection)
        return ok({})
    }
  }

  /** Answers a bad frame; the twentieth within ten seconds closes the socket. */
  private refuse(connection: Connection, ref: Ref | null, failure: Failure): void {
    connection.send(JSON.stringify({ t: 'error', ref, ...problemOf(failure) }))
    if (connection.badFrames.take(Date.now()) > 0) {
      connection.close(CLOSE.badFrames, 'too many bad frames', 10)
    }
  }

  /** Sends a device what it lacks, as far as its window goes. */
  private flush(connection: Connection): void {
    while (connection.hasRoom && hasNews(this.state, connection.position)) {
      connection.push(pull(this.state, connection.position))
    }
  }

  private news(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer)
        this.waiters.delete(wake)
        resolve()
      }
      const timer = setTimeout(wake, timeoutMs)
      this.waiters.add(wake)
    })
  }

  /** Keeps how far a device had confirmed when its socket went. */
  private remember(ws: WebSocket): void {
    const connection = this.connection(ws)
    if (!connection || !this.state.exists || connection.confirmedCursor <= 0) return
    const before = findDevice(this.state, connection.deviceId)
    if ((before?.cursor ?? 0) >= connection.confirmedCursor) return
    const { resetUntil } = connection.position
    saveCursor(this.state, connection.deviceId, connection.confirmedCursor, resetUntil)
  }

  private openConnections(): Connection[] {
    const open: Connection[] = []
    for (const ws of this.ctx.getWebSockets()) {
      if (ws.readyState !== WebSocket.OPEN) continue
      const connection = this.connection(ws)
      if (connection) open.push(connection)
    }
    return open
  }

  private connection(ws: WebSocket): Connection | null {
    let connection = this.connections.get(ws) ?? null
    if (!connection) {
      connection = Connection.wake(ws)
      if (connection) this.connections.set(ws, connection)
    }
    return connection
  }

  /** Whose object this is. The name is there in every call but an alarm. */
  private get ownerId(): string {
    const { name } = this.ctx.id
    if (name === undefined) throw new Error('a user object is made by name')
    return name
  }

  private get limited(): boolean {
    return this.env.RATE_LIMITS !== 'off'
  }
}

function problemOf({ code, detail, retryAfter }: Failure): Omit<Failure, 'ok'> {
  return { code, detail, retryAfter }
}

function frameBytes(message: string | ArrayBuffer): number {
  return typeof message === 'string' ? utf8Length(message) : message.byteLength
}

function report(error: unknown): void {
  console.error('user object', error instanceof Error ? error.message : String(error))
}
