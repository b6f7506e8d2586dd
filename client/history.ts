import { historySchema } from '../protocol/http.ts'
import type { Http } from './http.ts'
import type { Model } from './model.ts'
import type { PageBound } from './timeline.ts'

const PAGE_SIZE = 50

/** Reads what lies outside of `sync`, page by page, into the model. */
export class HistoryReader {
  readonly #http: Http
  readonly #model: Model
  readonly #onPage: (channelId: string) => void
  /** One page at a time in each direction: asking twice waits for the first answer. */
  readonly #running = new Map<string, Promise<void>>()

  constructor(http: Http, model: Model, onPage: (channelId: string) => void) {
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
    const query = {
      limit: PAGE_SIZE,
      ...(bound.kind === 'newest' ? {} : { [bound.kind]: bound.messageId }),
    }
    const path = `/v1/channels/${encodeURIComponent(channelId)}/messages`
    const page = await this.#http.call('GET', path, historySchema, { query })
    // A reset came in between: between this page and the next `sync` there may be a hole.
    if (epoch !== this.#model.epoch) return this.#fetch(channelId, { kind: 'newest' })
    this.#model.timeline(channelId).putPage(bound, page)
    this.#onPage(channelId)
  }
}
