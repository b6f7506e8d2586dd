import { ok, type Result } from '../../protocol/errors.ts'
import type { ChannelSettings } from '../../protocol/http.ts'
import type { ChannelMember } from './members.ts'
import { permit } from './rights.ts'
import type { ChannelState } from './state.ts'

/**
 * Changes what one member has set for themselves; what is absent stays. Takes a version of their row, so
 * that it goes to their devices, and to nobody else's. Hidden is a chat until the next message of it:
 * what is stored is the newest one it was hidden at. Synchronous.
 */
export function changeSettings(
  state: ChannelState,
  userId: string,
  { notify, hidden, markedUnread }: ChannelSettings,
): Result<ChannelMember> {
  const member = permit(state, userId, 'settings')
  if (!member.ok) return member
  const before = member.value
  const wasHidden = isHidden(state, before)
  const isSame =
    (notify ?? before.notify) === before.notify &&
    (hidden ?? wasHidden) === wasHidden &&
    (markedUnread ?? before.markedUnread) === before.markedUnread
  if (isSame) return member
  const after: ChannelMember = {
    ...before,
    notify: notify ?? before.notify,
    hiddenMessageId: (hidden ?? wasHidden) ? state.newestMessageId : null,
    markedUnread: markedUnread ?? before.markedUnread,
    version: state.nextVersion(),
  }
  state.saveMember(after)
  return ok(after)
}

/** Whether the member has hidden the chat, and nothing was written in it since. */
export function isHidden(
  state: Pick<ChannelState, 'newestMessageId'>,
  member: ChannelMember,
): boolean {
  return member.hiddenMessageId !== null && member.hiddenMessageId >= state.newestMessageId
}
