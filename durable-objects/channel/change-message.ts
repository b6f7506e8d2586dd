import { fail, ok, type Result } from '../../protocol/errors.ts'
import type { Message } from '../../protocol/objects.ts'
import { countChangedMessage } from './counts.ts'
import { findMessage, toMessage } from './messages.ts'
import { keepOwedVersions } from './owed-versions.ts'
import type { ChannelState } from './state.ts'

/**
 * What edits, deletions and reactions have in common. Each takes a new version and keeps the id; doing it
 * again changes nothing. Synchronous: one block with the sends and membership changes around it.
 */

/**
 * The text message that is to be changed. `archived` is the message as the archive has it, if it was
 * dropped here; what is here goes before it. Refuses `not_found`, and `forbidden` for system messages.
 */
export function findText(
  state: ChannelState,
  messageId: number,
  archived: Message | null,
): Result<Message> {
  const row = findMessage(state.sql, messageId)
  const message = row ? toMessage(state.identity.channelId, row) : archived
  if (!message) return fail('not_found', 'No such message')
  return message.kind === 'text'
    ? ok(message)
    : fail('forbidden', 'System messages stay as they are')
}

/** Stores the message with `changes`, and moves the counts of those whom that concerns. */
export function applyChange(
  state: ChannelState,
  before: Message,
  changes: Partial<Message>,
): Message {
  const after = state.replace(before, { ...before, ...changes })
  keepOwedVersions(state.sql, state.members.values(), before, after)
  for (const member of countChangedMessage(state, before, after)) {
    state.saveMember(member)
  }
  return after
}
