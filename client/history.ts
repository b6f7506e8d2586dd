import { historySchema, type History } from '../protocol/http.ts'
import type { Message } from '../protocol/objects.ts'
import type { Http } from './http.ts'
import type { Model } from './model.ts'
import type { PageBound } from './timeline.ts'

const PAGE_SIZE = 50

/** Reads what lies outside of `sync`, page by page, into the model. */
export class HistoryReader {
  readonly #http: Http
  readonly #model: Model
  readonly #onPage: (channelId: string, bound: PageBound) => void
  /** One page at a time in each direction: asking twice waits for the first answer. */
  readonly #running = new Map<string, Promise<void>>()

  constructor(http: Http, model: Model, onPage: (channelId: string, bound: PageBound) => void) {
    this.#http = http
    this.#model = model
    this.#onPage = onPage
  }

  /** Loads the newest page, or the one before what is held. Resolves at once at the start of the log. */
  async loadOlder(channelId: string): Promise<void> {
    const timeline = this.#model.timeline(channelId)
    const { oldestId } = timeline
    if (timeline.complete) return
    await this.#load(
      channelId,
      oldestId === null ? { kind: 'newest' } : { kind: 'before', messageId: oldestId },
    )
  }

  /** Loads the messages on both sides of `messageId`. */
  loadAround(channelId: string, messageId: number): Promise<void> {
    return this.#load(channelId, { kind: 'around', messageId })
  }

  /**
   * Loads the messages around a time. Resolves with the first one sent then or later, or else the newest;
   * with null for a channel that has none.
   */
  async loadAt(channelId: string, at: number): Promise<Message | null> {
    const { epoch } = this.#model
    const page = await this.#page(channelId, { at })
    // A reset came in between, as in `#fetch`.
    if (epoch !== this.#model.epoch) return this.loadAt(channelId, at)
    const { messages } = page
    const target = messages.find(({ createdAt }) => createdAt >= at) ?? messages.at(-1) ?? null
    if (target === null) return null
    const bound = { kind: 'around', messageId: target.messageId } as const
    this.#model.timeline(channelId).putPage(bound, page)
    this.#onPage(channelId, bound)
    return target
  }

  /** Loads on from `messageId` towards now: fills the hole above a page that was jumped to. */
  loadNewer(channelId: string, messageId: number): Promise<void> {
    return this.#load(channelId, { kind: 'after', messageId })
  }

  #load(channelId: string, bound: PageBound): Promise<void> {
    const key = `${channelId} ${JSON.stringify(bound)}`
    const running = this.#running.get(key)
    if (running !== undefined) return running
    const load = this.#fetch(channelId, bound).finally(() => this.#running.delete(key))
    this.#running.set(key, load)
    return load
  }

  async #fetch(channelId: string, bound: PageBound): Promise<void> {
    const { epoch } = this.#model
    const query = bound.kind === 'newest' ? {} : { [bound.kind]: bound.messageId }
    const page = await this.#page(channelId, query)
    // A reset came in between: between this page and the next `sync` there may be a hole.
    if (epoch !== this.#model.epoch) return this.#fetch(channelId, { kind: 'newest' })
    this.#model.timeline(channelId).putPage(bound, page)
    this.#onPage(channelId, bound)
  }

  #page(channelId: string, bound: Record<string, number>): Promise<History> {
    const path = `/v1/channels/${encodeURIComponent(channelId)}/messages`
    const query = { limit: PAGE_SIZE, ...bound }
    return this.#http.call('GET', path, historySchema, { query })
  }
}
