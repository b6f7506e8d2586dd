import type { DeviceFrame, OkFrame } from '../protocol/user-socket.ts'
import type { ConnectionState, EndReason } from './connection.ts'
import type { Link, LinkDeps, LinkEvents } from './link.ts'
import { OwnLink } from './own-link.ts'

/** A window that is alone has its first chat on screen by then, and waits for nothing else. */
const LOAD_AFTER_MS = 2000

export interface MakeSharedLink {
  /** @param hear has the own link tell somebody else from now on */
  (deps: LinkDeps, own: OwnLink, hear: (events: LinkEvents) => void): Link
}

/** By what clients share one link. */
export interface LinkSharing {
  /** Whether another client has one to share right now. */
  isThere(): Promise<boolean>
  /** Brings what is needed for sharing. Without it each client has its own link. */
  load(): Promise<MakeSharedLink>
}

/**
 * A link that will be shared. The first window connects at once by its own, and is ready to share that a little later; one
 * that finds another there opens none.
 */
export class LateLink implements Link {
  readonly #deps: LinkDeps
  readonly #sharing: LinkSharing
  readonly #own: OwnLink
  /** What the own link tells. */
  readonly #told: LinkDeps
  #shared: Link | null = null
  /** Raised by each `connect` and `close`, so that what took long is told. */
  #attempt = 0
  /** While it looks for others it has no connection, and is on its way to one. */
  #looks = false

  constructor(deps: LinkDeps, sharing: LinkSharing) {
    this.#deps = deps
    this.#sharing = sharing
    this.#told = { ...deps }
    this.#own = new OwnLink(this.#told)
  }

  get state(): ConnectionState {
    return this.#looks ? 'connecting' : this.#link.state
  }

  get hasSocket(): boolean {
    return this.#link.hasSocket
  }

  connect(): void {
    if (this.#shared !== null) return this.#shared.connect()
    if (this.state === 'connecting' || this.state === 'online') return
    this.#looks = true
    this.#deps.onState('connecting')
    void this.#start(++this.#attempt)
  }

  close(): void {
    const looked = this.#looks
    this.#stopLooking()
    this.#link.close()
    if (looked) this.#deps.onState('off')
  }

  end(reason: EndReason): void {
    this.#stopLooking()
    this.#link.end(reason)
  }

  wake(): void {
    this.#link.wake()
  }

  check(): void {
    this.#link.check()
  }

  post(frame: DeviceFrame): void {
    this.#link.post(frame)
  }

  request(frame: DeviceFrame): Promise<OkFrame> {
    return this.#link.request(frame)
  }

  get #link(): Link {
    return this.#shared ?? this.#own
  }

  async #start(attempt: number): Promise<void> {
    const isThere = await this.#sharing.isThere()
    if (attempt !== this.#attempt) return
    if (isThere) await this.#share(attempt)
    else setTimeout(() => void this.#share(attempt), LOAD_AFTER_MS)
    if (attempt !== this.#attempt || this.#shared !== null) return
    this.#looks = false
    this.#own.connect()
  }

  async #share(attempt: number): Promise<void> {
    try {
      const make = await this.#sharing.load()
      const isOver = !this.#looks && (this.#own.state === 'off' || this.#own.state === 'ended')
      if (attempt !== this.#attempt || isOver) return
      this.#looks = false
      this.#shared = make(this.#deps, this.#own, (events) => Object.assign(this.#told, events))
      this.#shared.connect()
    } catch {
      // Without a net, or as a version of the page that is gone: this window has its own link until it starts anew.
    }
  }

  #stopLooking(): void {
    this.#attempt++
    this.#looks = false
  }
}
