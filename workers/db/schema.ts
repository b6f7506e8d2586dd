import { relations, sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'

/**
 * The main database: accounts and what belongs to them. The first six tables have the fields that
 * Better Auth expects (names of its models and fields, ours for the columns); `npm run db:generate`
 * writes the migrations.
 */

const id = () => text('id').primaryKey()
const time = (column: string) => integer(column, { mode: 'timestamp_ms' })
const now = sql`(cast(unixepoch('subsec') * 1000 as integer))`

export const user = sqliteTable('user', {
  id: id(),
  name: text('name').notNull(),
  email: text('email').notNull().unique(),
  emailVerified: integer('email_verified', { mode: 'boolean' }).notNull().default(false),
  image: text('image'),
  /** The handle; null once the account is deleted. */
  username: text('username').unique(),
  /** Not Better Auth's: only our own profile calls read and write it. */
  bio: text('bio'),
  createdAt: time('created_at').notNull().default(now),
  updatedAt: time('updated_at').notNull().default(now),
})

/** One login, which is one device. */
export const session = sqliteTable(
  'session',
  {
    id: id(),
    token: text('token').notNull().unique(),
    userId: text('user_id')
      .notNull()
      .references(() => user.id, { onDelete: 'cascade' }),
    ipAddress: text('ip_address'),
    userAgent: text('user_agent'),
    expiresAt: time('expires_at').notNull(),
    createdAt: time('created_at').notNull().default(now),
    updatedAt: time('updated_at').notNull().default(now),
  },
  (table) => [
    index('session_user_id').on(table.userId),
    index('session_expires_at').on(table.expiresAt),
  ],
)

/** A way to log in: always provider `credential`, with the password's hash. */
export const account = sqliteTable(
  'account',
  {
    id: id(),
    accountId: text('account_id').notNull(),
    providerId: text('provider_id').notNull(),
    userId: text('user_id')
      .notNull()
      .references(() => user.id, { onDelete: 'cascade' }),
    accessToken: text('access_token'),
    refreshToken: text('refresh_token'),
    idToken: text('id_token'),
    accessTokenExpiresAt: time('access_token_expires_at'),
    refreshTokenExpiresAt: time('refresh_token_expires_at'),
    scope: text('scope'),
    password: text('password'),
    createdAt: time('created_at').notNull().default(now),
    updatedAt: time('updated_at').notNull().default(now),
  },
  (table) => [index('account_user_id').on(table.userId)],
)

/** Another way to log in: the public half of a key that a device or password manager keeps. */
export const passkey = sqliteTable(
  'passkey',
  {
    id: id(),
    userId: text('user_id')
      .notNull()
      .references(() => user.id, { onDelete: 'cascade' }),
    name: text('name'),
    publicKey: text('public_key').notNull(),
    credentialID: text('credential_id').notNull(),
    counter: integer('counter').notNull(),
    deviceType: text('device_type').notNull(),
    backedUp: integer('backed_up', { mode: 'boolean' }).notNull(),
    transports: text('transports'),
    createdAt: time('created_at').default(now),
    /** Which make of authenticator, where it says so. */
    aaguid: text('aaguid'),
  },
  (table) => [
    index('passkey_user_id').on(table.userId),
    uniqueIndex('passkey_credential_id').on(table.credentialID),
  ],
)

/** One-time secrets: in e-mails, such as the one that resets a password, and challenges of passkeys. */
export const verification = sqliteTable(
  'verification',
  {
    id: id(),
    identifier: text('identifier').notNull(),
    value: text('value').notNull(),
    expiresAt: time('expires_at').notNull(),
    createdAt: time('created_at').notNull().default(now),
    updatedAt: time('updated_at').notNull().default(now),
  },
  (table) => [
    index('verification_identifier').on(table.identifier),
    index('verification_expires_at').on(table.expiresAt),
  ],
)

/** Calls per address and path within the window that `lastRequest` opened (Unix milliseconds). */
export const rateLimit = sqliteTable(
  'rate_limit',
  {
    key: text('key').primaryKey(),
    count: integer('count').notNull(),
    lastRequest: integer('last_request').notNull(),
  },
  (table) => [index('rate_limit_last_request').on(table.lastRequest)],
)

/** Opens one socket once. Only the SHA-256 of a ticket is kept, so the table opens nothing. */
export const ticket = sqliteTable(
  'ticket',
  {
    hash: text('hash').primaryKey(),
    sessionId: text('session_id')
      .notNull()
      .references(() => session.id, { onDelete: 'cascade' }),
    expiresAt: time('expires_at').notNull(),
  },
  (table) => [
    index('ticket_session_id').on(table.sessionId),
    index('ticket_expires_at').on(table.expiresAt),
  ],
)

/**
 * Two people of whom one has asked the other to be friends; friends once `acceptedAt` is set. One row a
 * pair, `userA` the lower id, so that both asking at once meet in it.
 */
export const friendship = sqliteTable(
  'friendship',
  {
    userA: text('user_a')
      .notNull()
      .references(() => user.id, { onDelete: 'cascade' }),
    userB: text('user_b')
      .notNull()
      .references(() => user.id, { onDelete: 'cascade' }),
    askedBy: text('asked_by').notNull(),
    askedAt: time('asked_at').notNull(),
    acceptedAt: time('accepted_at'),
  },
  (table) => [
    primaryKey({ columns: [table.userA, table.userB] }),
    index('friendship_user_b').on(table.userB),
    index('friendship_open')
      .on(table.askedBy)
      .where(sql`accepted_at IS NULL`),
  ],
)

/** Who wants nothing of whom. */
export const block = sqliteTable(
  'block',
  {
    blockerId: text('blocker_id')
      .notNull()
      .references(() => user.id, { onDelete: 'cascade' }),
    blockedId: text('blocked_id')
      .notNull()
      .references(() => user.id, { onDelete: 'cascade' }),
    createdAt: time('created_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.blockerId, table.blockedId] }),
    index('block_blocked_id').on(table.blockedId),
  ],
)

/**
 * Which device a push address belongs to: the last that registered it, of whomever. A device has one, kept
 * by the object of its person; the rows here are for finding who else has the same.
 */
export const pushAddress = sqliteTable(
  'push_address',
  {
    /** No reference to the session: the row outlives it until the object has forgotten the address. */
    deviceId: text('device_id').primaryKey(),
    userId: text('user_id')
      .notNull()
      .references(() => user.id, { onDelete: 'cascade' }),
    /** SHA-256 of the address: the table reaches nobody. */
    hash: text('hash').notNull(),
    /** By the clock of the object: tells a registration from its repetition. */
    registeredAt: integer('registered_at').notNull(),
    /** Of two devices with the same address the one with the higher number has it. */
    claim: integer('claim').notNull(),
  },
  (table) => [index('push_address_hash').on(table.hash)],
)

/** What a person has decided; without a row, what everybody begins with. */
export const settings = sqliteTable('settings', {
  userId: text('user_id')
    .primaryKey()
    .references(() => user.id, { onDelete: 'cascade' }),
  /** Who sees their presence. */
  presence: text('presence', { enum: ['everyone', 'friends', 'nobody'] })
    .notNull()
    .default('everyone'),
  /** Who may add them to a group. */
  addedBy: text('added_by', { enum: ['everyone', 'friends'] })
    .notNull()
    .default('everyone'),
  /** Whether others are told what they read, and they of others. */
  receipts: integer('receipts', { mode: 'boolean' }).notNull().default(true),
  pushPreviews: integer('push_previews', { mode: 'boolean' }).notNull().default(true),
  /** QuietHours of the contract as JSON. */
  quietHours: text('quiet_hours'),
})

/**
 * Handles of accounts that are gone, so that nobody is taken for them too soon. As long as a row is here, a
 * trigger refuses its handle as taken; `sweep` takes it away.
 */
export const reservedHandle = sqliteTable(
  'reserved_handle',
  {
    handle: text('handle').primaryKey(),
    freeAt: time('free_at').notNull(),
  },
  (table) => [index('reserved_handle_free_at').on(table.freeAt)],
)

// What lets a session and its user, or a user and their accounts, be read in one query.

export const userRelations = relations(user, ({ many }) => ({
  sessions: many(session),
  accounts: many(account),
}))

export const sessionRelations = relations(session, ({ one }) => ({
  user: one(user, { fields: [session.userId], references: [user.id] }),
}))

export const accountRelations = relations(account, ({ one }) => ({
  user: one(user, { fields: [account.userId], references: [user.id] }),
}))
