import { backoff } from '../shared/backoff.ts'
import type { Delivery } from '../shared/delivery.ts'
import { withTimeout } from '../shared/timeout.ts'
import { deliveryTarget, isOwed, nextDelivery } from './batch.ts'
import type { ChannelMember } from './members.ts'
import type { ChannelState } from './state.ts'

/** Calls in flight at once, so that one message to 100 members stays bounded work. */
const MAX_CALLS_IN_FLIGHT = 32
/** A call that has not answered by then counts as failed; its late effect is harmless. */
const CALL_TIMEOUT_MS = 20_000
const RETRY_BASE_MS = 500
const RETRY_MAX_MS = 5 * 60_000
/**
 * A member with the conversation open has the messages from the live lane already: their inbox is
 * told once in this time. When in it differs from member to member, so that the commits of a hundred
 * inboxes spread over the second and do not stop everything at once.
 */
const LAZY_MS = 1_000

interface Lane {
  inFlight: boolean
  failures: number
  /** After a failure: not to be called before. */
  retryAt: number
  /** While the member has the conversation open: when their inbox is told. */
  dueAt: number | null
  /** The member's moment within `LAZY_MS`. */
  readonly phase: number
}

export interface FanOutDeps {
  /** Calls the member's user object; returns its `deliveredVersion`. */
  deliver(delivery: Delivery): Promise<number>
  /** Who has the conversation open, and so need not be told at once. */
  attached(): ReadonlySet<string>
  now(): number
  random(): number
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
  private readonly waiters = new Set<() => void>()
  private inFlight = 0
  private stopped = false
  /** Members are owed something but all calls are taken. */
  private crowded = false
  private timer: { at: number; id: ReturnType<typeof setTimeout> } | null = null

  constructor(
    private readonly state: ChannelState,
    private readonly deps: FanOutDeps,
  ) {}

  /** Ends it for good: the state that it reads is not the channel's any more. */
  stop(): void {
    this.stopped = true
    if (this.timer) clearTimeout(this.timer.id)
  }

  /** Starts a call for every member who is owed something and whose time has come. */
  kick(): void {
    if (this.stopped) return
    const now = this.deps.now()
    const attached = this.deps.attached()
    this.crowded = false
    for (const userId of this.state.members.keys()) this.lane(userId)
    // A lane that is served goes to the end, so that whoever waits longest is first next time.
    for (const [userId, lane] of Array.from(this.lanes)) {
      const member = this.state.members.get(userId)
      if (!member || !isOwed(this.state, member)) continue
      if (lane.inFlight || lane.retryAt > now) continue
      if (attached.has(userId)) lane.dueAt ??= nextMoment(now, lane.phase)
      else lane.dueAt = null
      if (lane.dueAt !== null && lane.dueAt > now) {
        this.wakeSoon(lane.dueAt)
      } else if (this.inFlight >= MAX_CALLS_IN_FLIGHT) {
        this.crowded = true
        return
      } else {
        this.lanes.delete(userId)
        this.lanes.set(userId, lane)
        void this.call(member, lane)
      }
    }
  }

  /** Whether anybody is owed anything. */
  get owes(): boolean {
    for (const member of this.state.members.values()) if (isOwed(this.state, member)) return true
    return false
  }

  /** When the next member is to be told or tried again, or null if nothing is owed. */
  nextCallAt(): number | null {
    let next: number | null = null
    for (const member of this.state.members.values()) {
      if (!isOwed(this.state, member)) continue
      const lane = this.lanes.get(member.userId)
      const at = Math.max(lane?.retryAt ?? 0, lane?.dueAt ?? 0)
      next = next === null ? at : Math.min(next, at)
    }
    return next
  }

  /**
   * Tells `userId` at once; resolves when their inbox has all that is there now, or after `timeoutMs`:
   * it never fails.
   */
  async settled(userId: string, timeoutMs: number): Promise<void> {
    const start = this.state.members.get(userId)
    const target = start ? deliveryTarget(this.state, start) : 0
    const isSettled = (): boolean => {
      const member = this.state.members.get(userId)
      return !member || member.deliveredVersion >= target
    }
    if (isSettled()) return
    this.lane(userId).dueAt = 0
    this.kick()
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

  private async call(member: ChannelMember, lane: Lane): Promise<void> {
    const { userId } = member
    lane.inFlight = true
    lane.dueAt = null
    this.inFlight++
    try {
      const target = deliveryTarget(this.state, member)
      const delivery = nextDelivery(this.state, member)
      const delivered = await withTimeout(this.deps.deliver(delivery), CALL_TIMEOUT_MS)
      // The row may have been replaced while the call was under way, by leaving and rejoining.
      const current = this.state.members.get(userId)
      if (current?.deliveredVersion === delivery.after) current.deliveredVersion = delivered
      // What did not fit this call does not wait another second.
      if (delivered < target) lane.dueAt = 0
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
    if (this.crowded || (current && isOwed(this.state, current))) this.kick()
  }

  private lane(userId: string): Lane {
    let lane = this.lanes.get(userId)
    if (!lane) {
      const phase = this.deps.random() * LAZY_MS
      lane = { inFlight: false, failures: 0, retryAt: 0, dueAt: null, phase }
      this.lanes.set(userId, lane)
    }
    return lane
  }

  /** One timer for whoever is due first. */
  private wakeSoon(at: number): void {
    if (this.timer && this.timer.at <= at) return
    if (this.timer) clearTimeout(this.timer.id)
    const wake = (): void => {
      this.timer = null
      this.kick()
    }
    this.timer = { at, id: setTimeout(wake, at - this.deps.now()) }
  }
}

/** The first moment after `now` that lies `phase` into a period of `LAZY_MS`. */
function nextMoment(now: number, phase: number): number {
  return now + LAZY_MS - ((now - phase) % LAZY_MS)
}
