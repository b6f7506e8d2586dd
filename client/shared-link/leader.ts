import type { DeviceFrame, OkFrame, SyncFrame } from '../../protocol/user-socket.ts'
import { newClientId } from '../client-id.ts'
import type { EndReason } from '../connection.ts'
import type { OtherFrame } from '../link.ts'
import type { OwnLink } from '../own-link.ts'
import { asParleyError } from '../parley-error.ts'
import { writeError } from '../saved-state.ts'
import { Gathered } from './gathered.ts'
import type { MessageOf, WindowMessage } from './messages.ts'
import type { Membership, Windows } from './windows.ts'

export interface LeaderDeps extends Pick<Windows, 'gone'>, Pick<Membership, 'tell'> {
  /** This window. */
  window: string
  own: OwnLink
  cursor: () => number
  /** Whether somebody was looking at this window before it led. */
  active: boolean
}

/** The window that has the connection: it tells the others what comes, and asks for them. */
export class Leader {
  readonly #deps: LeaderDeps
  readonly #term = newClientId()
  readonly #gathered = new Gathered()
  /** Ends the wait for a window to go. */
  readonly #followers = new Map<string, AbortController>()
  /** What the server was told on this socket. */
  #told: { active: boolean | null; userIds: string } = { active: null, userIds: '' }

  constructor(deps: LeaderDeps) {
    this.#deps = deps
    this.#gathered.frame(deps.window, { t: 'active', on: deps.active })
    this.#tell({ t: 'lead', term: this.#term, to: null })
  }

  /** Takes what another window tells. */
  hear(message: WindowMessage): void {
    switch (message.t) {
      case 'join':
        return this.#welcome(message.window)
      case 'ask':
        if (this.#knows(message)) void this.#ask(message)
        return
      case 'nudge':
        if (this.#knows(message)) this.#nudged(message)
        return
      case 'lead':
      case 'state':
      case 'frame':
      case 'answer':
      case 'here':
      case 'ended':
        // Of one who was robbed and does not know yet, or the other way round.
        return
    }
  }

  /** A new socket: it knows nothing of what the one before was told. To be called before this window is told. */
  greeted(): void {
    this.#told = { active: null, userIds: '' }
    // Until it says otherwise somebody looks at a window that was greeted.
    this.#gathered.frame(this.#deps.window, { t: 'active', on: true })
  }

  /** Tells all how the connection is. */
  tellState(to: string | null = null): void {
    const { own, window, cursor } = this.#deps
    const { greeting } = own
    this.#tell({
      t: 'state',
      term: this.#term,
      to,
      state: greeting === null ? 'connecting' : 'online',
      hasSocket: own.hasSocket,
      active: this.#gathered.isActive(window),
      userId: greeting?.userId ?? null,
      hello: greeting?.hello ?? null,
      cursor: cursor(),
    })
  }

  /** Tells all of a frame; `from` is the cursor before it. */
  tellFrame(frame: SyncFrame | OtherFrame, from: number): void {
    if (frame.t !== 'sync' && frame.t !== 'presence' && frame.t !== 'receipt') return
    this.#tell({ t: 'frame', term: this.#term, from, frame })
  }

  tellEnd(reason: Exclude<EndReason, 'left'>): void {
    this.#tell({ t: 'ended', term: this.#term, reason })
  }

  /** Sends what this window posts. */
  post(frame: DeviceFrame): void {
    const { own, window } = this.#deps
    if (frame.t !== 'active') return own.post(frame)
    this.#gathered.frame(window, frame)
    this.#tellServer()
  }

  request(frame: DeviceFrame): Promise<OkFrame> {
    return this.#request(this.#deps.window, frame)
  }

  /** Lets go of all others. */
  stop(): void {
    for (const waiting of this.#followers.values()) waiting.abort()
    this.#followers.clear()
  }

  #welcome(window: string): void {
    if (!this.#followers.has(window)) {
      const waiting = new AbortController()
      this.#followers.set(window, waiting)
      void this.#waitFor(window, waiting.signal)
    }
    this.tellState(window)
    // Whoever comes does not wait for a timer that a browser may slow down.
    if (this.#deps.own.greeting === null) this.#deps.own.wake()
  }

  async #waitFor(window: string, signal: AbortSignal): Promise<void> {
    try {
      await this.#deps.gone(window, signal)
    } catch {
      // This one has gone itself.
      return
    }
    this.#followers.delete(window)
    this.#gathered.delete(window)
    this.#tellServer()
  }

  /** Whoever has not heard that there is a new leader is told now, and joins. */
  #knows({ window, term }: MessageOf<'ask' | 'nudge'>): boolean {
    const isKnown = term === this.#term && this.#followers.has(window)
    if (!isKnown) this.#tell({ t: 'lead', term: this.#term, to: window })
    return isKnown
  }

  async #ask({ window, ref, frame }: MessageOf<'ask'>): Promise<void> {
    if (ref === null) {
      this.#gathered.frame(window, frame)
      return this.#tellServer()
    }
    const answer = { t: 'answer', term: this.#term, to: window, ref } as const
    try {
      const ok = await this.#request(window, frame)
      this.#tell({ ...answer, ok, error: null })
    } catch (caught) {
      this.#tell({ ...answer, ok: null, error: writeError(asParleyError(caught)) })
    }
  }

  #request(window: string, frame: DeviceFrame): Promise<OkFrame> {
    const all = this.#gathered.frame(window, frame)
    if (all.t === 'active') this.#told.active = all.on
    if (all.t === 'watch') this.#told.userIds = keyOf(all.userIds)
    return this.#deps.own.request(all)
  }

  #nudged({ window, how }: MessageOf<'nudge'>): void {
    this.#tell({ t: 'here', term: this.#term, to: window, cursor: this.#deps.cursor() })
    this.#deps.own[how]()
  }

  /** What all windows say together may have changed without a request. */
  #tellServer(): void {
    const { own } = this.#deps
    if (!own.hasSocket) return
    const { active, userIds } = this.#gathered
    if (active !== this.#told.active) own.post({ t: 'active', on: active })
    if (keyOf(userIds) !== this.#told.userIds) own.post({ t: 'watch', userIds })
    this.#told = { active, userIds: keyOf(userIds) }
  }

  #tell(message: WindowMessage): void {
    this.#deps.tell(message)
  }
}

function keyOf(userIds: readonly string[]): string {
  return userIds.toSorted().join(' ')
}
