import type { Message } from '../protocol/objects.ts'

/** Which messages of a channel were told as new: each once, whichever way it comes first. */
export class Announced {
  /** `sync` has told everything up to here. */
  #upTo = 0
  /** What the channel's socket told before `sync` did. */
  readonly #ahead = new Set<number>()

  /** Whether to tell a message of `sync`, which brings all of them in order. */
  bySync(message: Message): boolean {
    const { messageId } = message
    if (messageId <= this.#upTo) return false
    // A change of a message from before this device knew the channel is not news.
    if (this.#upTo === 0 && !isUnchanged(message)) return false
    this.#upTo = messageId
    return !this.#ahead.delete(messageId)
  }

  /** Notes one that needs no telling: it was written here. */
  skip(messageId: number): void {
    if (messageId > this.#upTo) this.#ahead.add(messageId)
  }

  /** Whether to tell a message of the channel's socket. */
  bySocket(message: Message): boolean {
    const { messageId } = message
    const isTold = messageId <= this.#upTo || this.#ahead.has(messageId)
    if (isTold || !isUnchanged(message)) return false
    this.#ahead.add(messageId)
    return true
  }
}

function isUnchanged({ messageId, version }: Message): boolean {
  return version === messageId
}
