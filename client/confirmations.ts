/** While nothing waits for it, one confirmation a second is enough. */
const CONFIRM_EVERY_MS = 1000

/** Tells a server how far a device has got, so that its window of what is in flight stays open. */
export class Confirmations {
  readonly #tell: (position: number) => void
  #position = 0
  #told = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(tell: (position: number) => void) {
    this.#tell = tell
  }

  startAt(position: number): void {
    this.#forgetTimer()
    this.#position = this.#told = position
  }

  /** @param isAwaited the server has more, and may be waiting for room in its window. */
  add(position: number, isAwaited: boolean): void {
    this.#position = position
    if (isAwaited) this.now()
    else this.#timer ??= setTimeout(() => this.now(), CONFIRM_EVERY_MS)
  }

  /** Tells now what would be told within the second. */
  now(): void {
    this.#forgetTimer()
    if (this.#position === this.#told) return
    this.#told = this.#position
    this.#tell(this.#position)
  }

  #forgetTimer(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}
