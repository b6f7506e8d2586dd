import * as z from 'zod'
import { utf8Length } from '../../protocol/text.ts'
import { CHANNEL_PLACE, senderTerm } from './search-query.ts'
import { termsIn } from './search-terms.ts'

/**
 * The search index of a shard: what is written into it with the messages, and what is read from it. A
 * row's id is `time * 2^20 + n`, so that the order of ids is the order of time over all channels; it
 * never leaves SQLite, where it is a 64-bit integer. See docs/decisions/0006-search.md.
 */

/** What the index takes of a Message; what else it has, newer code's fields included, is not its business. */
export const indexableSchema = z.object({
  channelId: z.string(),
  messageId: z.int(),
  version: z.int(),
  userId: z.string(),
  kind: z.string(),
  text: z.string(),
  mentions: z.array(z.string()),
  createdAt: z.int(),
  deletedAt: z.int().nullable(),
})
type Indexable = z.infer<typeof indexableSchema>

/** A part of time in one shard. */
export interface IndexSpan {
  /** From this millisecond on. */
  since: number
  /** Before the place `(createdAt, nth)`. */
  before: { createdAt: number; nth: number }
  limit: number
}

/** D1 takes 2 MB in a parameter. */
const MAX_PARAMETER_BYTES = 1_000_000
/** Of a single message; with the channel before each term it has to fit into 2 MB again. */
const MAX_TERMS = 100_000
const MAX_TERMS_LENGTH = 900_000

const ID = (createdAt: string, nth: string): string =>
  `(CAST(${createdAt} AS INTEGER) * 1048576 + CAST(${nth} AS INTEGER))`

const CHANNEL_NO = '(SELECT no FROM search_channels WHERE channel_id = ?1)'
/** What stands before each term: a number of the channel in this shard, which is short. */
const CHANNEL_TAG = "printf('%x_', no)"

const ADD_CHANNEL = 'INSERT OR IGNORE INTO search_channels (channel_id) VALUES (?1)'

/**
 * Index ids of the messages in `?2` that the archive has in just these versions: not of older ones. Joins
 * here are CROSS, which SQLite runs in this order: else it may begin with all messages of the channel.
 */
const WRITTEN = `
  SELECT indexed.id FROM json_each(?2)
  CROSS JOIN messages ON messages.channel_id = ?1 AND messages.message_id = value->>'messageId'
    AND messages.version = value->>'version'
  CROSS JOIN search_messages AS indexed
    ON indexed.channel_no = ${CHANNEL_NO} AND indexed.message_id = messages.message_id`

const FORGET_TERMS = `DELETE FROM search WHERE rowid IN (${WRITTEN})`
const FORGET_MENTIONS = `DELETE FROM mentions WHERE id IN (${WRITTEN})`

/** Gives an id to those that have none: the next free ones of their millisecond. */
const ADD_MESSAGES = `
  WITH fresh AS (
    SELECT value->>'messageId' AS message_id, value->>'createdAt' AS created_at FROM json_each(?2)
    WHERE NOT EXISTS (SELECT 1 FROM search_messages
      WHERE channel_no = ${CHANNEL_NO} AND message_id = value->>'messageId'))
  INSERT INTO search_messages (id, channel_no, message_id)
  SELECT ${ID('created_at', '0')} - 1
    + row_number() OVER (PARTITION BY created_at ORDER BY message_id)
    + ifnull((SELECT max(id) % 1048576 + 1 FROM search_messages
        WHERE id >= ${ID('created_at', '0')} AND id < ${ID('created_at + 1', '0')}), 0),
    ${CHANNEL_NO}, message_id
  FROM fresh`

const ADD_TERMS = `
  INSERT INTO search (rowid, terms)
  SELECT indexed.id, replace(value->>'terms', '${CHANNEL_PLACE}', ${CHANNEL_TAG}) FROM json_each(?2)
  CROSS JOIN messages ON messages.channel_id = ?1 AND messages.message_id = value->>'messageId'
    AND messages.version = value->>'version'
  CROSS JOIN search_channels ON search_channels.channel_id = ?1
  CROSS JOIN search_messages AS indexed
    ON indexed.channel_no = no AND indexed.message_id = messages.message_id`

const ADD_MENTIONS = `
  INSERT INTO mentions (user_id, id)
  SELECT mention.value, indexed.id FROM json_each(?2) AS message
  CROSS JOIN messages ON messages.channel_id = ?1 AND messages.message_id = message.value->>'messageId'
    AND messages.version = message.value->>'version'
  CROSS JOIN search_messages AS indexed
    ON indexed.channel_no = ${CHANNEL_NO} AND indexed.message_id = messages.message_id
  CROSS JOIN json_each(message.value->'mentions') AS mention`

