import { hitsSchema, type Hits } from '../protocol/search.ts'
import type { Message } from '../protocol/objects.ts'
import type { Http } from './http.ts'
import { ParleyError } from './parley-error.ts'

/** What to look for; see `GET /v1/search`. */
export interface Search {
  /** Words, all of them, the last as a beginning; phrases in quotes. At most 200 characters. */
  q: string
  channelId?: string
  /** Only what this person wrote. */
  userId?: string
  /** Sent at this time or later, in Unix milliseconds. */
  since?: number
  /** Sent before this time. */
  until?: number
}

export interface PageOfHits {
  /** The `next` of the page before. */
  before?: string
  /** At most 50; 20 unless given. */
  limit?: number
  /** Gives the call up. */
  signal?: AbortSignal
}

/** The HTTP calls that find messages, and the one that reads all of a channel. */
export class SearchCalls {
  readonly #http: Http

  constructor(http: Http) {
    this.#http = http
  }

  search(search: Search, { signal, ...page }: PageOfHits): Promise<Hits> {
    const query = { ...search, ...page }
    return this.#http.call('GET', '/v1/search', hitsSchema, withSignal({ query }, signal))
  }

  mentions({ signal, ...query }: PageOfHits): Promise<Hits> {
    return this.#http.call('GET', '/v1/mentions', hitsSchema, withSignal({ query }, signal))
  }

  async *export(channelId: string, signal?: AbortSignal): AsyncGenerator<Message, void> {
    const { exported } = await exportCalls()
    const path = `/v1/channels/${encodeURIComponent(channelId)}/export`
    yield* exported(await this.#http.open('GET', path, withSignal({}, signal)))
  }
}

/** Few ever do it, and not before it is asked for. */
async function exportCalls() {
  try {
    return await import('./export.ts')
  } catch (cause) {
    const detail = 'What reads an export cannot be reached.'
    throw new ParleyError({ code: 'network', detail }, cause)
  }
}

function withSignal<T extends object>(call: T, signal: AbortSignal | undefined) {
  return signal === undefined ? call : { ...call, signal }
}
