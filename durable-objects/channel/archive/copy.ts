import type { ArchiveShard } from '../../../workers/db/archive.ts'
import { withTimeout } from '../../shared/timeout.ts'
import type { LogRow } from '../log-reader.ts'
import type { ChannelState } from '../state.ts'
import { chooseShard } from './shards.ts'

/** A write that has not answered by then counts as failed; its late effect is harmless. */
const WRITE_TIMEOUT_MS = 10_000

export interface CopyDeps {
  shards: ReadonlyMap<number, ArchiveShard>
  /** Those that take new channels. */
  openShards: readonly number[]
  /** Whether the state is not the channel's any more. */
  isStopped(): boolean
  report(error: unknown): void
}

/** Whether the archive lacks anything but what waits for a shard that is behind. */
export function isBehind(state: ChannelState): boolean {
  return state.archive.archivedVersion < state.newestVersion
}

/**
 * Copies the next rows above the watermark, in order of version: at most what fits one frame, 200 rows
 * or 1 MiB (D1 takes 2 MB in a parameter). The watermark moves once the shard of new messages has
 * its rows. An older one, which gets changes of old messages only, holds up nothing: if it fails, it is
 * behind from then on, and its rows follow by `catchUpBatch`, from the log and in order.
 */
export async function copyBatch(state: ChannelState, deps: CopyDeps): Promise<void> {
  const { archive, identity } = state
  if (archive.shards.length === 0) {
    archive.continueIn(chooseShard(identity.channelId, deps.openShards), 0)
  }
  const from = archive.archivedVersion
  const target = state.newestVersion
  const { rows, cutAt } = state.log.page(from, target)
  const byShard = Map.groupBy(rows, ({ messageId }) => archive.shardOf(messageId) ?? 0)
  const present = archive.shards.at(-1)?.shard
  const missed: number[] = []
  await Promise.all(
    Array.from(byShard, async ([shard, those]) => {
      try {
        if (archive.shardsBehind.has(shard)) missed.push(shard)
        else await write(deps.shards, shard, those)
      } catch (error) {
        if (shard === present) throw error
        deps.report(error)
        missed.push(shard)
      }
    }),
  )
  archive.noteArchived(from, cutAt ?? target, missed)
}

/** Copies the next rows that wait for a shard that is behind, as many as `copyBatch` does. */
export async function catchUpBatch(
  state: ChannelState,
  shard: number,
  deps: Pick<CopyDeps, 'shards' | 'isStopped'>,
): Promise<void> {
  const { archive } = state
  const from = archive.shardsBehind.get(shard)
  if (from === undefined) return
  const target = archive.archivedVersion
  const { rows, cutAt } = state.log.pageWithin(archive.rangesOf(shard), from, target)
  if (rows.length > 0) await write(deps.shards, shard, rows)
  if (!deps.isStopped()) archive.noteCaughtUp(shard, from, cutAt ?? target)
}

async function write(
  shards: CopyDeps['shards'],
  number: number,
  rows: readonly LogRow[],
): Promise<void> {
  const shard = shards.get(number)
  if (!shard) throw new Error(`there is no archive shard ${number}`)
  const messages = `[${rows.map(({ json }) => json).join(',')}]`
  await withTimeout(shard.write(messages), WRITE_TIMEOUT_MS)
}
