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
  {
    name: 'people',
    sql: `
      -- Copies of what the main database says of this person, null until they first change it.
      ALTER TABLE user ADD COLUMN profile TEXT;
      ALTER TABLE user ADD COLUMN settings TEXT;

      -- The contacts as the devices have them: a copy, each row as of the counter at its last change.
      CREATE TABLE contacts (
        user_id TEXT PRIMARY KEY,
        seq INTEGER NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('friend', 'requested', 'incoming', 'blocked', 'none')),
        -- The Contact of the contract as JSON.
        contact TEXT NOT NULL
      ) WITHOUT ROWID, STRICT;
      CREATE INDEX contacts_seq ON contacts (seq);

      -- What others, or this object, are still to be told of a change. Written before the change is
      -- made, deleted when everybody knows of it.
      CREATE TABLE owed (
        kind TEXT NOT NULL,
        id TEXT NOT NULL,
        -- Raised each time it is owed anew, so that an older round does not settle it.
        stamp INTEGER NOT NULL,
        due_at INTEGER NOT NULL,
        failures INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (kind, id)
      ) WITHOUT ROWID, STRICT;
      CREATE INDEX owed_due ON owed (due_at);
    `,
  },
  {
    name: 'presence',
    sql: `
      CREATE TABLE presence (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        -- The newest heartbeat of the sockets that are gone, and of the others when last looked at.
        last_active_at INTEGER NOT NULL DEFAULT 0,
        -- Whether there were sockets when last looked at: those of a restart vanish without a word.
        connected INTEGER NOT NULL DEFAULT 0
      ) STRICT;

      -- Devices whose socket is gone: until then they may come back without anybody having seen it.
      CREATE TABLE gone_devices (
        device_id TEXT PRIMARY KEY,
        online_until INTEGER NOT NULL
      ) WITHOUT ROWID, STRICT;

      -- Who is to be told when this person comes or goes.
      CREATE TABLE watchers (
        user_id TEXT PRIMARY KEY,
        -- What they were told last: 1 online, 0 offline, null nothing.
        told INTEGER,
        -- After a call that failed: not to be called before.
        retry_at INTEGER NOT NULL DEFAULT 0,
        failures INTEGER NOT NULL DEFAULT 0
      ) WITHOUT ROWID, STRICT;

      -- Whom this person watches: what they said last, which they go on to tell while this row is here.
      CREATE TABLE subscriptions (
        user_id TEXT PRIMARY KEY,
        status TEXT,
        last_active_at INTEGER,
        -- When that was true, by the clock of the object that said it: what comes late changes nothing.
        as_of INTEGER NOT NULL,
        asked_at INTEGER NOT NULL
      ) WITHOUT ROWID, STRICT;

      -- Whom each socket shows, as a JSON list.
      CREATE TABLE watch_lists (
        socket_id TEXT PRIMARY KEY,
        user_ids TEXT NOT NULL
      ) WITHOUT ROWID, STRICT;
    `,
  },
  {
    name: 'deleted account',
    sql: `
      -- When the account was deleted, or its deletion began.
      ALTER TABLE user ADD COLUMN deleted_at INTEGER;
    `,
  },
  {
    name: 'pushes',
    sql: `
      CREATE TABLE push_addresses (
        device_id TEXT PRIMARY KEY,
        -- PushAddress of the contract as JSON.
        address TEXT NOT NULL,
        registered_at INTEGER NOT NULL,
        -- When the session of the device ends by itself.
        expires_at INTEGER NOT NULL
      ) WITHOUT ROWID, STRICT;

      -- What devices are to be told, until the queue of pushes has it; see owed-pushes.ts.
      CREATE TABLE owed_pushes (
        kind TEXT NOT NULL CHECK (kind IN ('show', 'clear')),
        channel_id TEXT NOT NULL,
        due_at INTEGER NOT NULL,
        stamp INTEGER NOT NULL DEFAULT 0,
        failures INTEGER NOT NULL DEFAULT 0,
        if_unconfirmed INTEGER NOT NULL DEFAULT 0,
        from_seq INTEGER NOT NULL DEFAULT 0,
        from_message_id INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (kind, channel_id)
      ) WITHOUT ROWID, STRICT;

      -- Channels of which devices show a notification, up to which message.
      CREATE TABLE told_pushes (
        channel_id TEXT PRIMARY KEY,
        message_id INTEGER NOT NULL
      ) WITHOUT ROWID, STRICT;
    `,
  },
  {
    name: 'what notifications show',
    sql: `
      -- See told-pushes.ts; 0 for what was told before this was noted.
      ALTER TABLE told_pushes ADD COLUMN since_message_id INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE told_pushes ADD COLUMN shows_message_id INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE told_pushes ADD COLUMN edited_at INTEGER;
      ALTER TABLE told_pushes ADD COLUMN told_at INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE told_pushes ADD COLUMN is_taken_back INTEGER NOT NULL DEFAULT 0;
    `,
  },
]
