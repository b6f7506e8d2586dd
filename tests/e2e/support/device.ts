import { WebSocket } from 'ws'
import type { Channel, Message } from '../../../protocol/objects.ts'
import type { SyncFrame } from '../../../protocol/user-socket.ts'

export type Frame = Record<string, unknown> & { t: string }

/** A device on its user socket. It confirms each `sync` frame, as a well-behaved client does. */
export class Device {
  readonly frames: Frame[] = []
  closed: { code: number; reason: string } | null = null
  /** The cursor of the last frame it applied. */
  cursor = 0
  private readonly ws: WebSocket
  private readonly listeners = new Set<() => void>()

  private constructor(ws: WebSocket) {
    this.ws = ws
    ws.on('message', (data: Buffer) => this.receive(data.toString('utf8')))
    ws.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString('utf8') }
      this.changed()
    })
    ws.on('error', () => this.changed())
  }

  static async connect(url: string, headers: Record<string, string> = {}): Promise<Device> {
    const ws = new WebSocket(url, { headers, perMessageDeflate: false })
    const device = new Device(ws)
    await new Promise<void>((resolve, reject) => {
      ws.once('open', resolve)
      ws.once('error', reject)
      ws.once('unexpected-response', (_, response) => {
        reject(new Refused(response.statusCode ?? 0))
      })
    })
    return device
  }

  send(frame: object | string): void {
    this.ws.send(typeof frame === 'string' ? frame : JSON.stringify(frame))
  }

  /** Sends a frame with a `ref` and waits for the one answer to it. */
  async ask(frame: object): Promise<Frame> {
    const ref = `ref-${this.frames.length}-${Math.random()}`
    this.send({ ...frame, ref })
    return await this.until(() => this.frames.find((answer) => answer['ref'] === ref))
  }

  async closing(): Promise<{ code: number; reason: string }> {
    return await this.until(() => this.closed)
  }

  close(): void {
    this.ws.close()
  }

  get syncs(): SyncFrame[] {
    return this.frames.filter((frame) => frame.t === 'sync') as unknown as SyncFrame[]
  }

  get messages(): Message[] {
    return this.syncs.flatMap((frame) => frame.messages)
  }

  /** What was said, without the system messages. */
  get texts(): string[] {
    return this.messages.filter(({ kind }) => kind === 'text').map(({ text }) => text)
  }

  channel(channelId: string): Channel | undefined {
    return this.syncs.flatMap((frame) => frame.channels).findLast((c) => c.channelId === channelId)
  }

  /** Waits until `look` finds something, looking again at every frame. */
  async until<T>(look: () => T | null | undefined | false): Promise<T> {
    for (;;) {
      const found = look()
      if (found !== null && found !== undefined && found !== false) return found
      if (this.closed && this.ws.readyState === WebSocket.CLOSED) {
        throw new Error(`closed with ${this.closed.code} ${this.closed.reason} while waiting`)
      }
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          this.listeners.delete(wake)
          resolve()
        }
        this.listeners.add(wake)
      })
    }
  }

  private receive(text: string): void {
    if (text === 'pong') {
      this.frames.push({ t: 'pong' })
    } else {
      const frame = JSON.parse(text) as Frame
      this.frames.push(frame)
      if (frame.t === 'sync') {
        this.cursor = Number(frame['cursor'])
        this.send({ t: 'cursor', cursor: this.cursor })
      }
    }
    this.changed()
  }

  private changed(): void {
    for (const wake of this.listeners) wake()
  }
}

/** The upgrade was answered with an HTTP status instead of a socket. */
export class Refused extends Error {
  readonly status: number

  constructor(status: number) {
    super(`the upgrade was refused with ${status}`)
    this.status = status
  }
}
