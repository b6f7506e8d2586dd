import type { OkFrame } from '../protocol/user-socket.ts'
import { asParleyError } from './parley-error.ts'

/** A screen that scrolls changes its list many times a second; the server need not hear of each. */
const GATHER_MS = 250
const RETRY_MS = 10_000

export interface WatchDeps {
  hasSocket: () => boolean
  send: (userIds: string[]) => Promise<OkFrame>
}

/** Keeps the server told of whom this device shows: after each change, and again on a new socket. */
export class Watch {
  readonly #deps: WatchDeps
  #wanted: string[] = []
  #told = ''
  #timer: ReturnType<typeof setTimeout> | null = null

  constructor(deps: WatchDeps) {
    this.#deps = deps
  }

  set(userIds: string[]): void {
    this.#wanted = userIds
    this.#schedule(GATHER_MS)
  }

  /** A new socket has said hello: it knows nothing of what its predecessor was told. */
  greeted(): void {
    this.#told = ''
    this.#cancel()
    void this.#tell()
  }

  clear(): void {
    this.#wanted = []
    this.#cancel()
  }

  async #tell(): Promise<void> {
    const wanted = this.#wanted.toSorted().join(' ')
    if (wanted === this.#told || !this.#deps.hasSocket()) return
    this.#told = wanted
    try {
      await this.#deps.send(this.#wanted)
    } catch (caught) {
      const error = asParleyError(caught)
      // A connection that was lost says hello again.
      if (error.code === 'network' || !error.passing) return
      this.#told = ''
      this.#schedule(error.retryAfter === null ? RETRY_MS : error.retryAfter * 1000)
    }
  }

  #schedule(ms: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null
      void this.#tell()
    }, ms)
  }

  #cancel(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }
}
