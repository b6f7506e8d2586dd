import { PING } from '../protocol/user-socket.ts'

/**
 * After this many pings without a sound from the server the connection is dead. Counted in pings and
 * not in seconds, because browsers slow the timers of hidden pages down to one a minute.
 */
const UNANSWERED_PINGS = 2

/** How soon a ping is answered when there is reason to think that the network has gone. */
const ANSWER_WITHIN_MS = 2000

/** Sends `ping` at the agreed interval and notices when nothing comes back. */
export class Heartbeat {
  readonly #send: (text: string) => void
  readonly #onDead: () => void
  #timer: ReturnType<typeof setInterval> | undefined
  #check: ReturnType<typeof setTimeout> | undefined
  #unanswered = 0
  #everyMs = 0
  #beatAt = 0

  constructor(send: (text: string) => void, onDead: () => void) {
    this.#send = send
    this.#onDead = onDead
  }

  start(seconds: number): void {
    this.stop()
    this.#everyMs = seconds * 1000
    this.#beatAt = Date.now()
    this.#timer = setInterval(() => this.#beat(), this.#everyMs)
  }

  stop(): void {
    clearInterval(this.#timer)
    this.heard()
  }

  /** Anything that arrives shows that the other side is there. */
  heard(): void {
    clearTimeout(this.#check)
    this.#check = undefined
    this.#unanswered = 0
  }

  /** Finds out now rather than at the next interval; asking again while asked changes nothing. */
  nudge(): void {
    if (this.#unanswered === 0) this.#beat()
  }

  /** Beats if it is time: for whoever knows, where timers are slowed down. */
  due(): void {
    if (Date.now() - this.#beatAt >= this.#everyMs) this.#beat()
  }

  /** Asks now, and takes two seconds of silence for death. */
  check(): void {
    if (this.#check !== undefined) return
    this.#check = setTimeout(this.#onDead, ANSWER_WITHIN_MS)
    this.#send(PING)
  }

  #beat(): void {
    if (this.#unanswered >= UNANSWERED_PINGS) {
      this.#onDead()
      return
    }
    this.#unanswered++
    this.#beatAt = Date.now()
    this.#send(PING)
  }
}
