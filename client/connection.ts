import { CLOSE, isFinalClose } from '../protocol/close-codes.ts'
import { HEARTBEAT_SECONDS } from '../protocol/limits.ts'
import type { OkFrame } from '../protocol/user-socket.ts'
import { backoff } from './backoff.ts'
import { Heartbeat } from './heartbeat.ts'
import { asParleyError, ParleyError } from './parley-error.ts'
import type { AnyServerFrame, ParsedFrame } from './parse-frame.ts'
import { Requests } from './requests.ts'
import { OPEN, type WebSocketConstructor, type WebSocketLike } from './web-socket.ts'

/** From the attempt to the server's `hello`. */
const HELLO_WITHIN_MS = 15_000
/** From the server's `bye` to the close itself, which networks in between may hold back for long. */
const CLOSE_WITHIN_MS = 1000

/**
 * `off`: not asked to connect. `connecting`: on the way, or waiting before the next attempt.
 * `online`: the server has said hello. `ended`: closed for good, see `EndReason`.
 */
export type ConnectionState = 'off' | 'connecting' | 'online' | 'ended'

/**
 * Why a socket will not come back by itself: not logged in any more, this client is too old, or one is
 * not in the channel it is of.
 */
export type EndReason = 'unauthenticated' | 'outdated' | 'left'

export interface ConnectionDeps<In> {
  WebSocket: WebSocketConstructor
  random: () => number
  /** The address for the next attempt, its cursor and ticket included; asked afresh each time. */
  address: () => Promise<string>
  parse: (data: unknown) => ParsedFrame<In>
  /**
   * Why a handshake was refused, or null if it may succeed later: browsers do not tell a refusal
   * from an unreachable server.
   */
  refusal: () => Promise<EndReason | null>
  /** An attempt at `address` came to nothing. */
  onUnreachable: () => void
  /** Whoever gets the `hello` calls `greeted`. */
  onFrame: (frame: In) => void
  onState: (state: ConnectionState) => void
  onEnd: (reason: EndReason) => void
}

