import { PING } from '../protocol/user-socket.ts'

/**
 * After this many pings without a sound from the server the connection is dead. Counted in pings and
 * not in seconds, because browsers slow the timers of hidden pages down to one a minute.
 */
const UNANSWERED_PINGS = 2

/** Sends `ping` at the agreed interval and notices when nothing comes back. */
export class Heartbeat {
  readonly #send: (text: string) => void
  readonly #onDead: () => void
  #timer: ReturnType<typeof setInterval> | undefined
  #unanswered = 0

  constructor(send: (text: string) => void, onDead: () => void) {
    this.#send = send
    this.#onDead = onDead
  }

  start(seconds: number): void {
    this.stop()
    this.#timer = setInterval(() => this.#beat(), seconds * 1000)
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#unanswered = 0
  }

  /** Anything that arrives shows that the other side is there. */
  heard(): void {
    this.#unanswered = 0
  }

  /** Finds out now rather than at the next interval; asking again while asked changes nothing. */
  nudge(): void {
    if (this.#unanswered === 0) this.#beat()
  }

  #beat(): void {
    if (this.#unanswered >= UNANSWERED_PINGS) {
      this.#onDead()
      return
    }
    this.#unanswered++
    this.#send(PING)
  }
}
