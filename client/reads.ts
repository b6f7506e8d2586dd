import { asParleyError } from './parley-error.ts'

export interface ReadsDeps {
  isReady: (channelId: string) => boolean
  deliver: (channelId: string, messageId: number) => Promise<void>
}

/**
 * How far channels were read here. Only moves forwards. One mark of a channel is on its way at a time
 * and the newest of what comes meanwhile follows; what could not be told is told on return.
 */
export class Reads {
  readonly #deps: ReadsDeps
  readonly #told = new Map<string, number>()
  readonly #waiting = new Map<string, number>()
  readonly #busy = new Set<string>()

  constructor(deps: ReadsDeps) {
    this.#deps = deps
  }

  /** @param isNews what was told before is told again: it takes back that the chat is marked as unread */
  add(channelId: string, messageId: number, isNews = false): void {
    const known = Math.max(this.#told.get(channelId) ?? 0, this.#waiting.get(channelId) ?? 0)
    if (messageId < known || (messageId === known && !isNews)) return
    this.#waiting.set(channelId, messageId)
    void this.#tell(channelId)
  }

  flush(): void {
    for (const channelId of this.#waiting.keys()) void this.#tell(channelId)
  }

  clear(): void {
    this.#told.clear()
    this.#waiting.clear()
  }

  async #tell(channelId: string): Promise<void> {
    if (this.#busy.has(channelId)) return
    this.#busy.add(channelId)
    try {
      for (;;) {
        const messageId = this.#waiting.get(channelId)
        if (messageId === undefined || !this.#deps.isReady(channelId)) return
        await this.#attempt(channelId, messageId)
        if (this.#waiting.get(channelId) === messageId) this.#waiting.delete(channelId)
      }
    } catch (caught) {
      // Only what passes lands here: told again on return, or with the next mark.
      asParleyError(caught)
    } finally {
      this.#busy.delete(channelId)
    }
  }

  async #attempt(channelId: string, messageId: number): Promise<void> {
    try {
      await this.#deps.deliver(channelId, messageId)
      this.#told.set(channelId, messageId)
    } catch (caught) {
      // A refusal (no longer a member) will not change by asking again.
      if (asParleyError(caught).passing) throw caught
    }
  }
}
