import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'

/**
 * One shard of the archive: the second copy of every message, of many channels. Columns are those of a
 * channel object's own table and the fields bear their names, so that a row of either copy reads the
 * same (`durable-objects/channel/messages.ts`). Migrations in `migrations/archive` go to every shard.
 */
export const messages = sqliteTable(
  'messages',
  {
    channel_id: text().notNull(),
    message_id: integer().notNull(),
    version: integer().notNull(),
    user_id: text().notNull(),
    client_id: text(),
    kind: text().notNull(),
    text: text().notNull(),
    system: text(),
    reply_to: integer(),
    mentions: text(),
    reactions: text(),
    created_at: integer().notNull(),
    edited_at: integer(),
    deleted_at: integer(),
  },
  (table) => [primaryKey({ columns: [table.channel_id, table.message_id] })],
)

/**
 * The search index (`search-index.ts`), rebuilt from the messages at will. The terms are in `search`, a
 * virtual table of FTS5 that drizzle does not know, with the same ids.
 */
export const search_channels = sqliteTable('search_channels', {
  no: integer().primaryKey(),
  channel_id: text().notNull().unique(),
})

/** Ids ascend in time over all channels of the shard. */
export const search_messages = sqliteTable(
  'search_messages',
  {
    id: integer().primaryKey(),
    channel_no: integer().notNull(),
    message_id: integer().notNull(),
  },
  (table) => [uniqueIndex('search_messages_place').on(table.channel_no, table.message_id)],
)

/** Who is mentioned in which message, by its id in the index. */
export const mentions = sqliteTable(
  'mentions',
  { user_id: text().notNull(), id: integer().notNull() },
  (table) => [
    primaryKey({ columns: [table.user_id, table.id] }),
    index('mentions_id').on(table.id),
  ],
)
