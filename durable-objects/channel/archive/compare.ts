import { ok, type Result } from '../../../protocol/errors.ts'
import { MAX_BYTES_PER_FRAME, MAX_ROWS_PER_FRAME } from '../../../protocol/limits.ts'
import type { Message } from '../../../protocol/objects.ts'
import type { ArchiveComparison } from '../../../protocol/operator.ts'
import { findMessage, totalBytes, toMessage } from '../messages.ts'
import type { ChannelState } from '../state.ts'
import type { ArchiveReader } from './read.ts'

/**
 * Holds the messages after `after` that are here against the archive, as many as a page has, and says
 * where to go on. What is not archived yet, and what was dropped, is not compared.
 */
export async function compareWithArchive(
  state: ChannelState,
  archive: ArchiveReader,
  after: number,
): Promise<Result<ArchiveComparison>> {
  const { droppedBelow } = state.archive
  const from = Math.max(after, droppedBelow - 1)
  const ids = idsAfter(state.sql, from)
  const end = ids.length < MAX_ROWS_PER_FRAME ? Number.MAX_SAFE_INTEGER : (ids.at(-1) ?? from) + 1
  const page = { after: from, before: end, newestFirst: false }
  const limits = { limit: MAX_ROWS_PER_FRAME + 1, maxBytes: MAX_BYTES_PER_FRAME }
  const read = await archive.page(state.archive, { ...page, ...limits }, 'first-primary')
  if (!read.ok) return read
  const isCut = read.value.length >= limits.limit || totalBytes(read.value) >= limits.maxBytes
  const last = isCut ? (read.value.at(-1)?.messageId ?? from) : end - 1
  const archived = new Map(read.value.map((message) => [message.messageId, message]))
  const differences: ArchiveComparison['differences'] = []
  let compared = 0
  for (const messageId of new Set([...ids, ...archived.keys()])) {
    // Dropped while the archive was asked: not to be found here any more, and rightly so.
    if (messageId > last || messageId < state.archive.droppedBelow) continue
    const row = findMessage(state.sql, messageId)
    if (row && !state.archive.isArchived(messageId, row.version)) continue
    const here = row ? toMessage(state.identity.channelId, row) : null
    const there = archived.get(messageId) ?? null
    compared++
    if (here && there && isSame(here, there)) continue
    differences.push({
      messageId,
      version: here?.version ?? null,
      archivedVersion: there?.version ?? null,
    })
  }
  const next = last >= state.newestMessageId ? null : last
  return ok({ compared, differences, next })
}

function idsAfter(sql: SqlStorage, after: number): number[] {
  return sql
    .exec<{ message_id: number }>(
      'SELECT message_id FROM messages WHERE message_id > ? ORDER BY message_id LIMIT ?',
      after,
      MAX_ROWS_PER_FRAME,
    )
    .toArray()
    .map((row) => row.message_id)
}

function isSame(a: Message, b: Message): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
