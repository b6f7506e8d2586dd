import { MAX_SOCKETS_PER_USER, SENDS_PER_USER } from '../../protocol/limits.ts'
import type { Connection } from '../shared/connection.ts'
import { FixedWindow } from '../shared/rate.ts'

/** What one member may do on channel sockets, held in memory; `limited` false lifts it all. */
export class MemberLimits {
  private readonly sends = new Map<string, FixedWindow>()

  constructor(private readonly limited: boolean) {}

  /** Counts a send; returns 0 if it is within the limit, else the seconds to wait. */
  take(userId: string, now: number): number {
    if (!this.limited) return 0
    let window = this.sends.get(userId)
    if (!window) {
      window = new FixedWindow(SENDS_PER_USER)
      this.sends.set(userId, window)
    }
    return window.take(now)
  }

  /** Whether the member's newest socket, which is among the open ones, may stay. */
  admits(open: Connection[], userId: string): boolean {
    if (!this.limited) return true
    return open.filter((other) => other.userId === userId).length <= MAX_SOCKETS_PER_USER
  }
}
