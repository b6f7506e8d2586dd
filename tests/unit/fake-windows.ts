import type { ClientOptions, ParleyClient } from '../../client/index.ts'
import type { LinkSharing } from '../../client/late-link.ts'
import { windowMessageSchema, type WindowMessage } from '../../client/shared-link/messages.ts'
import { SharedLink } from '../../client/shared-link/shared-link.ts'
import type { Windows } from '../../client/shared-link/windows.ts'
import { FakeWebSocket, makeClient } from './client-fakes.ts'

const LEAD = 'lead'

interface Claim {
  owner: FakeWindow
  run: () => Promise<void>
  reject: (reason: Error) => void
}

/** A browser's locks and channel, and windows that freeze and die. */
export class FakeBrowser {
  readonly windows = new Set<FakeWindow>()
  readonly #locks = new Map<string, Claim[]>()

  isHeld(lock: string): boolean {
    return (this.#locks.get(lock) ?? []).length > 0
  }

  deliver(from: FakeWindow, message: WindowMessage): void {
    for (const window of this.windows) {
      if (window !== from) queueMicrotask(() => window.receive(structuredClone(message)))
    }
  }

  /** Runs `work` when the lock is free; with `steal` at once. */
  request(
    owner: FakeWindow,
    lock: string,
    work: () => Promise<void>,
    { signal, steal = false }: { signal?: AbortSignal; steal?: boolean } = {},
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      if (!this.windows.has(owner)) return
      const queue = this.#locks.get(lock) ?? []
      this.#locks.set(lock, queue)
      const run = () => {
        claim.run = () => Promise.resolve()
        return work()
          .then(resolve, reject)
          .finally(() => this.#release(lock, claim))
      }
      const claim: Claim = { owner, run, reject }
      signal?.addEventListener('abort', () => {
        // Once it is held, nobody can give it up from outside.
        if (queue[0] !== claim) this.#release(lock, claim)
        reject(new Error('aborted'))
      })
      if (steal) {
        const [robbed] = queue.splice(0, 1, claim)
        robbed?.owner.later(() => robbed.reject(new Error('robbed')))
        queueMicrotask(() => void run())
      } else {
        queue.push(claim)
        if (queue[0] === claim) queueMicrotask(() => queue[0] === claim && void run())
      }
    })
  }

  kill(owner: FakeWindow): void {
    this.windows.delete(owner)
    for (const [lock, queue] of this.#locks) {
      for (const claim of queue.filter((one) => one.owner === owner)) this.#release(lock, claim)
    }
  }

  #release(lock: string, claim: Claim): void {
    const queue = this.#locks.get(lock) ?? []
    const index = queue.indexOf(claim)
    if (index === -1) return
    queue.splice(index, 1)
    if (index === 0) void queue[0]?.run()
  }
}

/** One window, with a client in it. */
export class FakeWindow {
  readonly client: ParleyClient
  readonly sockets: FakeWebSocket[] = []
  /** Messages that were seen as new, by their ids. */
  readonly told: number[] = []
  readonly #browser: FakeBrowser
  #listener: ((message: WindowMessage) => void) | null = null
  #isDead = false
  #isFrozen = false
  #kept: { run: () => void; mayBeMissed: boolean }[] = []
  #asleep = (): void => undefined
  #awake = (): void => undefined

  constructor(browser: FakeBrowser, options: Partial<ClientOptions> = {}) {
    this.#browser = browser
    browser.windows.add(this)
    const { sockets } = this
    this.client = makeClient({
      WebSocket: class extends FakeWebSocket {
        constructor(url: string) {
          super(url)
          sockets.push(this)
        }
      },
      sharedLink: this.#sharing(),
      ...options,
    })
    this.client.on('message', ({ messageId }) => this.told.push(messageId))
  }

  get socket(): FakeWebSocket {
    return this.sockets.at(-1)!
  }

  get openSockets(): number {
    return this.sockets.filter(({ closed }) => !closed).length
  }

  get messageIds(): number[] {
    return this.client.timeline('c1').latest.map(({ messageId }) => messageId)
  }

  receive(message: WindowMessage): void {
    this.later(() => this.#listener?.(windowMessageSchema.parse(message)), true)
  }

  /** Runs what the browser has for this window as soon as it may. */
  later(run: () => void, mayBeMissed = false): void {
    if (this.#isDead) return
    if (this.#isFrozen) this.#kept.push({ run, mayBeMissed })
    else run()
  }

  freeze(): void {
    this.#isFrozen = true
  }

  /** @param hasMissed whether what it was told meanwhile is lost */
  thaw(hasMissed = false): void {
    this.#isFrozen = false
    const kept = this.#kept
    this.#kept = []
    for (const { run, mayBeMissed } of kept) if (!hasMissed || !mayBeMissed) run()
  }

  die(): void {
    this.#isDead = true
    this.#browser.kill(this)
    // What of it runs on in this process reaches nobody.
    this.client.close()
  }

  /** The page goes out of sight, to come back to perhaps. */
  sleep(): void {
    this.#asleep()
  }

  awake(): void {
    this.#awake()
  }

  #sharing(): LinkSharing {
    const windows = this.#windows()
    return {
      isThere: async () => this.#browser.isHeld(LEAD),
      load: async () => (deps, own, hear) => new SharedLink({ deps, own, hear, windows }),
    }
  }

  #windows(): Windows {
    const browser = this.#browser
    return {
      enter: async (window, listener) => {
        this.#listener = listener
        let release: () => void = () => undefined
        const held = new Promise<void>((resolve) => (release = resolve))
        void browser.request(this, window, () => held).catch(() => undefined)
        return {
          tell: (message) => {
            if (!this.#isDead) browser.deliver(this, structuredClone(message))
          },
          leave: () => {
            if (this.#listener === listener) this.#listener = null
            release()
          },
        }
      },
      gone: (window, signal) => browser.request(this, window, async () => undefined, { signal }),
      lead: (work, signal) => browser.request(this, LEAD, work, { signal }),
      takeOver: (work) => browser.request(this, LEAD, work, { steal: true }),
      onSleep: (asleep, awake) => {
        this.#asleep = asleep
        this.#awake = awake
      },
    }
  }
}
