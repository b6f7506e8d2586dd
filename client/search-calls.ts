import { hitsSchema, type Hits } from '../protocol/search.ts'
import { messageSchema, type Message } from '../protocol/objects.ts'
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
    const path = `/v1/channels/${encodeURIComponent(channelId)}/export`
    const response = await this.#http.send('GET', path, withSignal({}, signal))
    for await (const line of linesOf(response)) {
      const message = messageSchema.safeParse(parseJson(line))
      if (message.success) yield message.data
      else {
        const detail = 'A line of the export is not what this version understands.'
        throw new ParleyError({ code: 'protocol', detail })
      }
    }
  }
}

function withSignal<T extends object>(call: T, signal: AbortSignal | undefined) {
  return signal === undefined ? call : { ...call, signal }
}

/** Lines of a body as they come. One that breaks off throws: what has come by then is not all. */
async function* linesOf(response: Response): AsyncGenerator<string, void> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of chunksOf(response)) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
  // Every line ends; a piece of one is what is left of an answer that was cut.
  if (rest + decoder.decode() !== '') throw brokenOff()
}

async function* chunksOf(response: Response): AsyncGenerator<Uint8Array, void> {
  try {
    // React Native reads no streams.
    if (!response.body) {
      yield new Uint8Array(await response.arrayBuffer())
      return
    }
    const reader = response.body.getReader()
    try {
      for (;;) {
        const { done, value } = await reader.read()
        if (done) return
        yield value
      }
    } finally {
      // Also when whoever iterates has had enough.
      await reader.cancel()
    }
  } catch (cause) {
    throw brokenOff(cause)
  }
}

function brokenOff(cause?: unknown): ParleyError {
  return new ParleyError({ code: 'network', detail: 'The export broke off.' }, cause)
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    // Not JSON: no message either.
    return null
  }
}
