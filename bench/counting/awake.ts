import { AsyncLocalStorage } from 'node:async_hooks'
import { counts } from './counts.ts'
import { wrap } from './wrap.ts'

/**
 * How long objects cannot hibernate, and so are billed: while code of theirs runs or waits, while one of
 * their timers is set, while a call of theirs is open. What overlaps in one object counts once.
 */
export class Awake {
  private holds = 0
  private since = 0

  /** `onIdle` is called, in the object's own context, when nothing keeps it awake any more. */
  constructor(private readonly onIdle: () => void) {}

  /** Runs a part of the object's code; if it returns a promise, it runs until that is settled. */
  run<T>(work: () => T): T {
    const release = this.hold()
    try {
      const result = current.run(this, work)
      if (result instanceof Promise) void result.then(release, release)
      else release()
      return result
    } catch (error) {
      release()
      throw error
    }
  }

  /** Keeps the object awake until what is returned is called, which may happen more than once. */
  hold(): () => void {
    if (this.holds++ === 0) this.since = Date.now()
    let held = true
    return () => {
      if (!held) return
      held = false
      if (--this.holds > 0) return
      counts.awakeSeconds += (Date.now() - this.since) / 1000
      this.onIdle()
    }
  }
}

const current = new AsyncLocalStorage<Awake>()

/** Keeps the object whose code this is awake until `work` is settled. Code of the Worker has none. */
export function holding<T>(work: T): T {
  const release = current.getStore()?.hold()
  if (release && work instanceof Promise) void work.then(release, release)
  else release?.()
  return work
}

/** From now on a timer keeps the object that set it awake, as it does in production. */
export function watchTimers(): void {
  const releases = new Map<unknown, () => void>()
  const forget = (timer: unknown): void => {
    releases.get(timer)?.()
    releases.delete(timer)
  }
  wrap(globalThis, 'setTimeout', (call, _self, [callback, ...args]) => {
    const release = current.getStore()?.hold()
    const fire = (...values: unknown[]): void => {
      try {
        if (typeof callback === 'function') Reflect.apply(callback, undefined, values)
      } finally {
        forget(timer)
      }
    }
    const timer = call([fire, ...args])
    if (release) releases.set(timer, release)
    return timer
  })
  wrap(globalThis, 'clearTimeout', (call, _self, [timer]) => {
    forget(timer)
    return call()
  })
}
