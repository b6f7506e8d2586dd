import type { Migration } from '../shared/migrate.ts'

/** Tables of a user object. Append only. */
export const USER_MIGRATIONS: readonly Migration[] = [
  {
    name: 'inbox, channels, devices',
    sql: `
      CREATE TABLE user (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        user_id TEXT NOT NULL,
        -- Rows at or below this were dropped: a cursor below it is reset.
        inbox_floor INTEGER NOT NULL DEFAULT 0
      ) STRICT;

      -- One row for each delivery, however many messages it brought: a row written is what costs.
      CREATE TABLE inbox (
        seq INTEGER PRIMARY KEY,
        channel_id TEXT NOT NULL,
        first_message_id INTEGER NOT NULL,
        last_message_id INTEGER NOT NULL,
        message_count INTEGER NOT NULL,
        -- Messages of the contract as JSON, in order of version, with commas between them.
        messages TEXT NOT NULL,
        stored_at INTEGER NOT NULL
      ) STRICT;

      CREATE TABLE channels (
        channel_id TEXT PRIMARY KEY,
        seq INTEGER NOT NULL,
        delivered_version INTEGER NOT NULL,
        activity_at INTEGER NOT NULL,
        -- The Channel of the contract with members null; those are a row of their own, which is
        -- long and seldom changes.
        channel TEXT NOT NULL
      ) WITHOUT ROWID, STRICT;

      CREATE TABLE channel_members (
        channel_id TEXT PRIMARY KEY,
        seq INTEGER NOT NULL,
        members TEXT NOT NULL
      ) STRICT;

      CREATE TABLE devices (
        device_id TEXT PRIMARY KEY,
        -- cur_max_message_id: how far the device has confirmed the inbox.
        cursor INTEGER NOT NULL,
        -- While a reset takes more than one page: where the device goes on after it.
        reset_until INTEGER,
        ended_at INTEGER
      ) WITHOUT ROWID, STRICT;
    `,
  },
  {
    name: 'attachments',
    sql: `
      -- Which channels a device may have a socket on, so that ending it can close them all.
      CREATE TABLE attachments (
        device_id TEXT NOT NULL,
        channel_id TEXT NOT NULL,
        PRIMARY KEY (device_id, channel_id)
      ) WITHOUT ROWID, STRICT;
    `,
  },
  {
    name: 'hidden, marked unread',
    sql: `
      -- Rows of before end as all do, with "members":null}, which stays last.
      UPDATE channels SET channel = substr(channel, 1, length(channel) - 15)
        || '"hidden":false,"markedUnread":false,"members":null}'
      WHERE json_extract(channel, '$.hidden') IS NULL;
    `,
  },
]
