import type { DeviceFrame, ServerFrame, SyncFrame } from '../protocol/user-socket.ts'
import type { ConnectionDeps, ConnectionState, EndReason } from './connection.ts'
import type { Http } from './http.ts'
import { LongPolling } from './long-polling.ts'
import { userSocket, type UserSocket } from './user-socket.ts'

/** After this many attempts without a hello, one after the other, sockets may be blocked here. */
const ATTEMPTS_BEFORE_POLLING = 3

type Frame = Exclude<ServerFrame, { t: 'hello' | 'sync' }>

export interface LinkDeps extends Omit<ConnectionDeps<ServerFrame>, 'parse' | 'onFrame'> {
  http: Http
  cursor: () => number
  kept: () => Promise<void>
  onHello: (frame: Extract<ServerFrame, { t: 'hello' }>) => void
  /** Known by polling, which has no hello. */
  onUser: (userId: string) => void
  onSync: (frame: SyncFrame) => void
  onFrame: (frame: Frame) => void
}

/** What ties a device to its inbox: the user socket, or long polling where sockets are blocked. */
export class Link {
  readonly #deps: LinkDeps
  readonly #socket: UserSocket
  readonly #polling: LongPolling
  #state: ConnectionState = 'off'
  #attempts = 0

  constructor(deps: LinkDeps) {
    this.#deps = deps
    this.#socket = userSocket({
      ...deps,
      onUnreachable: () => this.#unreachable(),
      onFrame: (frame) => this.#receive(frame),
      onState: () => this.#look(),
      onEnd: (reason) => this.#ended(reason),
    })
    this.#polling = new LongPolling({
      ...deps,
      onFrame: deps.onSync,
      onChange: () => this.#look(),
    })
  }

  /** `online` also by polling. */
  get state(): ConnectionState {
    return this.#state
  }

  /** Whether the user socket takes frames right now. */
  get hasSocket(): boolean {
    return this.#socket.state === 'online'
  }

  connect(): void {
    this.#socket.connect()
  }

  close(): void {
    this.#polling.stop()
    this.#socket.close()
  }

  end(reason: EndReason): void {
    this.#socket.end(reason)
  }

  wake(): void {
    this.#socket.wake()
  }

  check(): void {
    this.#socket.check()
  }

  post(frame: DeviceFrame): void {
    this.#socket.post(frame)
  }

  request(frame: DeviceFrame) {
    return this.#socket.request(frame)
  }

  #receive(frame: ServerFrame): void {
    if (frame.t === 'hello') {
      this.#attempts = 0
      this.#polling.stop()
      this.#deps.onHello(frame)
    } else if (frame.t === 'sync') this.#deps.onSync(frame)
    else this.#deps.onFrame(frame)
  }

  #unreachable(): void {
    this.#deps.onUnreachable()
    if (++this.#attempts >= ATTEMPTS_BEFORE_POLLING) this.#polling.start()
  }

  #ended(reason: EndReason): void {
    this.#polling.stop()
    this.#deps.onEnd(reason)
  }

  #look(): void {
    const { state } = this.#socket
    const now = state === 'connecting' && this.#polling.isOnline ? 'online' : state
    if (now === this.#state) return
    this.#state = now
    this.#deps.onState(now)
  }
}
