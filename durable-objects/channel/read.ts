import { fail, ok, type Result } from '../../protocol/errors.ts'
import { countsAfterReading } from './counts.ts'
import type { ChannelMember } from './members.ts'
import type { ChannelState } from './state.ts'

/**
 * Moves the member's read mark to `messageId`, or to the newest message if that is lower. The mark
 * only moves forwards; a lower one changes nothing. Takes a version, so that it goes to the member's
 * devices in order with the messages. Synchronous.
 */
export function markRead(
  state: ChannelState,
  userId: string,
  messageId: number,
): Result<ChannelMember> {
  const member = state.member(userId)
  if (!member) return fail('not_found', 'No such channel')
  const mark = Math.min(messageId, state.newestMessageId)
  if (mark <= member.readMessageId) return ok(member)
  const counts = countsAfterReading(state, member, mark)
  const moved = { ...member, ...counts, readMessageId: mark, version: state.nextVersion() }
  state.saveMember(moved)
  return ok(moved)
}
