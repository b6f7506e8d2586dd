import {
  channelServerFrameSchema,
  type ChannelDeviceFrame,
  type ChannelServerFrame,
} from '../protocol/channel-socket.ts'
import { TYPING_EVERY_MS } from '../protocol/limits.ts'
import { Confirmations } from './confirmations.ts'
import { Connection, type ConnectionDeps } from './connection.ts'
import { frameParser } from './parse-frame.ts'

export interface ChannelSocketDeps extends Omit<
  ConnectionDeps<ChannelServerFrame>,
  'parse' | 'onFrame'
> {
  /** The hello of a channel says nothing about heartbeats: the same as on the user socket. */
  heartbeatSeconds: () => number
  /** @param isReset the rows are the newest, and do not go on from what was held */
  onFrame: (frame: ChannelServerFrame, isReset: boolean) => void
}

/** The socket of one open conversation: `GET /v1/channels/:id/ws`. */
export class ChannelSocket {
  readonly #connection: Connection<ChannelDeviceFrame, ChannelServerFrame>
  readonly #heartbeatSeconds: () => number
  readonly #onFrame: ChannelSocketDeps['onFrame']
  readonly #confirmations = new Confirmations((version) =>
    this.#connection.post({ t: 'cursor', version }),
  )
  /** The next rows come in place of a continuation. */
  #startsAnew = false
  #typedAt = Number.NEGATIVE_INFINITY
  #toldTypingAt = Number.NEGATIVE_INFINITY

  constructor({ heartbeatSeconds, onFrame, ...deps }: ChannelSocketDeps) {
    this.#heartbeatSeconds = heartbeatSeconds
    this.#onFrame = onFrame
    this.#connection = new Connection({
      ...deps,
      parse: frameParser(channelServerFrameSchema),
      onFrame: (frame) => this.#receive(frame),
    })
  }

  get isOnline(): boolean {
    return this.#connection.state === 'online'
  }

  connect(): void {
    this.#connection.connect()
  }

  wake(): void {
    this.#connection.wake()
  }

  check(): void {
    this.#connection.check()
  }

  close(): void {
    this.#confirmations.now()
    this.#connection.close()
  }

  request(frame: ChannelDeviceFrame) {
    return this.#connection.request(frame)
  }

  /** To be called with every key: others are told at most every three seconds. */
  typing(): void {
    this.#typedAt = Date.now()
    this.#tellTyping()
  }

  /** Who was quicker than the socket is told of when it is there. */
  #tellTyping(): void {
    const now = Date.now()
    const isWriting = now - this.#typedAt < TYPING_EVERY_MS
    if (!this.isOnline || !isWriting || now - this.#toldTypingAt < TYPING_EVERY_MS) return
    this.#toldTypingAt = now
    this.#connection.post({ t: 'typing' })
  }

  #receive(frame: ChannelServerFrame): void {
    if (frame.t === 'hello') {
      this.#confirmations.startAt(0)
      this.#connection.greeted(this.#heartbeatSeconds())
      this.#startsAnew = frame.reset
      this.#tellTyping()
    }
    this.#onFrame(frame, this.#startsAnew)
    if (frame.t !== 'messages') return
    this.#startsAnew = false
    this.#confirmations.add(frame.version, frame.more)
  }
}
