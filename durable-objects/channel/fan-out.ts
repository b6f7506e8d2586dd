import { backoff } from '../shared/backoff.ts'
import type { Delivery } from '../shared/delivery.ts'
import { BatchReader, isOwed } from './batch.ts'
import type { ChannelMember } from './members.ts'
import type { ChannelState } from './state.ts'

/** Calls in flight at once, so that one message to 100 members stays bounded work. */
const MAX_CALLS_IN_FLIGHT = 32
/** A call that has not answered by then counts as failed; its late effect is harmless. */
const CALL_TIMEOUT_MS = 20_000
const RETRY_BASE_MS = 500
const RETRY_MAX_MS = 5 * 60_000

interface Lane {
  inFlight: boolean
  failures: number
  retryAt: number
}

export interface FanOutDeps {
  /** Calls the member's user object; returns its `deliveredVersion`. */
  deliver(delivery: Delivery): Promise<number>
  now(): number
  /** Asks for an alarm at `time`, unless an earlier one is set. */
  wakeAt(time: number): void
  report(error: unknown): void
}

/**
 * The inbox lane: per member an in-order pump with one call in flight; what comes meanwhile goes
 * with the next. Nothing is queued in memory, each call reads the log above the member's watermark.
 * The user object ignores what it has, so a call may be repeated, and a watermark that was lost only
 * costs a repetition.
 */
export class FanOut {
  private readonly lanes = new Map<string, Lane>()
  private readonly batches: BatchReader
  private readonly waiters = new Set<() => void>()
  private inFlight = 0
  /** Members are owed something but all calls are taken. */
  private crowded = false

  constructor(
    private readonly state: ChannelState,
    private readonly deps: FanOutDeps,
  ) {
    this.batches = new BatchReader(state)
  }

  /** Starts a call for every member who is owed something and may be called now. */
  kick(): void {
    const now = this.deps.now()
    this.crowded = false
    for (const member of this.state.members.values()) {
      if (this.inFlight >= MAX_CALLS_IN_FLIGHT) {
        this.crowded = true
        return
      }
      const lane = this.lanes.get(member.userId)
      if (lane && (lane.inFlight || lane.retryAt > now)) continue
      if (isOwed(this.state, member)) void this.call(member)
    }
  }

  /** When the next member who failed is to be tried again, or null if nothing is owed. */
  nextRetryAt(): number | null {
    let next: number | null = null
    for (const member of this.state.members.values()) {
      if (!isOwed(this.state, member)) continue
      const retryAt = this.lanes.get(member.userId)?.retryAt ?? 0
      next = next === null ? retryAt : Math.min(next, retryAt)
    }
    return next
  }

  /** Resolves once `userId` has everything up to now, or after `timeoutMs`: it never fails. */
  async settled(userId: string, timeoutMs: number): Promise<void> {
    const isSettled = (): boolean => {
      const member = this.state.members.get(userId)
      return !member || !isOwed(this.state, member)
    }
    if (isSettled()) return
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        this.waiters.delete(check)
        resolve()
      }
      const check = (): void => {
        if (isSettled()) done()
      }
      const timer = setTimeout(done, timeoutMs)
      this.waiters.add(check)
    })
  }

  private async call(member: ChannelMember): Promise<void> {
    const { userId } = member
    const lane = this.lanes.get(userId) ?? { inFlight: false, failures: 0, retryAt: 0 }
    this.lanes.set(userId, lane)
    lane.inFlight = true
    this.inFlight++
    try {
      const delivery = this.batches.next(member)
      const delivered = await withTimeout(this.deps.deliver(delivery), CALL_TIMEOUT_MS)
      // The row may have been replaced while the call was under way, by leaving and rejoining.
      const current = this.state.members.get(userId)
      if (current?.deliveredVersion === delivery.after) current.deliveredVersion = delivered
      lane.failures = 0
      lane.retryAt = 0
    } catch (error) {
      lane.failures++
      lane.retryAt = this.deps.now() + backoff(lane.failures, RETRY_BASE_MS, RETRY_MAX_MS)
      this.deps.wakeAt(lane.retryAt)
      this.deps.report(error)
    } finally {
      lane.inFlight = false
      this.inFlight--
    }
    for (const check of this.waiters) check()
    const current = this.state.members.get(userId)
    if (current && lane.retryAt === 0 && isOwed(this.state, current)) void this.call(current)
    if (this.crowded) this.kick()
  }
}

async function withTimeout<T>(promise: Promise<T>, ms: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  try {
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms)
    })
    return await Promise.race([promise, timeout])
  } finally {
    clearTimeout(timer)
  }
}
