import { asParleyError } from './parley-error.ts'

export interface ReadsDeps {
  ready: () => boolean
  deliver: (channelId: string, messageId: number) => Promise<void>
}

/** How far channels were read here. Only moves forwards; what could not be told is told on return. */
export class Reads {
  readonly #deps: ReadsDeps
  readonly #told = new Map<string, number>()
  readonly #waiting = new Map<string, number>()

  constructor(deps: ReadsDeps) {
    this.#deps = deps
  }

  add(channelId: string, messageId: number): void {
    const known = Math.max(this.#told.get(channelId) ?? 0, this.#waiting.get(channelId) ?? 0)
    if (messageId <= known) return
    this.#waiting.set(channelId, messageId)
    if (this.#deps.ready()) void this.#tell(channelId, messageId)
  }

  flush(): void {
    for (const [channelId, messageId] of this.#waiting) void this.#tell(channelId, messageId)
  }

  clear(): void {
    this.#told.clear()
    this.#waiting.clear()
  }

  async #tell(channelId: string, messageId: number): Promise<void> {
    try {
      await this.#deps.deliver(channelId, messageId)
      this.#told.set(channelId, messageId)
    } catch (caught) {
      // Told again on return; a refusal (no longer a member) will not change by asking again.
      if (asParleyError(caught).passing) return
    }
    if (this.#waiting.get(channelId) === messageId) this.#waiting.delete(channelId)
  }
}
