import type * as z from 'zod'
import type { receiptFrameSchema } from '../../protocol/user-socket.ts'
import { userStub } from '../shared/stubs.ts'
import type { LoadedChannel } from './channel-host.ts'
import { deliveredMark, type ChannelMember } from './members.ts'
import { report } from './report.ts'
import type { ChannelState } from './state.ts'

/** Which marks of a member have moved. */
export interface Moved {
  read: boolean
  /** In a DM. */
  delivered: boolean
}

/**
 * Tells who has the conversation open, and in a DM the other one wherever they are. Where one of the two
 * has switched read receipts off, only of what was delivered.
 */
export function tellReceipt(
  env: Env,
  { state, live }: LoadedChannel,
  member: ChannelMember,
  moved: Moved,
): void {
  if (state.blocks.any) return
  let open: string | null = null
  const frameFor = (readerId: string): string | null => {
    if (readerId === member.userId) return null
    if (!state.hiddenReads.between(member.userId, readerId)) {
      return (open ??= receiptFrame(state, member, member.readMessageId))
    }
    return moved.delivered
      ? receiptFrame(state, member, state.hiddenReads.shown(member, readerId))
      : null
  }
  live.tell(frameFor)
  if (state.identity.kind !== 'dm') return
  for (const { userId } of state.currentMembers()) {
    const frame = frameFor(userId)
    if (frame !== null) userStub(env, userId).tell(frame).catch(report)
  }
}

/** How far a member has read, and in a DM how far messages have reached them, as others are told. */
function receiptFrame(state: ChannelState, member: ChannelMember, readMessageId: number): string {
  const { channelId, kind } = state.identity
  const frame: z.infer<typeof receiptFrameSchema> = {
    t: 'receipt',
    channelId,
    userId: member.userId,
    readMessageId,
    deliveredMessageId: kind === 'dm' ? deliveredMark(member) : null,
  }
  return JSON.stringify(frame)
}

/**
 * Notes that messages up to `messageId` have reached a device of the member. True if that is news. Only
 * kept in DMs and only in memory until the watermarks are saved: lost, the next message tells it again.
 */
export function noteDelivered(
  state: ChannelState,
  member: ChannelMember,
  messageId: number,
): boolean {
  if (state.identity.kind !== 'dm') return false
  const mark = Math.min(messageId, state.newestMessageId)
  if (mark <= deliveredMark(member)) return false
  member.deliveredMessageId = mark
  return true
}
