import { MAX_UNREAD } from '../../protocol/limits.ts'
import type { Message } from '../../protocol/objects.ts'
import { countDroppedTexts } from './archive/dropped-texts.ts'
import { toMessage, type MessageRow } from './messages.ts'
import type { ChannelMember } from './members.ts'
import type { ChannelState } from './state.ts'

/**
 * Unread and mention counts: held with each member, raised with every message, lowered by
 * what the member reads. What is saved with the watermark is true as of
 * `countedMessageId`; after an eviction only what came later is counted on top.
 *
 * Mentions are kept of all messages, and of those that were dropped who sent them: so both counts are exact
 * wherever the read mark is. Only in a channel that had dropped messages before that was kept, and above a
 * mark among those, the unread count stays what it was: never too low, and exact again from there on.
 */

/** Raises the counts of all members but the sender for a new message. */
export function countNewMessage(members: Iterable<ChannelMember>, message: Message): void {
  for (const member of members) {
    if (member.leftAt !== null || member.countedMessageId >= message.messageId) continue
    member.countedMessageId = message.messageId
    if (message.kind !== 'text' || message.userId === member.userId) continue
    member.unread = Math.min(MAX_UNREAD, member.unread + 1)
    if (message.mentions.includes(member.userId)) {
      member.mentionCount = Math.min(MAX_UNREAD, member.mentionCount + 1)
    }
  }
}

/** Adds what was sent since the counts were last saved: for an object that was just loaded. */
export function catchUpCounts(
  sql: SqlStorage,
  channelId: string,
  members: Iterable<ChannelMember>,
): void {
  const current = [...members].filter((member) => member.leftAt === null)
  if (current.length === 0) return
  const from = Math.min(...current.map((member) => member.countedMessageId))
  const rows = sql.exec<MessageRow>(
    'SELECT * FROM messages WHERE message_id > ? AND deleted_at IS NULL ORDER BY message_id',
    from,
  )
  for (const row of rows) countNewMessage(current, toMessage(channelId, row))
}

/**
 * The members whose counts differ now that `before` has become `after`, with what they are now. Only
 * who had not read it is concerned; from a count at its limit nothing can be taken, it is made anew.
 */
export function countChangedMessage(
  state: ChannelState,
  before: Message,
  after: Message,
): ChannelMember[] {
  const { sql } = state
  const { messageId } = before
  const isGone = before.deletedAt === null && after.deletedAt !== null
  const changed: ChannelMember[] = []
  for (const member of state.currentMembers()) {
    const { userId, readMessageId } = member
    if (userId === before.userId || readMessageId >= messageId) continue
    const mentioned =
      Number(after.mentions.includes(userId)) - Number(before.mentions.includes(userId))
    if (!isGone && mentioned === 0) continue
    const unread = isGone ? member.unread - 1 : member.unread
    const mentionCount = Math.min(MAX_UNREAD, member.mentionCount + mentioned)
    const end = Number.MAX_SAFE_INTEGER
    changed.push({
      ...member,
      unread: member.unread < MAX_UNREAD ? unread : countUnreadAbove(state, member, readMessageId),
      mentionCount:
        member.mentionCount < MAX_UNREAD
          ? mentionCount
          : countMentions(sql, userId, readMessageId, end),
    })
  }
  return changed
}

/**
 * The counts of a member whose read mark moves to `mark`: less by what lies between, for that is what
 * they have just read. From a count that had reached its limit nothing can be taken: it is made anew.
 */
export function countsAfterReading(
  state: ChannelState,
  member: ChannelMember,
  mark: number,
): Pick<ChannelMember, 'unread' | 'mentionCount'> {
  const { sql } = state
  const { readMessageId, userId } = member
  const canCount = readMessageId >= state.archive.uncountedBelow - 1
  return {
    unread:
      canCount && member.unread < MAX_UNREAD
        ? member.unread - countUnread(sql, userId, readMessageId, mark)
        : countUnreadAbove(state, member, mark),
    mentionCount:
      member.mentionCount < MAX_UNREAD
        ? member.mentionCount - countMentions(sql, userId, readMessageId, mark)
        : countMentions(sql, userId, mark, Number.MAX_SAFE_INTEGER),
  }
}

/** What is unread above `mark`: counted anew, or what it was where that cannot be counted. */
function countUnreadAbove(state: ChannelState, member: ChannelMember, mark: number): number {
  if (mark < state.archive.uncountedBelow - 1) return member.unread
  return countUnread(state.sql, member.userId, mark, Number.MAX_SAFE_INTEGER)
}

/** Undeleted texts of others in `(after, upTo]`, at most 999: those that are here, and those that were dropped. */
function countUnread(sql: SqlStorage, userId: string, after: number, upTo: number): number {
  const { n } = sql
    .exec<{ n: number }>(
      `SELECT count(*) AS n FROM (
         SELECT 1 FROM messages WHERE message_id > ? AND message_id <= ? AND user_id <> ?
           AND kind = 'text' AND deleted_at IS NULL LIMIT ${MAX_UNREAD})`,
      after,
      upTo,
      userId,
    )
    .one()
  return n < MAX_UNREAD ? n + countDroppedTexts(sql, userId, after, upTo, MAX_UNREAD - n) : n
}

/** Mentions of the person in `(after, upTo]`, at most 999. Nobody's mention of themselves is kept. */
function countMentions(sql: SqlStorage, userId: string, after: number, upTo: number): number {
  return sql
    .exec<{ n: number }>(
      `SELECT count(*) AS n FROM (
         SELECT 1 FROM mentions WHERE message_id > ? AND message_id <= ? AND user_id = ?
           LIMIT ${MAX_UNREAD})`,
      after,
      upTo,
      userId,
    )
    .one().n
}
