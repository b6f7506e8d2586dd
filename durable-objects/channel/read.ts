import { ok, type Result } from '../../protocol/errors.ts'
import { countsAfterReading } from './counts.ts'
import type { ChannelMember } from './members.ts'
import { permit } from './rights.ts'
import type { ChannelState } from './state.ts'

/**
 * Moves the member's read mark to `messageId`, or to the newest message if that is lower. The mark
 * only moves forwards; a lower one changes nothing. Whoever reads up to where they were takes back
 * that they marked the chat as unread. Takes a version, so that it goes to the member's
 * devices in order with the messages. Synchronous.
 */
export function markRead(
  state: ChannelState,
  userId: string,
  messageId: number,
): Result<ChannelMember> {
  const permitted = permit(state, userId, 'read')
  if (!permitted.ok) return permitted
  const member = permitted.value
  const mark = Math.min(messageId, state.newestMessageId)
  const tellsNothing = mark === member.readMessageId && !member.markedUnread
  if (mark < member.readMessageId || tellsNothing) return permitted
  const moved = {
    ...member,
    ...countsAfterReading(state, member, mark),
    readMessageId: mark,
    markedUnread: false,
    version: state.nextVersion(),
  }
  state.saveMember(moved)
  return ok(moved)
}