/** A row of the index before it has an id. */
interface Entry {
  messageId: number
  version: number
  createdAt: number
  /** Those whom it mentions, but for the sender. */
  mentions: string[]
  terms: string
}

/**
 * Statements that index messages of one channel, to run in one batch after those that archived them.
 * Only what the archive has in the same version is indexed, so repeating them, or running them late,
 * changes nothing.
 */
export function indexStatements(
  database: D1Database,
  channelId: string,
  messages: readonly Indexable[],
): D1PreparedStatement[] {
  const run = (sql: string, rows: readonly object[]): D1PreparedStatement =>
    database.prepare(sql).bind(channelId, JSON.stringify(rows))
  const versions = messages.map(({ messageId, version }) => ({ messageId, version }))
  const entries = messages
    .filter(({ kind, deletedAt }) => kind === 'text' && deletedAt === null)
    .map(entryOf)
  const places = entries.map(({ messageId, createdAt }) => ({ messageId, createdAt }))
  const mentioning = entries
    .filter(({ mentions }) => mentions.length > 0)
    .map(({ messageId, version, mentions }) => ({ messageId, version, mentions }))
  return [
    database.prepare(ADD_CHANNEL).bind(channelId),
    run(FORGET_TERMS, versions),
    run(FORGET_MENTIONS, versions),
    run(ADD_MESSAGES, places),
    ...parameters(entries).map((part) => run(ADD_TERMS, part)),
    ...(mentioning.length > 0 ? [run(ADD_MENTIONS, mentioning)] : []),
  ]
}

function entryOf(message: Indexable): Entry {
  const { messageId, version, createdAt, userId } = message
  const terms = [CHANNEL_PLACE + senderTerm(userId)]
  let length = 0
  for (const { term } of termsIn(message.text)) {
    length += term.length + 1
    if (terms.length > MAX_TERMS || length > MAX_TERMS_LENGTH) break
    terms.push(CHANNEL_PLACE + term)
  }
  const mentions = message.mentions.filter((mentioned) => mentioned !== userId)
  return { messageId, version, createdAt, mentions, terms: terms.join(' ') }
}

/** Entries with their terms, in parts that fit into a parameter. */
function parameters(entries: readonly Entry[]): object[][] {
  const parts: object[][] = []
  let room = 0
  for (const { messageId, version, terms } of entries) {
    const bytes = utf8Length(terms) + 64
    if (bytes > room) {
      parts.push([])
      room = MAX_PARAMETER_BYTES
    }
    room -= bytes
    parts.at(-1)?.push({ messageId, version, terms })
  }
  return parts
}

const FOUND = `
  SELECT channel_id AS channelId, indexed.message_id AS messageId,
    indexed.id / 1048576 AS createdAt, indexed.id % 1048576 AS nth`

/** The expression is made for each channel that is here; where none is, an empty phrase finds nothing. */
const FIND = `${FOUND}
  FROM search
  CROSS JOIN search_messages AS indexed ON indexed.id = search.rowid
  CROSS JOIN search_channels ON no = indexed.channel_no
  WHERE search MATCH (
      SELECT ifnull(
        group_concat('(' || replace(?2, '${CHANNEL_PLACE}', ${CHANNEL_TAG}) || ')', ' OR '), '""')
      FROM search_channels WHERE channel_id IN (SELECT value FROM json_each(?1)))
    AND search.rowid >= ${ID('?3', '0')} AND search.rowid < ${ID('?4', '?5')}
  ORDER BY search.rowid DESC LIMIT ?6`

const FIND_MENTIONS = `${FOUND}
  FROM mentions
  CROSS JOIN search_messages AS indexed ON indexed.id = mentions.id
  CROSS JOIN search_channels ON no = indexed.channel_no
  WHERE user_id = ?1 AND mentions.id >= ${ID('?2', '0')} AND mentions.id < ${ID('?3', '?4')}
  ORDER BY mentions.id DESC LIMIT ?5`

/** Looks for an expression (`toExpression`) in these channels of a shard, newest first. */
export function findStatement(
  database: D1Database | D1DatabaseSession,
  channelIds: readonly string[],
  expression: string,
  { since, before, limit }: IndexSpan,
): D1PreparedStatement {
  return database
    .prepare(FIND)
    .bind(JSON.stringify(channelIds), expression, since, before.createdAt, before.nth, limit)
}

/** Messages of a shard that mention somebody, of whatever channels, newest first. */
export function mentionsStatement(
  database: D1Database | D1DatabaseSession,
  userId: string,
  { since, before, limit }: IndexSpan,
): D1PreparedStatement {
  return database.prepare(FIND_MENTIONS).bind(userId, since, before.createdAt, before.nth, limit)
}
