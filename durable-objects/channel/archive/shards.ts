import { createHash } from 'node:crypto'
import { fail, ok, type Result } from '../../../protocol/errors.ts'
import type { ArchiveShard } from '../../../workers/db/archive.ts'
import type { ChannelState } from '../state.ts'

/** The shards in a setting like `0 1`, as far as they are bound. */
export function parseOpenShards(text: string, shards: ReadonlyMap<number, ArchiveShard>): number[] {
  return text
    .split(/\s+/)
    .filter((part) => part !== '')
    .map(Number)
    .filter((shard) => shards.has(shard))
}

/** Where a channel's archive begins: spread over the open shards, and the same at every try. */
export function chooseShard(channelId: string, openShards: readonly number[]): number {
  const hash = createHash('sha256').update(channelId).digest().readUInt32BE()
  return openShards[hash % openShards.length] ?? 0
}

/**
 * Archives in another shard what is not archived yet and what is to come; older messages, and their
 * changes, stay where they are.
 * Refuses `invalid` for a shard that is not bound; moving to where it is already changes nothing.
 */
export function moveArchive(
  state: ChannelState,
  shards: ReadonlyMap<number, ArchiveShard>,
  openShards: readonly number[],
  shard: number,
): Result<null> {
  if (!shards.has(shard)) return fail('invalid', `There is no shard ${shard}`)
  const { archive, identity } = state
  if (archive.shards.length === 0) {
    archive.continueIn(chooseShard(identity.channelId, openShards), 0)
  }
  const last = archive.shards.at(-1)
  if (last && last.shard !== shard) {
    // What waits for the old shard goes to the new one, so that a full one can be left behind.
    const kept = Math.max(archive.archivedVersion, last.fromMessageId, archive.droppedBelow - 1)
    archive.continueIn(shard, Math.min(kept, state.newestMessageId) + 1)
  }
  return ok(null)
}
