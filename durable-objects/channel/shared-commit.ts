import type { Result } from '../../protocol/errors.ts'
import type { SendItem, Sent } from './send.ts'

export interface PendingSend {
  userId: string
  item: SendItem
  answer(result: Result<Sent>): void
  fail(error: unknown): void
}

export interface SharedCommitDeps {
  /** Decides and writes all of these in one synchronous block, and answers each. */
  decide(sends: PendingSend[]): void
  /** Resolves once everything written so far is durable. */
  synced(): Promise<void>
  /** Resolves once every frame that has already arrived was handed to this object. */
  nextTurn(): Promise<void>
}

/** However steadily more come, what waits is written after so many turns of the event loop, under 2 ms. */
const MAX_TURNS = 8

/**
 * Group commit. A send that finds the disk idle is written at once; those that come while its commit
 * is under way share the next one. So a lone message waits for nothing, and a hundred at a time cost
 * two commits and not a hundred.
 *
 * The runtime hands frames over one by one and holds the thread while it commits, so that without turns
 * of the event loop in between each commit would find a single send waiting, however many are in the
 * socket's buffer: nine tenths fewer commits, and two to three times the messages (docs/performance.md).
 */
export class SharedCommit {
  private waiting: PendingSend[] = []
  private committing = false
  /** How many sends the last commit carried: where there was more than one, more are on their way. */
  private lastCount = 0
  /** While sends are gathered: how many are worth waiting for, and what ends the wait once they are there. */
  private expected = 0
  private complete: (() => void) | null = null

  constructor(private readonly deps: SharedCommitDeps) {}

  send(userId: string, item: SendItem): Promise<Result<Sent>> {
    return new Promise((answer, fail) => {
      this.waiting.push({ userId, item, answer, fail })
      if (!this.committing) void this.commit()
      else if (this.waiting.length >= this.expected) this.complete?.()
    })
  }

  /** Writes what waits, now: before anything that must not overtake it. */
  flush(): void {
    const sends = this.waiting
    if (sends.length === 0) return
    this.waiting = []
    this.lastCount = sends.length
    try {
      this.deps.decide(sends)
    } catch (error) {
      for (const pending of sends) pending.fail(error)
    }
  }

  private async commit(): Promise<void> {
    this.committing = true
    try {
      if (this.lastCount > 1) await this.gather(this.lastCount)
      while (this.waiting.length > 0) {
        this.flush()
        await this.deps.synced()
        await this.gather(this.waiting.length + this.lastCount)
      }
    } finally {
      this.committing = false
    }
  }

  /**
   * Waits for the senders of the last commit, who answer with their next, and not a moment longer once as many
   * are there; but only while each turn brings more. A turn takes a millisecond where nothing else happens:
   * with fifty in flight, waiting it out cost a quarter of the messages.
   */
  private async gather(expected: number): Promise<void> {
    this.expected = expected
    for (let turn = 0; turn < MAX_TURNS; turn++) {
      const before = this.waiting.length
      const complete = new Promise<void>((resolve) => (this.complete = resolve))
      await Promise.race([this.deps.nextTurn(), complete])
      const { length } = this.waiting
      if (length >= this.lastCount || (turn > 0 && length === before)) return
    }
  }
}
