import type { SyncFrame } from '../protocol/user-socket.ts'
import { Confirmations } from './confirmations.ts'
import type { Changes, Model } from './model.ts'
import type { Store } from './store.ts'

export interface SyncDeps {
  model: Model
  store: Pick<Store, 'saveSync'>
  /** Tells the server that everything up to `cursor` is kept here. */
  confirm: (cursor: number) => void
  onChanges: (changes: Changes, frame: SyncFrame) => void
}

/**
 * Takes `sync` frames over: memory at once, then the store, rows and cursor in one, then the
 * confirmation. Stopped at any point, the device asks again from a cursor that is not ahead of what
 * it holds.
 */
export class Sync {
  readonly #deps: SyncDeps
  readonly #confirmations: Confirmations
  #cursor = 0
  #queue: Promise<void> = Promise.resolve()
  /** A store that failed once has a hole from there on, so its cursor must stay where it is. */
  #storeFailed = false

  constructor(deps: SyncDeps) {
    this.#deps = deps
    this.#confirmations = new Confirmations(deps.confirm)
  }

  /** How far memory has got: where a new connection goes on. */
  get cursor(): number {
    return this.#cursor
  }

  /** Resolves when everything that was received is in the store. */
  get kept(): Promise<void> {
    return this.#queue
  }

  startAt(cursor: number): void {
    this.#cursor = cursor
    this.#confirmations.startAt(cursor)
  }

  receive(frame: SyncFrame): void {
    const changes = this.#deps.model.applySync(frame)
    const from = this.#cursor
    this.#cursor = frame.cursor
    this.#queue = this.#queue.then(() => this.#keep(frame, from))
    this.#deps.onChanges(changes, frame)
  }

  /** Confirms now what would be confirmed within the second. */
  confirmNow(): void {
    this.#confirmations.now()
  }

  async #keep(frame: SyncFrame, from: number): Promise<void> {
    try {
      if (!this.#storeFailed) await this.#deps.store.saveSync(frame, from)
    } catch {
      // Full or broken: memory has the rows, and the next start asks again from the older cursor.
      this.#storeFailed = true
    }
    this.#confirmations.add(frame.cursor, frame.more)
  }
}
