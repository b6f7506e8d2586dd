import { TYPING_EVERY_MS } from '../../protocol/limits.ts'

/** Lets each member's typing through at most every three seconds; more often tells nobody anything. */
export class TypingThrottle {
  private readonly lastAt = new Map<string, number>()

  passes(userId: string, now: number): boolean {
    if (now - (this.lastAt.get(userId) ?? Number.NEGATIVE_INFINITY) < TYPING_EVERY_MS) return false
    this.lastAt.set(userId, now)
    return true
  }
}
