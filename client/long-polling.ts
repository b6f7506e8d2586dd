import { MAX_SYNC_WAIT_SECONDS } from '../protocol/limits.ts'
import { userSchema } from '../protocol/objects.ts'
import { syncFrameSchema, type SyncFrame } from '../protocol/user-socket.ts'
import { backoff } from './backoff.ts'
import type { Http } from './http.ts'
import { asParleyError } from './parley-error.ts'

export interface LongPollingDeps {
  http: Http
  random: () => number
  cursor: () => number
  /** Resolves when everything received is in the store: asking with a cursor confirms it. */
  kept: () => Promise<void>
  onUser: (userId: string) => void
  onFrame: (frame: SyncFrame) => void
  onChange: () => void
}

/** Asks for what is new, again and again, where no socket gets through. */
export class LongPolling {
  readonly #deps: LongPollingDeps
  #running: AbortController | null = null
  #isOnline = false

  constructor(deps: LongPollingDeps) {
    this.#deps = deps
  }

  /** Whether the last question was answered. */
  get isOnline(): boolean {
    return this.#isOnline
  }

  start(): void {
    if (this.#running !== null) return
    this.#running = new AbortController()
    void this.#run(this.#running.signal)
  }

  stop(): void {
    this.#running?.abort()
    this.#running = null
    this.#set(false)
  }

  async #run(signal: AbortSignal): Promise<void> {
    let failures = 0
    while (!signal.aborted) {
      try {
        if (!this.#isOnline) await this.#greet(signal)
        await this.#ask(signal)
        failures = 0
      } catch (caught) {
        const { retryAfter } = asParleyError(caught)
        if (signal.aborted) return
        this.#set(false)
        await sleep(backoff(failures++, this.#deps.random, retryAfter))
      }
    }
  }

  async #greet(signal: AbortSignal): Promise<void> {
    const { userId } = await this.#deps.http.call('GET', '/v1/me', userSchema, { signal })
    if (signal.aborted) return
    this.#set(true)
    this.#deps.onUser(userId)
  }

  async #ask(signal: AbortSignal): Promise<void> {
    await this.#deps.kept()
    const query = { cursor: this.#deps.cursor(), wait: MAX_SYNC_WAIT_SECONDS }
    const frame = await this.#deps.http.call('GET', '/v1/sync', syncFrameSchema, { query, signal })
    if (!signal.aborted) this.#deps.onFrame(frame)
  }

  #set(isOnline: boolean): void {
    if (isOnline === this.#isOnline) return
    this.#isOnline = isOnline
    this.#deps.onChange()
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
