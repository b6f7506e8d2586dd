import { windowMessageSchema, type WindowMessage } from './messages.ts'

/** A window's time among the others. */
export interface Membership {
  /** Tells all others, in order; nobody, once it is over. */
  tell(message: WindowMessage): void
  leave(): void
}

/** What ties the clients of one browser together. */
export interface Windows {
  /**
   * Takes part as `window` until it leaves, or this client dies: `listener` gets what the others tell. Rejects where
   * taking part is not possible.
   */
  enter(window: string, listener: (message: WindowMessage) => void): Promise<Membership>
  /** Resolves when `window` does not take part any more; rejects once `signal` says that nobody wants to know. */
  gone(window: string, signal: AbortSignal): Promise<void>
  /**
   * Runs `work` as soon as no other client does, one at a time; ends with this client, however it dies. Rejects if
   * `signal` gave it up before that, or another client has taken over while `work` was under way.
   */
  lead(work: () => Promise<void>, signal: AbortSignal): Promise<void>
  /** The same at once, whether or not another client does: that one is robbed. */
  takeOver(work: () => Promise<void>): Promise<void>
  /** To be called once. Between the two nothing of this client runs, or may run. */
  onSleep(asleep: () => void, awake: () => void): void
}

/** The windows of one browser profile, by Web Locks and a BroadcastChannel. */
export class BrowserWindows implements Windows {
  readonly #name: string

  /** @param name of the lock that the leader holds; all others begin like it */
  constructor(name: string) {
    this.#name = name
  }

  async enter(window: string, listener: (message: WindowMessage) => void): Promise<Membership> {
    const release = await this.#hold(this.#lockOf(window))
    const channel = new BroadcastChannel(this.#name)
    let isOver = false
    channel.addEventListener('message', ({ data }) => {
      const message = windowMessageSchema.safeParse(data)
      if (message.success && !isOver) listener(message.data)
    })
    return {
      tell(message) {
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a BroadcastChannel has none
        if (!isOver) channel.postMessage(message)
      },
      leave() {
        isOver = true
        channel.close()
        release()
      },
    }
  }

  async gone(window: string, signal: AbortSignal): Promise<void> {
    await navigator.locks.request(this.#lockOf(window), { signal }, () => undefined)
  }

  async lead(work: () => Promise<void>, signal: AbortSignal): Promise<void> {
    await navigator.locks.request(this.#name, { signal }, work)
  }

  async takeOver(work: () => Promise<void>): Promise<void> {
    await navigator.locks.request(this.#name, { steal: true }, work)
  }

  /** A page that holds locks or sockets is not kept for coming back to it, so it lets go of them. */
  onSleep(asleep: () => void, awake: () => void): void {
    if (typeof document === 'undefined') return
    addEventListener('pagehide', asleep)
    addEventListener('pageshow', awake)
    document.addEventListener('freeze', asleep)
    document.addEventListener('resume', awake)
  }

  #lockOf(window: string): string {
    return `${this.#name}.${window}`
  }

  async #hold(lock: string): Promise<() => void> {
    let release: () => void = () => undefined
    const held = new Promise<void>((resolve) => (release = resolve))
    await new Promise<void>((resolve, reject) => {
      const hold = () => {
        resolve()
        return held
      }
      navigator.locks.request(lock, hold).catch(reject)
    })
    return release
  }
}
