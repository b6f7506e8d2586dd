import { HEARTBEAT_SECONDS } from '../../protocol/limits.ts'
import type { DeviceFrame, OkFrame, SyncFrame } from '../../protocol/user-socket.ts'
import { backoff } from '../backoff.ts'
import type { EndReason } from '../connection.ts'
import { goesOn } from '../goes-on.ts'
import type { LinkDeps } from '../link.ts'
import { asParleyError, ParleyError } from '../parley-error.ts'
import { Requests } from '../requests.ts'
import { catchUp } from './catch-up.ts'
import type { MessageOf, WindowMessage } from './messages.ts'
import { Pulse } from './pulse.ts'

export interface FollowerDeps {
  window: string
  link: LinkDeps
  tell: (message: WindowMessage) => void
  /** The leader is online, and so this window needs no connection of its own. */
  onJoined: () => void
  onState: (state: 'connecting' | 'online') => void
  onEnd: (reason: Exclude<EndReason, 'left'>) => void
  /** The leader gives no sign of life, or is of little use where nobody looks. */
  onWanting: () => void
}

/** Frames that come while a window asks for what lies before them. */
const MAX_HELD = 100

interface Held {
  from: number
  frame: SyncFrame
}

/**
 * A window that gets what comes from the one that leads. It takes a frame only where that goes on from what it holds;
 * wherever something may be missing it asks the server for all above its own cursor first.
 */
export class Follower {
  readonly #deps: FollowerDeps
  readonly #requests = new Requests()
  readonly #pulse: Pulse
  /** Whose frames belong together; null until the leader has answered. */
  #term: string | null = null
  #isOnline = false
  #hasSocket = false
  #active = false
  /** Frames that came while the server is asked for those before. */
  #held: Held[] | null = null
  /** Ends with the leader's connection, or with its term. */
  #greeted: AbortController | null = null
  /** Greets anew, for something is missing. */
  #lacking: (() => void) | null = null
  #impatience: ReturnType<typeof setTimeout> | undefined

