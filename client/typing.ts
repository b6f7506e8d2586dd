/** Somebody who goes on writing tells so every three seconds. */
const SHOWN_MS = 5000

/** Who is writing in which channel, as long as it is renewed. */
export class Typing {
  readonly #onChange: (channelId: string) => void
  readonly #timers = new Map<string, Map<string, ReturnType<typeof setTimeout>>>()

  constructor(onChange: (channelId: string) => void) {
    this.#onChange = onChange
  }

  /** User ids, whoever began first first. */
  in(channelId: string): string[] {
    return [...(this.#timers.get(channelId)?.keys() ?? [])]
  }

  started(channelId: string, userId: string): void {
    const timers = this.#timers.get(channelId) ?? new Map<string, ReturnType<typeof setTimeout>>()
    this.#timers.set(channelId, timers)
    const isNew = !timers.has(userId)
    clearTimeout(timers.get(userId))
    timers.set(
      userId,
      setTimeout(() => this.stopped(channelId, userId), SHOWN_MS),
    )
    if (isNew) this.#onChange(channelId)
  }

  /** Their message came, or nothing more did. */
  stopped(channelId: string, userId: string): void {
    const timers = this.#timers.get(channelId)
    clearTimeout(timers?.get(userId))
    if (timers?.delete(userId)) this.#onChange(channelId)
  }

  /** The conversation was closed: nothing more is told of it. */
  close(channelId: string): void {
    for (const userId of this.in(channelId)) this.stopped(channelId, userId)
  }
}
