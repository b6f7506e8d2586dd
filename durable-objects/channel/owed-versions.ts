import type { Message } from '../../protocol/objects.ts'
import { utf8Length } from '../../protocol/text.ts'
import type { LogRow } from './log-reader.ts'
import type { ChannelMember } from './members.ts'

/**
 * Versions that somebody who has left is still owed. The log holds each message as it is now, and a
 * change after their leaving is none of theirs; so what they were promised is kept beside it until their
 * inbox has it. Of a message that was deleted meanwhile only its place is kept.
 */

/** Keeps `before` for those who left and were to get it, now that `after` takes its place in the log. */
export function keepOwedVersions(
  sql: SqlStorage,
  members: Iterable<ChannelMember>,
  before: Message,
  after: Message,
): void {
  const isGone = after.deletedAt !== null
  const kept = JSON.stringify(isGone ? { ...after, version: before.version } : before)
  for (const { userId, leftAt, deliveredVersion, version } of members) {
    if (leftAt === null || deliveredVersion >= before.version || before.version > version) continue
    sql.exec(
      'INSERT OR REPLACE INTO owed_versions (user_id, version, message_id, message) VALUES (?, ?, ?, ?)',
      userId,
      before.version,
      before.messageId,
      kept,
    )
  }
  if (!isGone) return
  sql.exec(
    `UPDATE owed_versions SET message = json_set(message, '$.text', '', '$.mentions', json('[]'),
       '$.reactions', json('{}'), '$.deletedAt', ?)
     WHERE message_id = ?`,
    after.deletedAt,
    after.messageId,
  )
}

/** The first version above `after` that is kept for this person. */
export function nextOwedVersion(sql: SqlStorage, userId: string, after: number): LogRow | null {
  const row = sql
    .exec<{ version: number; message_id: number; message: string }>(
      `SELECT version, message_id, message FROM owed_versions
       WHERE user_id = ? AND version > ? ORDER BY version LIMIT 1`,
      userId,
      after,
    )
    .toArray()[0]
  if (!row) return null
  const { version, message_id: messageId, message: json } = row
  return { messageId, version, json, bytes: utf8Length(json) }
}

/** Forgets what the inboxes have by now, as far as that is saved. */
export function dropDeliveredVersions(sql: SqlStorage): void {
  sql.exec(
    `DELETE FROM owed_versions WHERE version <= (
       SELECT delivered_version FROM members WHERE members.user_id = owed_versions.user_id)`,
  )
}
