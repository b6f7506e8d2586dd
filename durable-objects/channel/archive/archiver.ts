import type { ArchiveShard } from '../../../workers/db/archive.ts'
import type { ChannelState } from '../state.ts'
import { catchUpBatch, copyBatch, isBehind, type CopyDeps } from './copy.ts'
import type { Dropper } from './drop.ts'
import { Rounds } from './rounds.ts'

/** What one round copies at most: 1,000 rows or 5 MiB, some 60 ms with D1 on the same machine. */
const BATCHES_PER_ROUND = 5

export interface ArchiverDeps {
  shards: ReadonlyMap<number, ArchiveShard>
  /** Those that take new channels. */
  openShards: readonly number[]
  dropper: Dropper
  now(): number
  report(error: unknown): void
}

/**
 * Keeps the second copy: copies what lies above the watermark and then, if the object is too large, drops
 * what is archived. To drop, and to bring a shard up to date that is behind, are rounds of their own, so
 * that a shard that hangs delays neither another one nor what is new. Nobody waits for any of it but the alarm, and that not
 * for long; what fails is tried again later, from the tables.
 */
export class Archiver {
  private readonly copying: Rounds
  private readonly dropping: Rounds
  private readonly catchingUp = new Map<number, Rounds>()
  private readonly copyDeps: CopyDeps
  private stopped = false

  constructor(
    private readonly state: ChannelState,
    private readonly deps: ArchiverDeps,
  ) {
    this.copying = new Rounds(() => this.copy(), deps)
    this.dropping = new Rounds(() => deps.dropper.run(() => this.stopped), deps)
    this.copyDeps = { ...deps, isStopped: () => this.stopped }
  }

  /** Ends it for good: the state that it reads is not the channel's any more. */
  stop(): void {
    this.stopped = true
  }

  /** Runs the rounds that are due. Never rejects. */
  async run(): Promise<void> {
    if (this.stopped) return
    const behind = this.shardsBehind().map((rounds) => rounds.run())
    await Promise.all([this.copyThenDrop(), ...behind])
  }

  /** When the next round is due, or null if there is nothing to do. */
  nextRoundAt(): number | null {
    const times = this.shardsBehind().map((rounds) => rounds.nextAt())
    if (isBehind(this.state)) times.push(this.copying.nextAt())
    if (this.deps.dropper.isDue) times.push(this.dropping.nextAt())
    return times.length > 0 ? Math.min(...times) : null
  }

  private async copyThenDrop(): Promise<void> {
    await this.copying.run()
    if (!this.stopped) await this.dropping.run()
  }

  private async copy(): Promise<void> {
    for (let i = 0; i < BATCHES_PER_ROUND && isBehind(this.state) && !this.stopped; i++) {
      await copyBatch(this.state, this.copyDeps)
    }
  }

  private async catchUp(shard: number): Promise<void> {
    const { shardsBehind } = this.state.archive
    for (let i = 0; i < BATCHES_PER_ROUND && shardsBehind.has(shard) && !this.stopped; i++) {
      await catchUpBatch(this.state, shard, this.copyDeps)
    }
  }

  private shardsBehind(): Rounds[] {
    return Array.from(this.state.archive.shardsBehind.keys(), (shard) => {
      const rounds = this.catchingUp.get(shard) ?? new Rounds(() => this.catchUp(shard), this.deps)
      this.catchingUp.set(shard, rounds)
      return rounds
    })
  }
}
