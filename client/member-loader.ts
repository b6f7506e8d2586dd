import type { Channel } from '../protocol/objects.ts'
import type { Model } from './model.ts'
import { asParleyError } from './parley-error.ts'

const AT_ONCE = 2

/**
 * Fetches channels whose members this device has never been told: lists and `sync` leave them out
 * unless they changed, but a DM is named after them.
 */
export class MemberLoader {
  readonly #model: Model
  readonly #fetch: (channelId: string) => Promise<Channel>
  readonly #onLoaded: (channel: Channel) => void
  readonly #queue: string[] = []
  readonly #asked = new Set<string>()
  #running = 0

  constructor(
    model: Model,
    fetch: (channelId: string) => Promise<Channel>,
    onLoaded: (channel: Channel) => void,
  ) {
    this.#model = model
    this.#fetch = fetch
    this.#onLoaded = onLoaded
  }

  /** Loads what is needed to show these channels in a list. */
  look(channelIds: Iterable<string>): void {
    for (const channelId of channelIds) {
      if (!this.#asked.has(channelId) && this.#lacksNames(channelId)) {
        this.#asked.add(channelId)
        this.#queue.push(channelId)
      }
    }
    while (this.#running < AT_ONCE && this.#queue.length > 0) void this.#next()
  }

  reset(): void {
    this.#queue.length = 0
    this.#asked.clear()
  }

  #lacksNames(channelId: string): boolean {
    const channel = this.#model.channels.get(channelId)
    if (channel === undefined || channel.members !== null || channel.leftAt !== null) return false
    const sender = channel.lastMessage?.userId
    return channel.kind === 'dm' || (sender !== undefined && !this.#model.people.has(sender))
  }

  async #next(): Promise<void> {
    const channelId = this.#queue.shift()
    if (channelId === undefined) return
    this.#running++
    try {
      this.#onLoaded(await this.#fetch(channelId))
    } catch (caught) {
      // Asked for again when the channel is next looked at.
      asParleyError(caught)
      this.#asked.delete(channelId)
    } finally {
      this.#running--
      void this.#next()
    }
  }
}