/** One socket that stays connected: heartbeat, reconnect with backoff, answers to requests. */
export class Connection<Out extends object, In extends AnyServerFrame> {
  readonly #deps: ConnectionDeps<In>
  readonly #requests = new Requests()
  readonly #heartbeat = new Heartbeat(
    (text) => this.#ping(text),
    () => this.#lost(null),
  )
  #state: ConnectionState = 'off'
  #socket: WebSocketLike | null = null
  /** Raised whenever an attempt begins or is given up, so that late events of an old one are told. */
  #attempt = 0
  #failures = 0
  #retryAfter: number | null = null
  /** For the next attempt; none is under way. */
  #isWaiting = false
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(deps: ConnectionDeps<In>) {
    this.#deps = deps
  }

  get state(): ConnectionState {
    return this.#state
  }

  connect(): void {
    if (this.#state === 'connecting' || this.#state === 'online') return
    this.#failures = 0
    this.#retryAfter = null
    this.#setState('connecting')
    void this.#open()
  }

  close(): void {
    this.#drop()
    this.#setState('off')
  }

  /** The machine woke up or is on a network again: try now, or find out now whether it still lives. */
  wake(): void {
    if (this.#state === 'online') this.#heartbeat.nudge()
    else if (this.#isWaiting && this.#retryAfter === null) {
      clearTimeout(this.#timer)
      void this.#open()
    }
  }

  /** The network seems to have gone: find out within two seconds. */
  check(): void {
    if (this.#state === 'online') this.#heartbeat.check()
  }

  /** Sends the heartbeat that is due, for whoever's timer is slowed down. */
  beat(): void {
    if (this.#state === 'online') this.#heartbeat.due()
  }

  /** The server has said hello: from here on it is online. Without a number the contract's is taken. */
  greeted(heartbeatSeconds: number): void {
    clearTimeout(this.#timer)
    this.#heartbeat.start(heartbeatSeconds || HEARTBEAT_SECONDS)
    this.#setState('online')
  }

  /** Closes it for good. */
  end(reason: EndReason): void {
    if (this.#state === 'ended') return
    this.#drop()
    this.#setState('ended')
    this.#deps.onEnd(reason)
  }

  /** Sends without waiting for an answer; dropped unless online. */
  post(frame: Out): void {
    if (this.#state === 'online') this.#send(JSON.stringify(frame))
  }

  /** Sends with a `ref`. Rejects with the server's refusal, or `network` if no answer came. */
  request(frame: Out): Promise<OkFrame> {
    if (this.#state !== 'online') {
      return Promise.reject(new ParleyError({ code: 'network', detail: 'Not connected.' }))
    }
    return this.#requests.start((ref) => this.#send(JSON.stringify({ ...frame, ref })))
  }

  #ping(text: string): void {
    if (this.#socket?.readyState === OPEN) this.#socket.send(text)
    // Closing, and nobody says so: the other side has left without finishing.
    else void this.#cutOff(this.#attempt)
  }

  /** Into a socket that is closing nothing is sent: its `close` comes in a moment and tells the rest. */
  #send(data: string): void {
    if (this.#socket?.readyState === OPEN) this.#socket.send(data)
  }

  async #open(): Promise<void> {
    const attempt = ++this.#attempt
    this.#isWaiting = false
    this.#timer = setTimeout(() => this.#neverGreeted(), HELLO_WITHIN_MS)
    try {
      const url = await this.#deps.address()
      if (attempt === this.#attempt) this.#attach(attempt, new this.#deps.WebSocket(url))
    } catch (caught) {
      if (attempt === this.#attempt) this.#refused(asParleyError(caught))
    }
  }

  #attach(attempt: number, socket: WebSocketLike): void {
    const current = () => attempt === this.#attempt
    let opened = false
    this.#socket = socket
    socket.addEventListener('open', () => (opened = true))
    socket.addEventListener('message', ({ data }) => {
      if (current()) this.#receive(data)
    })
    socket.addEventListener('close', ({ code }) => {
      if (!current()) return
      if (opened) this.#lost(code ?? null)
      else void this.#neverOpened(attempt)
    })
    // An error is always followed by a close, which says more.
    socket.addEventListener('error', () => undefined)
  }

  /** Something in between may let no socket through and not say so. */
  #neverGreeted(): void {
    this.#deps.onUnreachable()
    this.#lost(null)
  }

  async #neverOpened(attempt: number): Promise<void> {
    this.#deps.onUnreachable()
    // Not after every failure: when all of a deployment is down, this would double the load on it.
    if (this.#failures % 4 === 0) await this.#cutOff(attempt)
    else this.#lost(null)
  }

  /** The connection is gone and no close code tells why. */
  async #cutOff(attempt: number): Promise<void> {
    const refusal = await this.#deps.refusal()
    if (attempt !== this.#attempt) return
    if (refusal === null) this.#lost(null)
    else this.end(refusal)
  }

  #receive(data: unknown): void {
    this.#heartbeat.heard()
    const parsed = this.#deps.parse(data)
    switch (parsed.kind) {
      case 'pong':
        // Counted as stable from here on, not from the hello: a server that greets and closes is not well.
        this.#failures = 0
        return
      case 'unknown':
        return
      case 'unreadable':
        this.end('outdated')
        return
      case 'frame':
        this.#handle(parsed.frame)
    }
  }

  #handle(frame: In): void {
    if (frame.t === 'ok' || frame.t === 'error') this.#requests.settle(frame)
    if (frame.t === 'bye') {
      this.#retryAfter = frame.retryAfter
      const attempt = this.#attempt
      this.#timer = setTimeout(() => void this.#cutOff(attempt), CLOSE_WITHIN_MS)
    }
    this.#deps.onFrame(frame)
  }

  #refused(error: ParleyError): void {
    if (error.code === 'unauthenticated') return this.end('unauthenticated')
    if (error.code === 'network') this.#deps.onUnreachable()
    this.#retryAfter = error.retryAfter
    this.#lost(null)
  }

  /** The connection is gone, or was never there: come back, unless the close code forbids it. */
  #lost(code: number | null): void {
    if (code !== null && isFinalClose(code)) return this.end(endReason(code))
    const wait = backoff(this.#failures++, this.#deps.random, this.#retryAfter)
    this.#drop()
    this.#setState('connecting')
    this.#isWaiting = true
    this.#timer = setTimeout(() => {
      this.#retryAfter = null
      void this.#open()
    }, wait)
  }

  #drop(): void {
    this.#attempt++
    this.#isWaiting = false
    clearTimeout(this.#timer)
    this.#heartbeat.stop()
    // The events of a dead socket may come a minute late; by then nobody listens to this attempt.
    this.#socket?.close()
    this.#socket = null
    this.#requests.abandon()
  }

  #setState(state: ConnectionState): void {
    if (state === this.#state) return
    this.#state = state
    this.#deps.onState(state)
  }
}

function endReason(finalCode: number): EndReason {
  if (finalCode === CLOSE.protocolTooOld) return 'outdated'
  return finalCode === CLOSE.notInChannel ? 'left' : 'unauthenticated'
}
