import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

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
