/** How soon a leader answers that is not frozen, dead or asleep. */
const ANSWER_WITHIN_MS = 2000
/** Not all windows give it up at one moment. */
const SPREAD_MS = 500

export interface PulseDeps {
  random: () => number
  /** Asks the leader for a sign of life. */
  ask: () => void
  /** It gave none. */
  onSilence: () => void
}

/** Whether the window that leads still lives. */
export class Pulse {
  readonly #deps: PulseDeps
  #timer: ReturnType<typeof setInterval> | undefined
  #silence: ReturnType<typeof setTimeout> | undefined

  constructor(deps: PulseDeps) {
    this.#deps = deps
  }

  /** Asks every so many seconds from now on. */
  every(seconds: number): void {
    this.rest()
    this.#timer = setInterval(() => this.#deps.ask(), seconds * 1000)
  }

  /** Asks no more by itself. */
  rest(): void {
    clearInterval(this.#timer)
  }

  /** It was asked something: from now on an answer is due. */
  expect(): void {
    const within = ANSWER_WITHIN_MS + this.#deps.random() * SPREAD_MS
    this.#silence ??= setTimeout(() => {
      this.#silence = undefined
      this.#deps.onSilence()
    }, within)
  }

  heard(): void {
    clearTimeout(this.#silence)
    this.#silence = undefined
  }

  stop(): void {
    this.rest()
    this.heard()
  }
}