  constructor(deps: FollowerDeps) {
    this.#deps = deps
    this.#pulse = new Pulse({
      random: deps.link.random,
      ask: () => this.#nudge('beat'),
      onSilence: deps.onWanting,
    })
    this.#join()
  }

  get hasSocket(): boolean {
    return this.#isOnline && this.#hasSocket
  }

  /** Whether somebody looks at this window, as far as the leader was told. */
  get active(): boolean {
    return this.#active
  }

  hear(message: WindowMessage): void {
    const { window } = this.#deps
    switch (message.t) {
      case 'lead':
        if (message.to !== null && message.to !== window) return
        // It lives; what one before was asked is no question to it.
        this.#pulse.heard()
        return this.#join()
      case 'state':
        if (message.to === window) this.#term = message.term
        if (message.term === this.#term && (message.to ?? window) === window) this.#look(message)
        return
      case 'join':
      case 'ask':
      case 'nudge':
        return
      case 'frame':
      case 'answer':
      case 'here':
      case 'ended':
        if (message.term === this.#term) this.#hearLeader(message)
    }
  }

  wake(): void {
    this.#nudge('wake')
  }

  check(): void {
    this.#nudge('check')
  }

  post(frame: DeviceFrame): void {
    // What of the inbox is kept here, the leader confirms: the store is one.
    if (frame.t !== 'active' || this.#term === null) return
    this.#active = frame.on
    this.#ask(this.#term, null, frame)
  }

  request(frame: DeviceFrame): Promise<OkFrame> {
    const term = this.#term
    if (term === null || !this.hasSocket) {
      return Promise.reject(new ParleyError({ code: 'network', detail: 'Not connected.' }))
    }
    if (frame.t === 'active') this.#active = frame.on
    return this.#requests.start((ref) => this.#ask(term, ref, frame))
  }

  stop(): void {
    this.#lose()
    this.#pulse.stop()
  }

  #join(): void {
    this.#lose()
    this.#deps.onState('connecting')
    this.#deps.tell({ t: 'join', window: this.#deps.window })
    this.#pulse.expect()
  }

  #hearLeader(message: MessageOf<'frame' | 'answer' | 'here' | 'ended'>): void {
    switch (message.t) {
      case 'frame':
        if (message.frame.t !== 'sync') return this.#deps.link.onFrame(message.frame)
        return this.#sync({ from: message.from, frame: message.frame })
      case 'answer':
        return this.#answer(message)
      case 'here':
        return this.#compare(message)
      case 'ended':
        return this.#deps.onEnd(message.reason)
    }
  }

  #look(state: MessageOf<'state'>): void {
    this.#pulse.heard()
    if (state.state === 'online' && state.userId !== null) {
      const isSame = state.cursor === this.#deps.link.cursor() && state.cursor >= 0
      // Without a hello nothing else says that all is there; to whoever has nothing yet a reset is on its way.
      const isLevel = isSame && (state.hello !== null || state.cursor === 0)
      void this.#greet(state, state.userId, isLevel)
      return
    }
    this.#unplug()
    this.#deps.onState('connecting')
    // It may also die before its connection is back.
    this.#pulse.every(HEARTBEAT_SECONDS)
    if (state.active || !this.#active) return
    // Where nobody looks, browsers may slow down what brings the connection back.
    const wait = backoff(0, this.#deps.link.random, null)
    this.#impatience = setTimeout(() => this.#deps.onWanting(), wait)
  }

  /** The leader is online: this window is as soon as it lacks nothing. */
  async #greet(state: MessageOf<'state'>, userId: string, isLevel: boolean): Promise<void> {
    const { link, onJoined, onState, onEnd } = this.#deps
    const { hello } = state
    this.#unplug()
    const { signal } = (this.#greeted = new AbortController())
    this.#held = []
    this.#lacking = () => void this.#greet(state, userId, false)
    // Also what slows the leader down stops no heartbeat, and does not go unnoticed.
    this.#pulse.every(hello?.heartbeatSeconds || HEARTBEAT_SECONDS)
    onJoined()
    onState('connecting')
    // Whose rows these are is looked at before they are taken.
    link.onUser(userId)
    try {
      if (!isLevel) await catchUp(link, signal)
    } catch (caught) {
      asParleyError(caught)
      return onEnd('unauthenticated')
    }
    if (signal.aborted) return
    const held = this.#held
    this.#held = null
    for (const each of held) this.#sync(each)
    // One of them did not go on from what is held: all over again.
    if (signal.aborted) return

    this.#isOnline = true
    this.#hasSocket = state.hasSocket
    this.#active = true
    onState('online')
    if (hello === null) link.onUser(userId)
    else link.onHello(hello)
    // Like a socket that was greeted, it counts as looked at unless it has said otherwise.
    if (!signal.aborted && this.#active) this.post({ t: 'active', on: true })
  }

  #sync(held: Held): void {
    if (this.#held !== null) {
      // The server does not answer: what is let go is asked for once more, for the next does not go on from what is held.
      if (this.#held.length >= MAX_HELD) this.#held = []
      this.#held.push(held)
      return
    }
    const { link } = this.#deps
    switch (goesOn(link.cursor(), held.from, held.frame)) {
      case 'take':
        return link.onSync(held.frame)
      case 'known':
        return
      case 'gap':
        this.#lacking?.()
    }
  }

  /** Whoever has missed something, and hears of no more, is behind the leader. */
  #compare({ to, cursor }: MessageOf<'here'>): void {
    if (to !== this.#deps.window) return
    this.#pulse.heard()
    const mine = this.#deps.link.cursor()
    const isBehind = mine > 0 ? cursor > mine : cursor !== mine
    if (this.#isOnline && isBehind) this.#lacking?.()
  }

  #ask(term: string, ref: number | null, frame: DeviceFrame): void {
    this.#deps.tell({ t: 'ask', window: this.#deps.window, term, ref, frame })
  }

  #answer({ to, ref, ok, error }: MessageOf<'answer'>): void {
    if (to !== this.#deps.window) return
    if (ok !== null) this.#requests.settle({ ...ok, ref })
    else if (error !== null) this.#requests.settle({ t: 'error', ref, ...error })
  }

  #nudge(how: 'beat' | 'wake' | 'check'): void {
    const { window, tell } = this.#deps
    if (this.#term === null) tell({ t: 'join', window })
    else tell({ t: 'nudge', window, term: this.#term, how })
    this.#pulse.expect()
  }

  /** The leader's term is over. */
  #lose(): void {
    this.#unplug()
    this.#term = null
    this.#lacking = null
  }

  /** The leader's connection is, or something of it is missing here: whether requests arrived is unknown. */
  #unplug(): void {
    this.#isOnline = false
    this.#hasSocket = false
    this.#held = null
    this.#greeted?.abort()
    this.#pulse.rest()
    clearTimeout(this.#impatience)
    this.#requests.abandon()
  }
}
