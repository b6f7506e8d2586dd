import type { DeviceFrame, OkFrame, ServerFrame } from '../protocol/user-socket.ts'
import type { ConnectionState, EndReason } from './connection.ts'
import type { Hello, Link, LinkDeps } from './link.ts'
import { LongPolling } from './long-polling.ts'
import { userSocket, type UserSocket } from './user-socket.ts'

/** After this many attempts without a hello, one after the other, sockets may be blocked here. */
const ATTEMPTS_BEFORE_POLLING = 3

/** Who was greeted on a connection: by a hello, or by polling, which has none. */
export interface Greeting {
  userId: string
  hello: Hello | null
}

/** A link of this client's own: the user socket, or long polling where sockets are blocked. */
export class OwnLink implements Link {
  readonly #deps: LinkDeps
  readonly #socket: UserSocket
  readonly #polling: LongPolling
  #state: ConnectionState = 'off'
  #greeting: Greeting | null = null
  #attempts = 0

  /** @param deps what is told is looked up when there is something to tell */
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
      onUser: (userId) => {
        this.#greeting = { userId, hello: null }
        deps.onUser(userId)
      },
      onFrame: (frame) => deps.onSync(frame),
      onChange: () => this.#look(),
    })
  }

  get state(): ConnectionState {
    return this.#state
  }

  get hasSocket(): boolean {
    return this.#socket.state === 'online'
  }

  /** Who was greeted, while it is online. */
  get greeting(): Greeting | null {
    return this.#state === 'online' ? this.#greeting : null
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

  /** Sends the heartbeat that is due, for whoever's timer is slowed down. */
  beat(): void {
    this.#socket.beat()
  }

  post(frame: DeviceFrame): void {
    this.#socket.post(frame)
  }

  request(frame: DeviceFrame): Promise<OkFrame> {
    return this.#socket.request(frame)
  }

  #receive(frame: ServerFrame): void {
    if (frame.t === 'hello') {
      this.#attempts = 0
      this.#polling.stop()
      this.#greeting = { userId: frame.userId, hello: frame }
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
    if (now !== 'online') this.#greeting = null
    this.#deps.onState(now)
  }
}
