import { fail, ok, type Result } from '../../protocol/errors.ts'
import { MAX_SOCKETS_PER_USER, SENDS_PER_MEMBER } from '../../protocol/limits.ts'
import type { Connection } from '../shared/connection.ts'
import { FixedWindow } from '../shared/rate.ts'

/** What one member may do in the channel, held in memory; `limited` false lifts it all. */
export class MemberLimits {
  private readonly sends = new Map<string, FixedWindow>()

  constructor(private readonly limited: boolean) {}

  /** Counts a message of a member, or a change of one; refuses it with `rate_limited` if it is too many. */
  countSend(userId: string, now: number): Result<null> {
    if (!this.limited) return ok(null)
    let window = this.sends.get(userId)
    if (!window) {
      window = new FixedWindow(SENDS_PER_MEMBER)
      this.sends.set(userId, window)
    }
    const retryAfter = window.take(now)
    return retryAfter > 0 ? fail('rate_limited', 'Too many messages', retryAfter) : ok(null)
  }

  /** Whether the member's newest socket, which is among the open ones, may stay. */
  admits(open: Connection[], userId: string): boolean {
    if (!this.limited) return true
    return open.filter((other) => other.userId === userId).length <= MAX_SOCKETS_PER_USER
  }
}
