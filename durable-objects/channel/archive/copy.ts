import type { ArchiveShard } from '../../../workers/db/archive.ts'
import { withTimeout } from '../../shared/timeout.ts'
import type { ChannelState } from '../state.ts'
import { chooseShard } from './shards.ts'

/** A write that has not answered by then counts as failed; its late effect is harmless. */
const WRITE_TIMEOUT_MS = 10_000

/** Whether the archive lacks anything. */
export function isBehind(state: ChannelState): boolean {
  return state.archive.archivedVersion < state.newestVersion
}

/**
 * Copies the next rows above the watermark, in order of version: at most what fits one frame, 200 rows
 * or 1 MiB (D1 takes 2 MB in a parameter). The watermark moves once every shard concerned has them.
 */
export async function copyBatch(
  state: ChannelState,
  shards: ReadonlyMap<number, ArchiveShard>,
  openShards: readonly number[],
): Promise<void> {
  const { archive, identity } = state
  if (archive.shards.length === 0) {
    archive.continueIn(chooseShard(identity.channelId, openShards), 0)
  }
  const from = archive.archivedVersion
  const target = state.newestVersion
  const { rows, cutAt } = state.log.page(from, target)
  const byShard = Map.groupBy(rows, ({ messageId }) => archive.shardOf(messageId))
  await Promise.all(
    Array.from(byShard, ([number, those]) => {
      const shard = number === undefined ? undefined : shards.get(number)
      if (!shard) throw new Error(`there is no archive shard ${number}`)
      const messages = `[${those.map(({ json }) => json).join(',')}]`
      return withTimeout(shard.write(messages), WRITE_TIMEOUT_MS)
    }),
  )
  archive.noteArchived(from, cutAt ?? target)
}
