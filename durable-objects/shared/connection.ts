import * as z from 'zod'
import { CLOSE, type CloseCode } from '../../protocol/close-codes.ts'
import { BAD_FRAMES, FRAMES_PER_SOCKET } from '../../protocol/limits.ts'
import { idSchema } from '../../protocol/schemas.ts'
import { FixedWindow } from './rate.ts'
import { hasRoom, noteConfirmed, noteSent } from './window.ts'

/**
 * Where a device is. On a user socket the cursor is the user's counter and, inside a reset of several
 * frames, `resetUntil` is where the device goes on after it; on a channel socket the cursor is the
 * channel's version.
 */
export interface Position {
  cursor: number
  resetUntil: number | null
}

/** A frame of rows, serialised, and where the device is once it has applied it. */
export interface RowsFrame {
  json: string
  bytes: number
  next: Position
}

/** What a hibernating socket keeps: who it is, where it is, what it has not confirmed. */
const attachmentSchema = z.object({
  userId: idSchema,
  deviceId: idSchema,
  /** When the session ends by itself. */
  expiresAt: z.number(),
  cursor: z.int(),
  resetUntil: z.int().nullable(),
  /** The last cursor that the device confirmed. */
  confirmed: z.int(),
  unconfirmed: z.array(z.tuple([z.int(), z.int()])),
  /** Tells the sockets of one device apart; those from before there were ids share the empty one. */
  socketId: z.string().default(''),
  /** Opening counts as the first heartbeat. */
  openedAt: z.number().default(0),
  /** Whether somebody looks at the device, as far as it has said. */
  active: z.boolean().default(true),
})
export type Attachment = z.infer<typeof attachmentSchema>

/** One socket of one device. Its state survives hibernation in the socket's attachment. */
export class Connection {
  /** When the device sent a frame, as far as this object was awake since; heartbeats are not among them. */
  lastFrameAt = 0
  readonly frames = new FixedWindow(FRAMES_PER_SOCKET)
  /** Lets through all but the one that closes the socket. */
  readonly badFrames = new FixedWindow({ ...BAD_FRAMES, count: BAD_FRAMES.count - 1 })

  private constructor(
    readonly ws: WebSocket,
    private readonly attachment: Attachment,
  ) {}

  /** Takes over a socket that was just accepted. */
  static open(ws: WebSocket, attachment: Attachment): Connection {
    const connection = new Connection(ws, attachment)
    connection.save()
    return connection
  }

  /** The connection behind a socket that slept, or null if its attachment cannot be read. */
  static wake(ws: WebSocket): Connection | null {
    const attachment = attachmentSchema.safeParse(ws.deserializeAttachment())
    return attachment.success ? new Connection(ws, attachment.data) : null
  }

  get userId(): string {
    return this.attachment.userId
  }

  get deviceId(): string {
    return this.attachment.deviceId
  }

  get socketId(): string {
    return this.attachment.socketId
  }

  get openedAt(): number {
    return this.attachment.openedAt
  }

  get active(): boolean {
    return this.attachment.active
  }

  setActive(on: boolean): void {
    this.attachment.active = on
    this.save()
  }

  get expiresAt(): number {
    return this.attachment.expiresAt
  }

  get confirmedCursor(): number {
    return this.attachment.confirmed
  }

  get position(): Position {
    return { cursor: this.attachment.cursor, resetUntil: this.attachment.resetUntil }
  }

  get hasRoom(): boolean {
    return hasRoom(this.attachment.unconfirmed)
  }

  /** Sends a frame of rows and notes where the device is then. */
  push(frame: RowsFrame): void {
    this.send(frame.json)
    this.attachment.cursor = frame.next.cursor
    this.attachment.resetUntil = frame.next.resetUntil
    this.attachment.unconfirmed = noteSent(
      this.attachment.unconfirmed,
      frame.next.cursor,
      frame.bytes,
    )
    this.save()
  }

  /** Notes that the device is at `cursor` without sending anything. */
  moveTo(cursor: number): void {
    this.attachment.cursor = cursor
    this.save()
  }

  /**
   * Notes what the device says it has stored. It cannot have stored what it was not
   * sent: then this is false and notes nothing.
   */
  confirm(cursor: number): boolean {
    const sent = this.attachment.cursor
    if (cursor >= 0 && (sent < 0 || cursor > sent)) return false
    this.attachment.unconfirmed = noteConfirmed(this.attachment.unconfirmed, cursor)
    this.attachment.confirmed = Math.max(this.attachment.confirmed, cursor)
    this.save()
    return true
  }

  /**
   * Sends unless the socket is closing; a device that is gone comes back by its cursor. Never throws:
   * one socket that fails must not keep others from what is stored.
   */
  send(text: string): void {
    if (this.ws.readyState !== WebSocket.OPEN) return
    try {
      this.ws.send(text)
    } catch (error) {
      this.fail(error)
    }
  }

  /** Says why, then closes. */
  close(code: CloseCode, reason: string, retryAfter: number | null = null): void {
    this.send(JSON.stringify({ t: 'bye', reason, retryAfter }))
    try {
      this.ws.close(code, reason)
    } catch {
      // It is closed already, which is what was wanted.
    }
  }

  private save(): void {
    try {
      this.ws.serializeAttachment(this.attachment)
    } catch (error) {
      this.fail(error)
    }
  }

  private fail(error: unknown): void {
    console.error('socket', error instanceof Error ? error.message : String(error))
    try {
      this.ws.close(CLOSE.restarting, 'come back')
    } catch {
      // There is nothing left to close; the device finds out by its heartbeat.
    }
  }
}
