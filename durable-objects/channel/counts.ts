import { MAX_UNREAD } from '../../protocol/limits.ts'
import type { Message } from '../../protocol/objects.ts'
import { toMessage, type MessageRow } from './messages.ts'
import type { ChannelMember } from './members.ts'

/**
 * Unread and mention counts: held with each member, raised with every message, counted again from
 * the log when the member reads. What is saved with the watermark is true as of
 * `countedMessageId`; after an eviction only what came later is counted on top.
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

/** Counts exactly what lies above the member's read mark, as of `newestMessageId`. */
export function recount(sql: SqlStorage, member: ChannelMember, newestMessageId: number): void {
  member.unread = countRows(
    sql,
    `SELECT 1 FROM messages WHERE message_id > ?1 AND user_id <> ?2 AND kind = 'text'
       AND deleted_at IS NULL LIMIT ${MAX_UNREAD}`,
    member,
  )
  member.mentionCount = countRows(
    sql,
    `SELECT 1 FROM mentions WHERE message_id > ?1 AND user_id = ?2 LIMIT ${MAX_UNREAD}`,
    member,
  )
  member.countedMessageId = newestMessageId
}

function countRows(sql: SqlStorage, rows: string, member: ChannelMember): number {
  return sql
    .exec<{ n: number }>(`SELECT count(*) AS n FROM (${rows})`, member.readMessageId, member.userId)
    .one().n
}
