import type { Migration } from '../shared/migrate.ts'

/** Tables of a channel object. Append only. */
export const CHANNEL_MIGRATIONS: readonly Migration[] = [
  {
    name: 'channel, messages, members',
    sql: `
      CREATE TABLE channel (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        channel_id TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('dm', 'group')),
        title TEXT,
        created_at INTEGER NOT NULL
      ) STRICT;

      CREATE TABLE messages (
        message_id INTEGER PRIMARY KEY,
        version INTEGER NOT NULL,
        user_id TEXT NOT NULL,
        client_id TEXT,
        kind TEXT NOT NULL CHECK (kind IN ('text', 'system')),
        text TEXT NOT NULL,
        system TEXT,
        reply_to INTEGER,
        mentions TEXT,
        reactions TEXT,
        created_at INTEGER NOT NULL,
        edited_at INTEGER,
        deleted_at INTEGER
      ) STRICT;
      -- One message for one clientId of one sender, for as long as the channel lives.
      CREATE UNIQUE INDEX messages_client ON messages (user_id, client_id) WHERE client_id IS NOT NULL;
      -- A message that was never changed has version = message_id and is found by its key, so only
      -- changed ones cost an index row.
      CREATE INDEX messages_changed ON messages (version) WHERE version > message_id;

      CREATE TABLE mentions (
        user_id TEXT NOT NULL,
        message_id INTEGER NOT NULL,
        PRIMARY KEY (user_id, message_id)
      ) WITHOUT ROWID, STRICT;

      CREATE TABLE members (
        user_id TEXT PRIMARY KEY,
        handle TEXT,
        name TEXT NOT NULL,
        image TEXT,
        role TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'member')),
        notify TEXT NOT NULL DEFAULT 'all' CHECK (notify IN ('all', 'mentions', 'none')),
        -- The channel's counter when anything in this row last changed, and when the person came in.
        version INTEGER NOT NULL,
        joined_version INTEGER NOT NULL,
        -- When membership, role or profile last changed: what the list of members shows.
        listed_version INTEGER NOT NULL,
        left_at INTEGER,
        -- The channel as it was when they left: the last that they may see of it.
        left_channel TEXT,
        read_message_id INTEGER NOT NULL,
        -- Copies, saved now and then: how far the user object is, and the counts as of a message.
        delivered_version INTEGER NOT NULL,
        unread INTEGER NOT NULL DEFAULT 0,
        mention_count INTEGER NOT NULL DEFAULT 0,
        counted_message_id INTEGER NOT NULL
      ) WITHOUT ROWID, STRICT;
    `,
  },
  {
    name: 'delivered marks, mentions by message',
    sql: `
      -- In a DM: the newest message that has reached one of the member's devices.
      ALTER TABLE members ADD COLUMN delivered_message_id INTEGER NOT NULL DEFAULT 0;
      CREATE INDEX mentions_message ON mentions (message_id);
    `,
  },
  {
    name: 'archive',
    sql: `
      -- Everything up to this version is in the archive (D1).
      ALTER TABLE channel ADD COLUMN archived_version INTEGER NOT NULL DEFAULT 0;
      -- What lives only there: messages from the one id on and below the other, but for those that were
      -- changed since and are back until they are archived; and the highest version that went.
      ALTER TABLE channel ADD COLUMN dropped_from INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE channel ADD COLUMN dropped_below INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE channel ADD COLUMN dropped_version INTEGER NOT NULL DEFAULT 0;

      -- Messages from this id on, up to the next row's, are in this shard of the archive.
      CREATE TABLE archive_shards (
        from_message_id INTEGER PRIMARY KEY,
        shard INTEGER NOT NULL,
        bookmark TEXT
      ) STRICT;

      -- A hash of sender and clientId of each dropped message, so that none is stored twice.
      CREATE TABLE dropped_sends (
        hash INTEGER NOT NULL,
        message_id INTEGER NOT NULL,
        PRIMARY KEY (hash, message_id)
      ) WITHOUT ROWID, STRICT;
    `,
  },
  {
    name: 'owed versions',
    sql: `
      -- What somebody who has left is still to get, of messages that were changed since.
      CREATE TABLE owed_versions (
        user_id TEXT NOT NULL,
        version INTEGER NOT NULL,
        message_id INTEGER NOT NULL,
        message TEXT NOT NULL,
        PRIMARY KEY (user_id, version)
      ) WITHOUT ROWID, STRICT;
    `,
  },
  {
    name: 'settings of members, invite links',
    sql: `
      -- The chat is hidden for this member until there is a message beyond this one.
      ALTER TABLE members ADD COLUMN hidden_message_id INTEGER;
      ALTER TABLE members ADD COLUMN marked_unread INTEGER NOT NULL DEFAULT 0;
      -- Somebody else took them out: a link does not let them in again.
      ALTER TABLE members ADD COLUMN removed INTEGER NOT NULL DEFAULT 0;

      CREATE TABLE invites (
        code TEXT PRIMARY KEY,
        user_id TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        expires_at INTEGER,
        max_uses INTEGER,
        uses INTEGER NOT NULL DEFAULT 0
      ) WITHOUT ROWID, STRICT;
    `,
  },
  {
    name: 'blocks',
    sql: `
      -- In a DM: who has blocked the other. The home is the main database.
      CREATE TABLE blocks (user_id TEXT PRIMARY KEY) WITHOUT ROWID, STRICT;
      -- How far the members had read and been delivered when the first block came: all that they see
      -- of each other while one is there.
      CREATE TABLE blocked_marks (
        user_id TEXT PRIMARY KEY,
        read_message_id INTEGER NOT NULL,
        delivered_message_id INTEGER NOT NULL
      ) WITHOUT ROWID, STRICT;
    `,
  },
  {
    name: 'shards that are behind',
    sql: `
      -- Shards that did not answer while the archive went on in others: messages of theirs whose version
      -- is above this one, and not above channel.archived_version, are not there yet.
      CREATE TABLE archive_behind (
        shard INTEGER PRIMARY KEY,
        archived_version INTEGER NOT NULL
      ) STRICT;
    `,
  },
  {
    name: 'senders of dropped texts',
    sql: `
      -- Who sent which of the dropped texts, 512 ids a row: the sender's place in the JSON list, from 1
      -- on, in two bytes for each id, little-endian; 0 for what is unread for nobody.
      CREATE TABLE dropped_texts (
        block INTEGER PRIMARY KEY,
        senders TEXT NOT NULL,
        places BLOB NOT NULL
      ) STRICT;
      -- What had been dropped before this table was there is not in it.
      ALTER TABLE channel ADD COLUMN uncounted_below INTEGER NOT NULL DEFAULT 0;
      UPDATE channel SET uncounted_below = dropped_below;
    `,
  },
  {
    name: 'hidden reads',
    sql: `
      -- Who has switched read receipts off, with the read marks of that moment by user id, as JSON:
      -- all that they see of others from then on, and others of them. The home is the main database.
      CREATE TABLE hidden_reads (user_id TEXT PRIMARY KEY, marks TEXT NOT NULL) WITHOUT ROWID, STRICT;
    `,
  },
]
