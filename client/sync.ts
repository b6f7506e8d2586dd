import type { SyncFrame } from '../protocol/user-socket.ts'
import type { Changes, Model } from './model.ts'
import type { Store } from './store.ts'

/** While nothing waits for it, one confirmation a second is enough. */
const CONFIRM_EVERY_MS = 1000

export interface SyncDeps {
  model: Model
  store: Pick<Store, 'saveRows' | 'saveCursor'>
  /** Tells the server that everything up to `cursor` is kept here. */
  confirm: (cursor: number) => void
  onChanges: (changes: Changes, frame: SyncFrame) => void
}

/**
 * Takes `sync` frames over: memory at once, then the store, then the cursor, then the confirmation.
 * Stopped at any point, the device asks again from a cursor that is not ahead of what it holds.
 */
export class Sync {
  readonly #deps: SyncDeps
  #cursor = 0
  #saved = 0
  #confirmed = 0
  #queue: Promise<void> = Promise.resolve()
  #timer: ReturnType<typeof setTimeout> | undefined
  /** A store that failed once has a hole from there on, so its cursor must stay where it is. */
  #storeFailed = false

  constructor(deps: SyncDeps) {
    this.#deps = deps
  }

  /** How far memory has got: where a new connection goes on. */
  get cursor(): number {
    return this.#cursor
  }

  startAt(cursor: number): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#cursor = this.#saved = this.#confirmed = cursor
  }

  receive(frame: SyncFrame): void {
    const changes = this.#deps.model.applySync(frame)
    this.#cursor = frame.cursor
    this.#queue = this.#queue.then(() => this.#keep(frame))
    this.#deps.onChanges(changes, frame)
  }

  /** Confirms now what would be confirmed within the second. */
  confirmNow(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#saved === this.#confirmed) return
    this.#confirmed = this.#saved
    this.#deps.confirm(this.#saved)
  }

  async #keep(frame: SyncFrame): Promise<void> {
    try {
      if (!this.#storeFailed) {
        await this.#deps.store.saveRows(frame)
        await this.#deps.store.saveCursor(frame.cursor)
      }
    } catch {
      // Full or broken: memory has the rows, and the next start asks again from the older cursor.
      this.#storeFailed = true
    }
    this.#saved = frame.cursor
    // With `more`, the server may be waiting for room in its window.
    if (frame.more) this.confirmNow()
    else this.#timer ??= setTimeout(() => this.confirmNow(), CONFIRM_EVERY_MS)
  }
}
