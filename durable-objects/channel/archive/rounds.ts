import { backoff } from '../../shared/backoff.ts'

/**
 * Between the rounds of a long backlog, so that it takes its turns with everything else: some 3,000 rows
 * a second, three times what one object serves for long.
 */
const BETWEEN_ROUNDS_MS = 250
const RETRY_BASE_MS = 1_000
const RETRY_MAX_MS = 60_000

/** Work that is done in rounds, one at a time, and after a failure later and later. */
export class Rounds {
  private running: Promise<void> | null = null
  private failures = 0
  private retryAt = 0

  constructor(
    private readonly round: () => Promise<void>,
    private readonly deps: { now(): number; report(error: unknown): void },
  ) {}

  /** Runs a round unless one runs, or it is too early after a failure. Never rejects. */
  run(): Promise<void> {
    if (this.running) return this.running
    if (this.retryAt > this.deps.now()) return Promise.resolve()
    this.running = this.runOne()
    return this.running
  }

  /** When the next round may run. */
  nextAt(): number {
    return Math.max(this.retryAt, this.deps.now() + BETWEEN_ROUNDS_MS)
  }

  private async runOne(): Promise<void> {
    try {
      await this.round()
      this.failures = 0
      this.retryAt = 0
    } catch (error) {
      this.failures++
      this.retryAt = this.deps.now() + backoff(this.failures, RETRY_BASE_MS, RETRY_MAX_MS)
      this.deps.report(error)
    } finally {
      this.running = null
    }
  }
}
