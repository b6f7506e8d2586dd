import { ok, type Result } from '../../protocol/errors.ts'
import { MAX_BYTES_PER_FRAME } from '../../protocol/limits.ts'
import type { Message } from '../../protocol/objects.ts'
import { utf8Length } from '../../protocol/text.ts'
import type { ArchiveReader } from './archive/read.ts'
import { findMessage, toMessage } from './messages.ts'
import type { ChannelState } from './state.ts'

/**
 * Messages by their ids, in this order, null for one that is not there. Ends early at 1 MiB of text, with
 * at least one. Refuses `unavailable` while the archive does not answer for one that was dropped here.
 */
export async function pickMessages(
  state: ChannelState,
  archive: ArchiveReader,
  messageIds: readonly number[],
): Promise<Result<(Message | null)[]>> {
  const picked: (Message | null)[] = []
  let bytes = 0
  for (const messageId of messageIds) {
    let message = readHere(state, messageId)
    if (!message && messageId < state.archive.droppedBelow) {
      const archived = await archive.find(state.archive, messageId)
      if (!archived.ok) return archived
      // It may have come back, and changed, while the archive was asked.
      message = readHere(state, messageId) ?? archived.value
    }
    bytes += utf8Length(message?.text ?? '')
    if (picked.length > 0 && bytes > MAX_BYTES_PER_FRAME) break
    picked.push(message)
  }
  return ok(picked)
}

function readHere(state: ChannelState, messageId: number): Message | null {
  const row = findMessage(state.sql, messageId)
  return row ? toMessage(state.identity.channelId, row) : null
}
