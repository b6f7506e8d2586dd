import * as z from 'zod'
import { systemSchema, type Message } from '../../protocol/objects.ts'
import { utf8Length } from '../../protocol/text.ts'
import { forgetText } from './archive/dropped-texts.ts'
import type { IdRange } from './archive/ledger.ts'

/** Rows of the log as SQLite has them, and the Message that they stand for. */
export type MessageRow = {
  message_id: number
  version: number
  user_id: string
  client_id: string | null
  kind: string
  text: string
  system: string | null
  reply_to: number | null
  mentions: string | null
  reactions: string | null
  created_at: number
  edited_at: number | null
  deleted_at: number | null
}

/** Newer code may have stored an action that this code does not know: then nothing is told of it. */
const storedSystemSchema = systemSchema.nullable().catch(null)
const mentionsSchema = z.array(z.string())
const reactionsSchema = z.record(z.string(), z.array(z.string()))

export function toMessage(channelId: string, row: MessageRow): Message {
  return {
    channelId,
    messageId: row.message_id,
    version: row.version,
    userId: row.user_id,
    clientId: row.client_id,
    kind: row.kind === 'system' ? 'system' : 'text',
    text: row.text,
    system: row.system === null ? null : storedSystemSchema.parse(JSON.parse(row.system)),
    replyTo: row.reply_to,
    mentions: row.mentions === null ? [] : mentionsSchema.parse(JSON.parse(row.mentions)),
    reactions: row.reactions === null ? {} : reactionsSchema.parse(JSON.parse(row.reactions)),
    createdAt: row.created_at,
    editedAt: row.edited_at,
    deletedAt: row.deleted_at,
  }
}

/**
 * Bytes in UTF-8 of what a message can be long by, its text and whom it names and who has reacted: what
 * pages are bounded by. The same as ROW_BYTES counts in a table.
 */
export function messageBytes({ text, mentions, reactions }: Message): number {
  const lists = [jsonOrNull(mentions), jsonOrNull(reactions)]
  return lists.reduce((bytes, json) => bytes + utf8Length(json ?? ''), utf8Length(text))
}

export function totalBytes(messages: Message[]): number {
  return messages.reduce((bytes, message) => bytes + messageBytes(message), 0)
}

/** Stores a message, or returns what was stored when the same sender's `clientId` came before. */
export function insertMessage(sql: SqlStorage, message: Message): MessageRow | null {
  if (insertRow(sql, message)) {
    insertMentions(sql, message)
    return null
  }
  // One statement for nearly all, which are new: to look first costs as much as to insert.
  const before = message.clientId && findByClientId(sql, message.userId, message.clientId)
  if (!before) throw notInserted(message)
  return before
}

function notInserted({ messageId }: Message): Error {
  return new Error(`message ${messageId} could not be inserted`)
}

function insertRow(sql: SqlStorage, message: Message): boolean {
  const inserted = sql.exec(
    `INSERT INTO messages (message_id, version, user_id, client_id, kind, text, system, reply_to,
       mentions, reactions, created_at, edited_at, deleted_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (user_id, client_id) WHERE client_id IS NOT NULL DO NOTHING`,
    message.messageId,
    message.version,
    message.userId,
    message.clientId,
    message.kind,
    message.text,
    message.system && JSON.stringify(message.system),
    message.replyTo,
    jsonOrNull(message.mentions),
    jsonOrNull(message.reactions),
    message.createdAt,
    message.editedAt,
    message.deletedAt,
  )
  return inserted.rowsWritten > 0
}

/**
 * Writes what an edit, a deletion or a reaction may change of a message; all of it where the message was
 * read from the archive. Mentions are kept of all messages, so they are only written if they changed.
 */
export function updateMessage(sql: SqlStorage, before: Message, message: Message): void {
  const updated = sql.exec(
    `UPDATE messages SET version = ?, text = ?, mentions = ?, reactions = ?, edited_at = ?,
       deleted_at = ? WHERE message_id = ?`,
    message.version,
    message.text,
    jsonOrNull(message.mentions),
    jsonOrNull(message.reactions),
    message.editedAt,
    message.deletedAt,
    message.messageId,
  )
  if (updated.rowsWritten === 0) {
    if (!insertRow(sql, message)) throw notInserted(message)
    forgetText(sql, message.messageId)
  }
  if (jsonOrNull(before.mentions) === jsonOrNull(message.mentions)) return
  sql.exec('DELETE FROM mentions WHERE message_id = ?', message.messageId)
  insertMentions(sql, message)
}

