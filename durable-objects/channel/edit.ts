import { fail, ok, type Result } from '../../protocol/errors.ts'
import type { Message } from '../../protocol/objects.ts'
import { refuseBlocked } from './blocks.ts'
import { applyChange, findText } from './change-message.ts'
import { mentionedIn } from './mentions.ts'
import { permit } from './rights.ts'
import type { ChannelState } from './state.ts'

/**
 * Gives one's own message another text and notes when. Whom it mentions is decided anew, with the
 * sender's role and the members of now.
 */
export function editMessage(
  state: ChannelState,
  userId: string,
  messageId: number,
  archived: Message | null,
  text: string,
  now: number,
): Result<Message> {
  const member = permit(state, userId, 'editOwn')
  if (!member.ok) return member
  const found = findText(state, messageId, archived)
  if (!found.ok) return found
  const before = found.value
  if (before.userId !== userId) {
    const allowed = permit(state, userId, 'editOthers')
    if (!allowed.ok) return allowed
  }
  if (before.deletedAt !== null) return fail('conflict', 'The message was deleted')
  if (before.text === text) return ok(before)
  const blocked = refuseBlocked(state)
  if (blocked) return blocked
  const mentions = mentionedIn(state, member.value, text)
  return ok(applyChange(state, before, { text, mentions, editedAt: now }))
}

/** Takes a message back for everyone: what it said is gone, that it was there stays. */
export function deleteMessage(
  state: ChannelState,
  userId: string,
  messageId: number,
  archived: Message | null,
  now: number,
): Result<Message> {
  const member = permit(state, userId, 'deleteOwn')
  if (!member.ok) return member
  const found = findText(state, messageId, archived)
  if (!found.ok) return found
  const before = found.value
  if (before.userId !== userId) {
    const allowed = permit(state, userId, 'deleteOthers')
    if (!allowed.ok) return allowed
  }
  if (before.deletedAt !== null) return ok(before)
  return ok(applyChange(state, before, { text: '', mentions: [], reactions: {}, deletedAt: now }))
}
