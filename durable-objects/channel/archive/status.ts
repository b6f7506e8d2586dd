import type { ArchiveStatus } from '../../../protocol/operator.ts'
import type { ArchiveShard } from '../../../workers/db/archive.ts'
import { withTimeout } from '../../shared/timeout.ts'
import { keysAbove, keysAboveWithin, type MessageKey } from '../messages.ts'
import type { ChannelState } from '../state.ts'

/** Counting reads every row: beyond these an operator is told no more than that there are so many. */
const MAX_COUNTED = 1_000_000
const MAX_BACKLOG_COUNTED = 100_000
const COUNT_TIMEOUT_MS = 10_000

/**
 * How much of a channel is where, and how far the archive is behind. What a shard holds is null if it
 * does not answer.
 */
export async function describeArchive(
  state: ChannelState,
  shards: ReadonlyMap<number, ArchiveShard>,
  now: number,
): Promise<ArchiveStatus> {
  const { archive, sql, identity } = state
  const { archivedVersion, droppedBelow } = archive
  const backlog = keysAbove(sql, archivedVersion, state.newestVersion, MAX_BACKLOG_COUNTED)
  const status = {
    channelId: identity.channelId,
    newestVersion: state.newestVersion,
    archivedVersion,
    backlogRows: backlog.length,
    oldestWaitsMs: waitsMs(sql, backlog, now),
    behind: Array.from(archive.shardsBehind, ([shard, version]) => {
      const ranges = archive.rangesOf(shard)
      const rows = keysAboveWithin(sql, ranges, version, archivedVersion, MAX_BACKLOG_COUNTED)
      return {
        shard,
        archivedVersion: version,
        rows: rows.length,
        oldestWaitsMs: waitsMs(sql, rows, now),
      }
    }),
    localRows: countRows(sql),
    localBytes: sql.databaseSize,
    droppedBelow: archive.hasDropped ? droppedBelow : null,
  }
  const used = new Set(archive.shards.map(({ shard }) => shard))
  const counts = new Map(
    await Promise.all(
      Array.from(
        used,
        async (shard) => [shard, await countIn(shards.get(shard), identity.channelId)] as const,
      ),
    ),
  )
  return {
    ...status,
    ranges: archive.shards.map(({ fromMessageId, shard }) => ({ fromMessageId, shard })),
    shards: Array.from(counts, ([shard, rows]) => ({ shard, rows })),
  }
}

async function countIn(shard: ArchiveShard | undefined, channelId: string): Promise<number | null> {
  if (!shard) return null
  try {
    return await withTimeout(shard.count(channelId), COUNT_TIMEOUT_MS)
  } catch {
    // That it does not answer is the answer.
    return null
  }
}

function countRows(sql: SqlStorage): number {
  return sql
    .exec<{ n: number }>(`SELECT count(*) AS n FROM (SELECT 1 FROM messages LIMIT ${MAX_COUNTED})`)
    .one().n
}

/** How long the first of these rows has been waiting, or null if there is none. */
function waitsMs(sql: SqlStorage, [oldest]: readonly MessageKey[], now: number): number | null {
  return oldest ? Math.max(0, now - writtenAt(sql, oldest.message_id)) : null
}

function writtenAt(sql: SqlStorage, messageId: number): number {
  return sql
    .exec<{ at: number }>(
      `SELECT max(created_at, ifnull(edited_at, 0), ifnull(deleted_at, 0)) AS at FROM messages
       WHERE message_id = ?`,
      messageId,
    )
    .one().at
}
