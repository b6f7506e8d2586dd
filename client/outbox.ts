import type { Message } from '../protocol/objects.ts'
import type { Outgoing } from './outgoing.ts'
import { asParleyError, type ParleyError } from './parley-error.ts'
import { readOutgoing, writeOutgoing } from './saved-state.ts'
import type { OutboxNews, SharedOutbox } from './shared-outbox.ts'
import type { Store } from './store.ts'

/** When the server asks for patience but does not say how much. */
const DEFAULT_RETRY_SECONDS = 1

export interface OutboxDeps {
  store: Pick<Store, 'saveOutgoing' | 'deleteOutgoing'>
  random: () => number
  /** Whether there is a way to the server right now. */
  isReady: (channelId: string) => boolean
  /** Hands one message to the server; resolves with what was stored, rejects with a ParleyError. */
  deliver: (outgoing: Outgoing) => Promise<Message>
  onStored: (message: Message) => void
  onChange: (channelId: string) => void
  /** Whose messages these are, once that is known. */
  userId: () => string | null
  /** With whom the outbox is shared, if with anybody. */
  shared: SharedOutbox | null
}

/**
 * Messages that are not known to be stored. Each channel has its own queue with one message in flight,
 * so that they arrive in the order they were written, whatever fails in between. Windows that share it all
 * hold all of it, and one of them sends in a channel at a time: should it die, the next goes on. What that
 * one has not heard to be stored is sent twice, and by its clientId stored once.
 */
export class Outbox {
  readonly #deps: OutboxDeps
  readonly #entries = new Map<string, Outgoing>()
  readonly #busy = new Set<string>()

  constructor(deps: OutboxDeps) {
    this.#deps = deps
    deps.shared?.listen((news) => this.#hear(news))
  }

  /** What of a channel is on its way or was refused, in the order it was written. */
  of(channelId: string): Outgoing[] {
    return [...this.#entries.values()].filter((entry) => entry.channelId === channelId)
  }

  add(outgoing: Outgoing): void {
    this.#put(outgoing)
    void this.#pump(outgoing.channelId)
  }

  /** Takes over what a store has kept, without sending it yet. */
  restore(outgoing: readonly Outgoing[]): void {
    for (const entry of outgoing) this.#entries.set(entry.clientId, entry)
  }

  /** Sends everything that waits; called when the connection is there again. */
  flush(): void {
    for (const channelId of new Set([...this.#entries.values()].map((entry) => entry.channelId))) {
      void this.#pump(channelId)
    }
  }

  /** Sends a refused message again, after those that wait. It keeps its clientId. */
  retry(clientId: string): void {
    const entry = this.#entries.get(clientId)
    if (entry?.state !== 'failed') return
    this.#entries.delete(clientId)
    this.add({ ...entry, state: 'sending', kept: false, error: null })
  }

  /** Gives a refused message up. One in flight may be stored already and cannot be taken back. */
  discard(clientId: string): void {
    if (this.#entries.get(clientId)?.state === 'failed') this.#remove(clientId)
  }

  /**
   * The message was seen in the channel: it is stored, whether or not an `ok` ever comes. Returns
   * whether it was one of these.
   */
  settle(clientId: string): boolean {
    const isOurs = this.#entries.has(clientId)
    if (isOurs) this.#remove(clientId)
    return isOurs
  }

  clear(): void {
    this.#entries.clear()
  }

  async #pump(channelId: string): Promise<void> {
    if (this.#busy.has(channelId)) return
    this.#busy.add(channelId)
    try {
      const send = () => this.#sendWaiting(channelId)
      if (this.#next(channelId) === null) return
      await (this.#deps.shared?.alone(channelId, send) ?? send())
    } finally {
      this.#busy.delete(channelId)
    }
    // What came when the queue was thought empty.
    if (this.#next(channelId) !== null) void this.#pump(channelId)
  }

  async #sendWaiting(channelId: string): Promise<void> {
    for (let next = this.#next(channelId); next !== null; next = this.#next(channelId)) {
      await this.#attempt(next)
    }
  }

  /** What is to be sent now, if there is a way. */
  #next(channelId: string): Outgoing | null {
    if (!this.#deps.isReady(channelId)) return null
    return this.of(channelId).find(({ state }) => state === 'sending') ?? null
  }

  /** Another window has written, sent, tried or given up a message; it has also kept that in the store. */
  #hear({ userId, clientId, outgoing }: OutboxNews): void {
    if (userId !== this.#deps.userId()) return
    const known = this.#entries.get(clientId)
    const channelId = outgoing?.channelId ?? known?.channelId
    if (channelId === undefined) return
    // Tried again, it goes after those that wait.
    if (outgoing === null || known?.state === 'failed') this.#entries.delete(clientId)
    if (outgoing !== null) this.#entries.set(clientId, readOutgoing(outgoing))
    this.#deps.onChange(channelId)
    void this.#pump(channelId)
  }

  #tell(clientId: string, outgoing: Outgoing | null): void {
    const userId = this.#deps.userId()
    if (userId === null) return
    const news = outgoing === null ? null : writeOutgoing(outgoing)
    this.#deps.shared?.tell({ userId, clientId, outgoing: news })
  }

  async #attempt(entry: Outgoing): Promise<void> {
    try {
      const message = await this.#deps.deliver(entry)
      this.#remove(entry.clientId)
      this.#deps.onStored(message)
    } catch (caught) {
      const error = asParleyError(caught)
      // Cut off: the next `flush` sends it again, with the same clientId.
      if (error.code === 'network' && !this.#deps.isReady(entry.channelId)) return
      if (error.passing || error.code === 'unauthenticated') await this.#pause(error)
      // Unless it was seen in `sync` meanwhile, and so is stored after all.
      else if (this.#entries.has(entry.clientId))
        this.#put({ ...entry, state: 'failed', kept: false, error })
    }
  }

  #pause(error: ParleyError): Promise<void> {
    const seconds = (error.retryAfter ?? DEFAULT_RETRY_SECONDS) + this.#deps.random()
    return new Promise((resolve) => setTimeout(resolve, seconds * 1000))
  }

  #put(entry: Outgoing): void {
    this.#entries.set(entry.clientId, entry)
    void this.#keep(entry)
    this.#tell(entry.clientId, entry)
    this.#deps.onChange(entry.channelId)
  }

  async #keep(entry: Outgoing): Promise<void> {
    try {
      await this.#deps.store.saveOutgoing(entry)
    } catch {
      // Full, broken or off: it waits in memory, and nobody is told that it is kept.
      return
    }
    // Unless it was sent or refused meanwhile.
    if (this.#entries.get(entry.clientId) !== entry) return
    this.#entries.set(entry.clientId, { ...entry, kept: true })
    this.#deps.onChange(entry.channelId)
  }

  #remove(clientId: string): void {
    const entry = this.#entries.get(clientId)
    this.#entries.delete(clientId)
    void this.#deps.store.deleteOutgoing(clientId)
    if (entry === undefined) return
    this.#tell(clientId, null)
    this.#deps.onChange(entry.channelId)
  }
}
