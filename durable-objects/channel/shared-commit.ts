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
}

/**
 * Group commit. A send that finds the disk idle is written at once; those that come while its commit
 * is under way wait for it and then share the next one. So a lone message waits for nothing, and a
 * hundred at a time cost two commits and not a hundred.
 */
export class SharedCommit {
  private waiting: PendingSend[] = []
  private committing = false

  constructor(private readonly deps: SharedCommitDeps) {}

  send(userId: string, item: SendItem): Promise<Result<Sent>> {
    return new Promise((answer, fail) => {
      this.waiting.push({ userId, item, answer, fail })
      if (!this.committing) void this.commit()
    })
  }

  /** Writes what waits, now: before anything that must not overtake it. */
  flush(): void {
    const sends = this.waiting
    this.waiting = []
    if (sends.length > 0) this.deps.decide(sends)
  }

  private async commit(): Promise<void> {
    this.committing = true
    try {
      while (this.waiting.length > 0) {
        this.flush()
        await this.deps.synced()
      }
    } finally {
      this.committing = false
    }
  }
}
