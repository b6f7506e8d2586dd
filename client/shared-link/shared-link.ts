import type { DeviceFrame, OkFrame } from '../../protocol/user-socket.ts'
import { newClientId } from '../client-id.ts'
import type { ConnectionState, EndReason } from '../connection.ts'
import type { Link, LinkDeps, LinkEvents } from '../link.ts'
import type { Greeting, OwnLink } from '../own-link.ts'
import { Candidacy } from './candidacy.ts'
import { Follower } from './follower.ts'
import { Leader } from './leader.ts'
import type { WindowMessage } from './messages.ts'
import type { Membership, Windows } from './windows.ts'

export interface SharedLinkParts {
  deps: LinkDeps
  own: OwnLink
  /** Has the own link tell somebody else from now on. */
  hear: (events: LinkEvents) => void
  windows: Windows
}

/** What one time of taking part has: ended by `close`, by sleep, or by the end of the connection. */
interface Part {
  window: string
  candidacy: Candidacy | null
  membership: Membership | null
}

/**
 * The link of a window among others: one leads, which has its own link and tells the others what comes; they follow. A
 * window that is the only one leads. Until a window has found the leader it goes on with the link that it has.
 */
export class SharedLink implements Link {
  readonly #deps: LinkDeps
  readonly #own: OwnLink
  readonly #windows: Windows
  #state: ConnectionState
  /** Whether what the own link tells counts: this window leads, or has not found the leader yet. */
  #usesOwn = false
  #part: Part | null = null
  #leader: Leader | null = null
  #follower: Follower | null = null
  /** Whether to take part again on waking up. */
  #sleeps = false

  constructor({ deps, own, hear, windows }: SharedLinkParts) {
    this.#deps = deps
    this.#own = own
    this.#windows = windows
    this.#state = own.state
    hear(this.#ownEvents())
    windows.onSleep(
      () => this.#sleep(),
      () => this.#awake(),
    )
  }

  get state(): ConnectionState {
    return this.#state
  }

  get hasSocket(): boolean {
    return this.#usesOwn ? this.#own.hasSocket : (this.#follower?.hasSocket ?? false)
  }

  connect(): void {
    if (this.#part !== null) return
    void this.#enter()
  }

  close(): void {
    this.#sleeps = false
    this.#leave()
    this.#set('off')
  }

  /** The windows that follow end with it; one that only follows ends alone, for the others learn it by themselves. */
  end(reason: EndReason): void {
    if (this.#state === 'ended') return
    if (reason !== 'left') this.#leader?.tellEnd(reason)
    this.#leave()
    this.#set('ended')
    this.#deps.onEnd(reason)
  }

  wake(): void {
    if (this.#usesOwn) this.#own.wake()
    this.#follower?.wake()
  }

  check(): void {
    if (this.#usesOwn) this.#own.check()
    this.#follower?.check()
  }

  post(frame: DeviceFrame): void {
    if (this.#leader !== null) this.#leader.post(frame)
    else if (this.#usesOwn) this.#own.post(frame)
    else this.#follower?.post(frame)
  }

  request(frame: DeviceFrame): Promise<OkFrame> {
    if (this.#leader !== null) return this.#leader.request(frame)
    if (this.#usesOwn || this.#follower === null) return this.#own.request(frame)
    return this.#follower.request(frame)
  }

  async #enter(): Promise<void> {
    const window = newClientId()
    const part: Part = { window, candidacy: null, membership: null }
    this.#part = part
    this.#usesOwn = this.#own.state !== 'off' && this.#own.state !== 'ended'
    if (!this.#usesOwn) this.#set('connecting')
    try {
      const membership = await this.#windows.enter(window, (message) => this.#hear(message))
      if (this.#part !== part) return membership.leave()
      part.membership = membership
    } catch {
      // No lock is to be had here, as in some private modes: each for itself, then.
      if (this.#part === part) this.#useOwn()
      return
    }
    this.#follow(part)
    part.candidacy = new Candidacy({
      windows: this.#windows,
      onLead: () => this.#lead(part),
      onRobbed: () => this.#robbed(part),
    })
    part.candidacy.wait()
  }

  #follow({ window, membership }: Part): void {
    this.#follower = new Follower({
      window,
      link: this.#deps,
      tell: (message) => membership?.tell(message),
      onJoined: () => this.#dropOwn(),
      onState: (state) => !this.#usesOwn && this.#set(state),
      onEnd: (reason) => this.end(reason),
      onWanting: () => this.#part?.candidacy?.takeOver(),
    })
  }

  #lead({ window, membership }: Part): void {
    const active = this.#follower?.active ?? false
    this.#follower?.stop()
    this.#follower = null
    const { cursor } = this.#deps
    this.#leader = new Leader({
      window,
      own: this.#own,
      cursor,
      active,
      gone: (...other) => this.#windows.gone(...other),
      tell: (message) => membership?.tell(message),
    })
    this.#useOwn()
    // What this window has told its connection before, the leader does not know of.
    const { greeting } = this.#own
    if (greeting !== null) this.#greeted(greeting)
  }

  /** Another window has taken over, and has a connection of its own by now. */
  #robbed(part: Part): void {
    this.#leader?.stop()
    this.#leader = null
    this.#usesOwn = false
    this.#own.close()
    this.#set('connecting')
    this.#follow(part)
  }

  #useOwn(): void {
    this.#usesOwn = true
    this.#own.connect()
    this.#set(this.#own.state)
  }

  #dropOwn(): void {
    if (!this.#usesOwn) return
    this.#usesOwn = false
    this.#own.close()
  }

  #hear(message: WindowMessage): void {
    this.#leader?.hear(message)
    this.#follower?.hear(message)
  }

  #ownEvents(): LinkEvents {
    const { onSync, onFrame, cursor } = this.#deps
    return {
      onHello: (hello) => this.#usesOwn && this.#greeted({ userId: hello.userId, hello }),
      onUser: (userId) => this.#usesOwn && this.#greeted({ userId, hello: null }),
      onSync: (frame) => {
        if (!this.#usesOwn) return
        const from = cursor()
        onSync(frame)
        this.#leader?.tellFrame(frame, from)
      },
      onFrame: (frame) => {
        if (!this.#usesOwn) return
        onFrame(frame)
        this.#leader?.tellFrame(frame, cursor())
      },
      onState: (state) => {
        // What has ended is told with the reason.
        if (!this.#usesOwn || state === 'ended') return
        this.#set(state)
        // Online it is with who was greeted.
        if (state === 'connecting') this.#leader?.tellState()
      },
      onEnd: (reason) => this.#usesOwn && this.end(reason),
    }
  }

  #greeted({ userId, hello }: Greeting): void {
    const leader = this.#leader
    leader?.greeted()
    if (hello === null) this.#deps.onUser(userId)
    else this.#deps.onHello(hello)
    // Unless somebody else has logged in, for then this window begins anew.
    if (leader === this.#leader) leader?.tellState()
  }

  #leave(): void {
    const part = this.#part
    this.#part = null
    this.#usesOwn = false
    this.#leader?.stop()
    this.#leader = null
    this.#follower?.stop()
    this.#follower = null
    // Before the next one has its own.
    this.#own.close()
    part?.candidacy?.end()
    part?.membership?.leave()
  }

  #sleep(): void {
    if (this.#part === null) return
    this.#leave()
    this.#sleeps = true
    this.#set('connecting')
  }

  #awake(): void {
    if (!this.#sleeps) return
    this.#sleeps = false
    this.connect()
  }

  #set(state: ConnectionState): void {
    if (state === this.#state) return
    this.#state = state
    this.#deps.onState(state)
  }
}
