/** At most `count` events within a window that starts with the first of them. */
export class FixedWindow {
  private startedAt = Number.NEGATIVE_INFINITY
  private seen = 0

  constructor(private readonly limit: { count: number; windowMs: number }) {}

  /** Counts one event at `now`; returns 0 if it is within the limit, else the seconds to wait. */
  take(now: number): number {
    if (now - this.startedAt >= this.limit.windowMs) {
      this.startedAt = now
      this.seen = 0
    }
    if (this.seen >= this.limit.count) {
      return Math.max(1, Math.ceil((this.startedAt + this.limit.windowMs - now) / 1000))
    }
    this.seen++
    return 0
  }
}
