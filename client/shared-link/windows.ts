import { windowMessageSchema, type WindowMessage } from './messages.ts'

/** What ties the clients of one browser together. */
export interface Windows {
  /**
   * Takes part as `window` until the function that it resolves with is called, or this client dies. From then on
   * `listener` gets what the others tell. Rejects where taking part is not possible.
   */
  enter(window: string, listener: (message: WindowMessage) => void): Promise<() => void>
  /** Tells all others, in order. */
  tell(message: WindowMessage): void
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
  #channel: BroadcastChannel | null = null

  /** @param name of the lock that the leader holds; all others begin like it */
  constructor(name: string) {
    this.#name = name
  }

  async enter(window: string, listener: (message: WindowMessage) => void): Promise<() => void> {
    const release = await this.#hold(this.#lockOf(window))
    const channel = new BroadcastChannel(this.#name)
    this.#channel = channel
    channel.addEventListener('message', ({ data }) => {
      const message = windowMessageSchema.safeParse(data)
      if (message.success) listener(message.data)
    })
    return () => {
      channel.close()
      if (this.#channel === channel) this.#channel = null
      release()
    }
  }

  tell(message: WindowMessage): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a BroadcastChannel has none
    this.#channel?.postMessage(message)
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
