import { fail, ok, type Result } from '../../protocol/errors.ts'
import { MAX_GROUP_MEMBERS, MAX_REACTIONS } from '../../protocol/limits.ts'
import type { Message } from '../../protocol/objects.ts'
import { refuseBlocked } from './blocks.ts'
import { applyChange, findText } from './change-message.ts'
import { permit } from './rights.ts'
import type { ChannelState } from './state.ts'

/**
 * Puts one's reaction on a message, once for each emoji; `emoji` is in its canonical form. Whose it was stays
 * when they leave, until 100 people stand behind an emoji: then the first who is no member any more makes
 * room. Refuses `conflict` for the 21st emoji of a message, and for one that was deleted, `blocked` as `send` does.
 */
export function react(
  state: ChannelState,
  userId: string,
  messageId: number,
  archived: Message | null,
  emoji: string,
): Result<Message> {
  const found = findReacted(state, userId, messageId, archived)
  if (!found.ok) return found
  const { reactions, deletedAt } = found.value
  if (deletedAt !== null) return fail('conflict', 'The message was deleted')
  const people = reactions[emoji] ?? []
  if (people.includes(userId)) return found
  const blocked = refuseBlocked(state)
  if (blocked) return blocked
  if (people.length === 0 && Object.keys(reactions).length >= MAX_REACTIONS) {
    return fail('conflict', `A message has at most ${MAX_REACTIONS} different reactions`)
  }
  const kept = makeRoom(state, people)
  return ok(
    applyChange(state, found.value, { reactions: { ...reactions, [emoji]: [...kept, userId] } }),
  )
}

/** Takes one's reaction back. */
export function unreact(
  state: ChannelState,
  userId: string,
  messageId: number,
  archived: Message | null,
  emoji: string,
): Result<Message> {
  const found = findReacted(state, userId, messageId, archived)
  if (!found.ok) return found
  const { [emoji]: people = [], ...others } = found.value.reactions
  if (!people.includes(userId)) return found
  const left = people.filter((other) => other !== userId)
  const reactions = left.length > 0 ? { ...found.value.reactions, [emoji]: left } : others
  return ok(applyChange(state, found.value, { reactions }))
}

function findReacted(
  state: ChannelState,
  userId: string,
  messageId: number,
  archived: Message | null,
): Result<Message> {
  const member = permit(state, userId, 'react')
  return member.ok ? findText(state, messageId, archived) : member
}

/** At most 99 of these people, so that one more fits. There are never more members than that. */
function makeRoom(state: ChannelState, people: string[]): string[] {
  if (people.length < MAX_GROUP_MEMBERS) return people
  const gone = people.findIndex((userId) => state.member(userId) === undefined)
  return people.toSpliced(Math.max(gone, 0), 1)
}