/** What is empty, as mentions and reactions mostly are, is stored as nothing. */
function jsonOrNull(value: object): string | null {
  return Object.keys(value).length > 0 ? JSON.stringify(value) : null
}

function insertMentions(sql: SqlStorage, message: Message): void {
  for (const userId of message.mentions) {
    // To mention oneself is allowed, and counts for nothing.
    if (userId === message.userId) continue
    sql.exec('INSERT INTO mentions (user_id, message_id) VALUES (?, ?)', userId, message.messageId)
  }
}

/** The stored message that `userId` sent as `clientId`, if there is one. */
export function findByClientId(
  sql: SqlStorage,
  userId: string,
  clientId: string,
): MessageRow | undefined {
  return sql
    .exec<MessageRow>(
      'SELECT * FROM messages WHERE user_id = ? AND client_id = ?',
      userId,
      clientId,
    )
    .toArray()[0]
}

export function findMessage(sql: SqlStorage, messageId: number): MessageRow | undefined {
  return sql.exec<MessageRow>('SELECT * FROM messages WHERE message_id = ?', messageId).toArray()[0]
}

/** Those of these messages that are here, in no order. */
export function findMessages(sql: SqlStorage, messageIds: number[]): MessageRow[] {
  return sql
    .exec<MessageRow>(
      'SELECT * FROM messages WHERE message_id IN (SELECT value FROM json_each(?))',
      JSON.stringify(messageIds),
    )
    .toArray()
}

/** Where a message stands in the log, and how long it is, which SQLite tells without reading it. */
export type MessageKey = { message_id: number; version: number; row_bytes: number }

const ROW_BYTES = `octet_length(text) + ifnull(octet_length(mentions), 0)
  + ifnull(octet_length(reactions), 0) AS row_bytes`

/** Keys of the newest messages, at most `limit`, newest first. */
export function newestKeys(sql: SqlStorage, limit: number): MessageKey[] {
  return sql
    .exec<MessageKey>(
      `SELECT message_id, version, ${ROW_BYTES} FROM messages
       ORDER BY message_id DESC LIMIT ?`,
      limit,
    )
    .toArray()
}

/**
 * Keys of at most `limit` rows with a version in `(after, upTo]`, in order of version. Messages that
 * never changed come by their key, changed ones from the index that holds only those.
 */
export function keysAbove(
  sql: SqlStorage,
  after: number,
  upTo: number,
  limit: number,
): MessageKey[] {
  return sql
    .exec<MessageKey>(
      `SELECT * FROM (
         SELECT message_id, version, ${ROW_BYTES} FROM messages
         WHERE message_id > ?1 AND message_id <= ?2 AND version = message_id
         ORDER BY message_id LIMIT ?3)
       UNION ALL
       SELECT * FROM (
         SELECT message_id, version, ${ROW_BYTES} FROM messages INDEXED BY messages_changed
         WHERE version > message_id AND version > ?1 AND version <= ?2
         ORDER BY version LIMIT ?3)
       ORDER BY version LIMIT ?3`,
      after,
      upTo,
      limit,
    )
    .toArray()
}

/** The same of messages within these ranges of ids only, of which there are few. */
export function keysAboveWithin(
  sql: SqlStorage,
  ranges: readonly IdRange[],
  after: number,
  upTo: number,
  limit: number,
): MessageKey[] {
  const unchanged = ranges.flatMap(({ from, below }) =>
    sql
      .exec<MessageKey>(
        `SELECT message_id, version, ${ROW_BYTES} FROM messages
         WHERE message_id > ? AND message_id <= ? AND version = message_id
         ORDER BY message_id LIMIT ?`,
        Math.max(after, from - 1),
        Math.min(upTo, below - 1),
        limit,
      )
      .toArray(),
  )
  const changed = sql
    .exec<MessageKey>(
      `SELECT message_id, version, ${ROW_BYTES} FROM messages INDEXED BY messages_changed
       WHERE version > message_id AND version > ? AND version <= ? AND EXISTS (
         SELECT 1 FROM json_each(?)
         WHERE message_id >= value ->> 'from' AND message_id < value ->> 'below')
       ORDER BY version LIMIT ?`,
      after,
      upTo,
      JSON.stringify(ranges),
      limit,
    )
    .toArray()
  return [...unchanged, ...changed].toSorted((a, b) => a.version - b.version).slice(0, limit)
}
