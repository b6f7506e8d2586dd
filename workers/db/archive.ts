import * as z from 'zod'
import type { messages } from './archive-schema.ts'
import {
  findStatement,
  indexableSchema,
  indexStatements,
  mentionsStatement,
  type IndexSpan,
} from './search-index.ts'
import type { IndexedMessage } from './search-places.ts'

/**
 * One shard of the archive (`archive-schema.ts`), as channel objects use it. The statements are SQL:
 * drizzle takes no session of D1, and could express neither of the two long ones.
 */

/** A row as the shard has it; the fields are the columns. */
export type ArchivedRow = typeof messages.$inferSelect

/** Messages strictly between two ids, from one end on, until `limit` or `maxBytes`. */
export interface ArchivePage {
  after: number
  before: number
  newestFirst: boolean
  limit: number
  /** The row that reaches it is the last one; so one row always comes. */
  maxBytes: number
}

/**
 * Many rows in one parameter. What is there gives way only to a row that is as new or newer, so writing
 * again, late or out of order changes nothing; as new counts, so that a rebuild mends a damaged row.
 */
const WRITE = `
  INSERT INTO messages (channel_id, message_id, version, user_id, client_id, kind, text, system,
    reply_to, mentions, reactions, created_at, edited_at, deleted_at)
  SELECT value->>'channelId', value->>'messageId', value->>'version', value->>'userId',
    value->>'clientId', value->>'kind', value->>'text', value->>'system', value->>'replyTo',
    nullif(value->>'mentions', '[]'), nullif(value->>'reactions', '{}'), value->>'createdAt',
    value->>'editedAt', value->>'deletedAt'
  FROM json_each(?) WHERE true
  ON CONFLICT (channel_id, message_id) DO UPDATE SET version = excluded.version,
    user_id = excluded.user_id, client_id = excluded.client_id, kind = excluded.kind,
    text = excluded.text, system = excluded.system, reply_to = excluded.reply_to,
    mentions = excluded.mentions, reactions = excluded.reactions, created_at = excluded.created_at,
    edited_at = excluded.edited_at, deleted_at = excluded.deleted_at
  WHERE excluded.version >= messages.version`

/** The sizes of the rows first (`messageBytes` counts the same), then only the rows that fit: 200 long texts would be 80 MB. */
function pageStatement(order: 'ASC' | 'DESC'): string {
  return `
    WITH keys AS (
      SELECT message_id, octet_length(text) + ifnull(octet_length(mentions), 0)
        + ifnull(octet_length(reactions), 0) AS bytes FROM messages
      WHERE channel_id = ?1 AND message_id > ?2 AND message_id < ?3
      ORDER BY message_id ${order} LIMIT ?4),
    sized AS (
      SELECT message_id, sum(bytes) OVER (ORDER BY message_id ${order}) - bytes AS before FROM keys)
    SELECT messages.* FROM sized
    JOIN messages ON messages.channel_id = ?1 AND messages.message_id = sized.message_id
    WHERE sized.before < ?5 ORDER BY messages.message_id ${order}`
}

const PAGE_ASCENDING = pageStatement('ASC')
const PAGE_DESCENDING = pageStatement('DESC')

export class ArchiveShard {
  constructor(private readonly database: D1Database) {}

  /**
   * Stores messages of one channel, given as one JSON array of Messages of the contract, and indexes them
   * for the search, in one transaction. Forwards in version only.
   */
  async write(json: string): Promise<void> {
    const messages = z.array(indexableSchema).parse(JSON.parse(json))
    const channelId = messages[0]?.channelId
    if (channelId === undefined) return
    await this.database.batch([
      this.database.prepare(WRITE).bind(json),
      ...indexStatements(this.database, channelId, messages),
    ])
  }

  /**
   * Places of messages in these channels that an expression of `toExpression` finds, newest first. The
   * channels are asked for in parts, each up to `limit`.
   */
  async find(
    channelIds: readonly (readonly string[])[],
    expression: string,
    span: IndexSpan,
  ): Promise<IndexedMessage[]> {
    if (channelIds.length === 0) return []
    const session = this.database.withSession('first-unconstrained')
    const parts = channelIds.map((ids) => findStatement(session, ids, expression, span))
    const answers = await session.batch<IndexedMessage>(parts)
    return answers.flatMap(({ results }) => results)
  }

  /** Places of messages that mention somebody, newest first; also in channels that they have left. */
  async mentions(userId: string, span: IndexSpan): Promise<IndexedMessage[]> {
    const session = this.database.withSession('first-unconstrained')
    const { results } = await mentionsStatement(session, userId, span).all<IndexedMessage>()
    return results
  }

  /**
   * Rows of a channel in the order asked for, from the nearest replica that has at least what the
   * bookmark stands for; without one from any.
   */
  async page(
    channelId: string,
    { after, before, newestFirst, limit, maxBytes }: ArchivePage,
    bookmark: string | null,
  ): Promise<ArchivedRow[]> {
    const { results } = await this.database
      .withSession(bookmark ?? 'first-unconstrained')
      .prepare(newestFirst ? PAGE_DESCENDING : PAGE_ASCENDING)
      .bind(channelId, after, before, limit, maxBytes)
      .all<ArchivedRow>()
    return results
  }

  /** How many messages of a channel are here. */
  async count(channelId: string): Promise<number> {
    const counted = await this.database
      .prepare('SELECT count(*) AS n FROM messages WHERE channel_id = ?')
      .bind(channelId)
      .first<number>('n')
    return counted ?? 0
  }

  /** Stands for all that was written so far: reads with it see that, on whatever replica. */
  async bookmark(): Promise<string | null> {
    const session = this.database.withSession('first-primary')
    await session.prepare('SELECT 1').run()
    return session.getBookmark()
  }
}

/** The shards that are bound, by number: `ARCHIVE_0` is 0. */
export function archiveShards(env: Env): ReadonlyMap<number, ArchiveShard> {
  const shards = new Map<number, ArchiveShard>()
  for (const [name, binding] of Object.entries<unknown>({ ...env })) {
    const shard = /^ARCHIVE_(\d+)$/.exec(name)?.[1]
    if (shard !== undefined && isDatabase(binding)) {
      shards.set(Number(shard), new ArchiveShard(binding))
    }
  }
  return shards
}

function isDatabase(binding: unknown): binding is D1Database {
  return typeof binding === 'object' && binding !== null && 'withSession' in binding
}
