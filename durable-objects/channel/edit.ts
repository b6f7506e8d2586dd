import { fail, ok, type Result } from '../../protocol/errors.ts'
import type { Message } from '../../protocol/objects.ts'
import { mayDelete } from '../../protocol/permissions.ts'
import { countChangedMessage } from './counts.ts'
import { findMessage, toMessage } from './messages.ts'
import { keepOwedVersions } from './owed-versions.ts'
import { mentionedIn } from './send.ts'
import type { ChannelState } from './state.ts'

/**
 * Changes of a message. Each takes a new version and keeps the id; doing it again changes nothing.
 * Synchronous: one block with the sends and membership changes around it. `archived` is the message as
 * the archive has it, if it was dropped here; what is here goes before it.
 */

/** Gives one's own message another text and notes when. */
export function editMessage(
  state: ChannelState,
  userId: string,
  messageId: number,
  archived: Message | null,
  text: string,
  now: number,
): Result<Message> {
  const found = textMessage(state, userId, messageId, archived)
  if (!found.ok) return found
  const before = found.value
  if (before.userId !== userId) return fail('forbidden', 'Only its sender may edit a message')
  if (before.deletedAt !== null) return fail('conflict', 'The message was deleted')
  if (before.text === text) return ok(before)
  const mentions = mentionedIn(text, state.currentMembers())
  return ok(replace(state, before, { text, mentions, editedAt: now }))
}

/** Takes a message back for everyone: what it said is gone, that it was there stays. */
export function deleteMessage(
  state: ChannelState,
  userId: string,
  messageId: number,
  archived: Message | null,
  now: number,
): Result<Message> {
  const found = textMessage(state, userId, messageId, archived)
  if (!found.ok) return found
  const before = found.value
  const role = state.member(userId)?.role ?? 'member'
  if (!mayDelete(role, before.userId === userId)) {
    return fail('forbidden', 'Only its sender or an admin may delete a message')
  }
  if (before.deletedAt !== null) return ok(before)
  return ok(replace(state, before, { text: '', mentions: [], reactions: {}, deletedAt: now }))
}

function replace(state: ChannelState, before: Message, changes: Partial<Message>): Message {
  const after = state.replace({ ...before, ...changes })
  keepOwedVersions(state.sql, state.members.values(), before, after)
  for (const member of countChangedMessage(state, before, after)) {
    state.saveMember(member)
  }
  return after
}

function textMessage(
  state: ChannelState,
  userId: string,
  messageId: number,
  archived: Message | null,
): Result<Message> {
  if (!state.member(userId)) return fail('not_found', 'No such channel')
  const row = findMessage(state.sql, messageId)
  const message = row ? toMessage(state.identity.channelId, row) : archived
  if (!message) return fail('not_found', 'No such message')
  return message.kind === 'text'
    ? ok(message)
    : fail('forbidden', 'System messages stay as they are')
}
