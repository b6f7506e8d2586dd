import type { ArchiveShard } from '../../../workers/db/archive.ts'
import { backoff } from '../../shared/backoff.ts'
import type { ChannelState } from '../state.ts'
import { copyBatch, isBehind } from './copy.ts'
import type { Dropper } from './drop.ts'

/** What one round copies at most: 1,000 rows or 5 MiB, some 60 ms with D1 on the same machine. */
const BATCHES_PER_ROUND = 5
/**
 * Between the rounds of a long backlog, so that it takes its turns with everything else: some 3,000 rows
 * a second, three times what one object serves for long.
 */
const BETWEEN_ROUNDS_MS = 250
const RETRY_BASE_MS = 1_000
const RETRY_MAX_MS = 60_000

export interface ArchiverDeps {
  shards: ReadonlyMap<number, ArchiveShard>
  /** Those that take new channels. */
  openShards: readonly number[]
  dropper: Dropper
  now(): number
  report(error: unknown): void
}

/**
 * Keeps the second copy. A round copies what lies above the watermark and then, if the object is too
 * large, drops what is archived. Nobody waits for it but the alarm, and that not for long; what fails is
 * tried again later, from the tables.
 */
export class Archiver {
  private running: Promise<void> | null = null
  private failures = 0
  private retryAt = 0
  private stopped = false

  constructor(
    private readonly state: ChannelState,
    private readonly deps: ArchiverDeps,
  ) {}

  /** Ends it for good: the state that it reads is not the channel's any more. */
  stop(): void {
    this.stopped = true
  }

  /** Runs a round unless one runs, or it is too early after a failure. Never rejects. */
  run(): Promise<void> {
    if (this.running) return this.running
    if (this.stopped || this.retryAt > this.deps.now()) return Promise.resolve()
    this.running = this.round()
    return this.running
  }

  /** When the next round is due, or null if there is nothing to do. */
  nextRoundAt(): number | null {
    if (!isBehind(this.state) && !this.deps.dropper.isDue) return null
    return Math.max(this.retryAt, this.deps.now() + BETWEEN_ROUNDS_MS)
  }

  private async round(): Promise<void> {
    try {
      for (let i = 0; i < BATCHES_PER_ROUND && isBehind(this.state) && !this.stopped; i++) {
        await copyBatch(this.state, this.deps.shards, this.deps.openShards)
      }
      if (!this.stopped) await this.deps.dropper.run(() => this.stopped)
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
