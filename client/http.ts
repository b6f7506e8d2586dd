import * as z from 'zod'
import { ERRORS, problemSchema, type ErrorCode } from '../protocol/errors.ts'
import type { Endpoints } from './endpoints.ts'
import { ParleyError } from './parley-error.ts'

export type Fetch = (url: string, init: RequestInit) => Promise<Response>

export interface HttpDeps {
  fetch: Fetch
  endpoints: Endpoints
  /** The bearer token, or null where the session is a cookie. */
  token: () => string | null
  /** Called with the token that a sign-in answered with. */
  onToken: (token: string) => void
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
type Query = Record<string, string | number | undefined>

export interface Call {
  query?: Query
  body?: unknown
  /** Gives the call up; it then rejects like one that had no answer. */
  signal?: AbortSignal
}

interface Parser<T> {
  parse: (value: unknown) => T
}

/** Refusals of account calls also carry the account service's own code. */
const refusalSchema = problemSchema.extend({ reason: z.string().optional() })

/** One HTTP call: URL, authentication, and the answer or a ParleyError. */
export class Http {
  readonly #deps: HttpDeps

  constructor(deps: HttpDeps) {
    this.#deps = deps
  }

  /** Calls `path` and parses what it answers. Rejects with a ParleyError only. */
  async call<T>(method: Method, path: string, answer: Parser<T>, call: Call = {}): Promise<T> {
    const response = await this.open(method, path, call)
    const body = await readJson(response)
    try {
      return answer.parse(body)
    } catch (cause) {
      const detail = `The answer to ${method} ${path} is not what this version understands.`
      throw new ParleyError({ code: 'protocol', status: response.status, detail }, cause)
    }
  }

  /** Calls `path` and ignores what is answered, but reads it to its end: unread, it would hold its connection. */
  async send(method: Method, path: string, call: Call = {}): Promise<void> {
    const response = await this.open(method, path, call)
    try {
      await response.arrayBuffer()
    } catch {
      // Cut off in the middle: the status has said all that counts.
    }
  }

  /** Calls `path`; whoever calls reads what is answered. */
  async open(method: Method, path: string, call: Call = {}): Promise<Response> {
    const response = await this.#fetchSomewhere(method, path, call)
    const token = response.headers.get('set-auth-token')
    if (token !== null) this.#deps.onToken(token)
    if (!response.ok) throw errorOf(response, await readJson(response))
    return response
  }

  /** An endpoint that gives no answer is left for the next; only what may run twice is tried twice. */
  async #fetchSomewhere(method: Method, path: string, call: Call): Promise<Response> {
    const { endpoints, fetch } = this.#deps
    const attempts = method === 'POST' ? 1 : endpoints.count
    const init = this.#init(method, call)
    for (let attempt = 1; ; attempt++) {
      const endpoint = endpoints.current
      try {
        return await fetch(endpoint + path + queryString(call.query), init)
      } catch (cause) {
        endpoints.failed(endpoint)
        if (attempt < attempts && !call.signal?.aborted) continue
        throw new ParleyError({ code: 'network', detail: 'The server cannot be reached.' }, cause)
      }
    }
  }

  #init(method: Method, { body, signal }: Call): RequestInit {
    const headers: Record<string, string> = { accept: 'application/json' }
    const token = this.#deps.token()
    if (token !== null) headers['authorization'] = `Bearer ${token}`
    const init: RequestInit =
      signal === undefined ? { method, headers } : { method, headers, signal }
    if (body === undefined) return init
    headers['content-type'] = 'application/json'
    return { ...init, body: JSON.stringify(body) }
  }
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json()
  } catch {
    // No body, or not JSON (an error page of a proxy): the status says enough.
    return null
  }
}

function errorOf(response: Response, body: unknown): ParleyError {
  const { status } = response
  const seconds = Number(response.headers.get('retry-after'))
  const retryAfter = Number.isFinite(seconds) && seconds > 0 ? seconds : null
  const refusal = refusalSchema.safeParse(body)
  if (refusal.success) {
    const { code, detail, reason } = refusal.data
    return new ParleyError({ code, status, detail, retryAfter, reason: reason ?? null })
  }
  // Not from Parley: a proxy, or a page that says the server is down.
  const detail = `The server answered ${status}.`
  return new ParleyError({ code: codeOfStatus(status), status, detail, retryAfter })
}

function codeOfStatus(status: number): ErrorCode {
  for (const [code, error] of Object.entries(ERRORS)) {
    if (error.status === status) return code as ErrorCode
  }
  return status >= 500 ? 'unavailable' : 'invalid'
}

function queryString(query: Query = {}): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  )
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`
}
