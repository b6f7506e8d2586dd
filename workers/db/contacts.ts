import { and, eq, gt, isNotNull, isNull, or, sql, type SQL } from 'drizzle-orm'
import { MAX_BLOCKS, MAX_CONTACTS, MAX_OPEN_REQUESTS } from '../../protocol/limits.ts'
import type { ContactState, User } from '../../protocol/objects.ts'
import { mainDb } from './main.ts'
import { block, friendship, settings, user } from './schema.ts'
import { toUser, userColumns } from './users.ts'

/**
 * Who is whose friend and who has blocked whom: the main database is the home of it. Each change is one
 * statement or one batch, which D1 runs alone, so what is checked holds when it is written.
 */

/** What one person is to another; `user` is null if there is no such account. */
export interface Relation {
  user: User | null
  state: ContactState
}

/** What `otherId` is to `userId`. A block counts before everything else. */
export async function readRelation(env: Env, userId: string, otherId: string): Promise<Relation> {
  const [row] = await selectRelations(env, userId, eq(user.id, otherId), 1)
  return row ?? { user: null, state: 'none' }
}

/** All who are anything to `userId`, by their ids, `limit` of them after `after`. */
export async function listRelations(
  env: Env,
  userId: string,
  after: string,
  limit: number,
): Promise<(Relation & { user: User })[]> {
  const isAnything = or(
    sql`${user.id} in (select ${friendship.userB} from ${friendship} where ${friendship.userA} = ${userId})`,
    sql`${user.id} in (select ${friendship.userA} from ${friendship} where ${friendship.userB} = ${userId})`,
    sql`${user.id} in (select ${block.blockedId} from ${block} where ${block.blockerId} = ${userId})`,
  )
  return await selectRelations(env, userId, and(isAnything, gt(user.id, after)), limit)
}

async function selectRelations(env: Env, userId: string, which: SQL | undefined, limit: number) {
  const rows = await mainDb(env)
    .select({
      user: userColumns,
      blockedAt: block.createdAt,
      askedBy: friendship.askedBy,
      acceptedAt: friendship.acceptedAt,
    })
    .from(user)
    .leftJoin(block, and(eq(block.blockerId, userId), eq(block.blockedId, user.id)))
    .leftJoin(
      friendship,
      and(
        eq(friendship.userA, sql`min(${user.id}, ${userId})`),
        eq(friendship.userB, sql`max(${user.id}, ${userId})`),
      ),
    )
    .where(which)
    .orderBy(user.id)
    .limit(limit)
  return rows.map((row) => ({ user: toUser(row.user), state: stateOf(row, userId) }))
}

function stateOf(
  row: { blockedAt: Date | null; askedBy: string | null; acceptedAt: Date | null },
  userId: string,
): ContactState {
  if (row.blockedAt !== null) return 'blocked'
  if (row.askedBy === null) return 'none'
  if (row.acceptedAt !== null) return 'friend'
  return row.askedBy === userId ? 'requested' : 'incoming'
}

/**
 * Asks `otherId` to be friends, or accepts if they have asked; asking again changes nothing. Writes
 * nothing for somebody one has blocked, or beyond the limits of either; whoever asks reads what became
 * of it. Somebody by whom one is blocked may be asked in vain: the request is hidden by the block and
 * goes with it.
 */
export async function askFriend(
  env: Env,
  userId: string,
  otherId: string,
  now: number,
): Promise<void> {
  const [userA, userB] = pair(userId, otherId)
  await mainDb(env).run(sql`
    INSERT INTO friendship (user_a, user_b, asked_by, asked_at)
    SELECT ${userA}, ${userB}, ${userId}, ${now} FROM user
    WHERE user.id = ${otherId} AND user.username IS NOT NULL AND ${isThere(userId)}
      AND NOT EXISTS (SELECT 1 FROM block WHERE blocker_id = ${userId} AND blocked_id = ${otherId})
      AND ${countContacts(userId)} < ${MAX_CONTACTS}
      AND ${countContacts(otherId)} < ${MAX_CONTACTS}
      AND (SELECT count(*) FROM friendship
           WHERE asked_by = ${userId} AND accepted_at IS NULL) < ${MAX_OPEN_REQUESTS}
    ON CONFLICT (user_a, user_b) DO UPDATE SET accepted_at = ${now}
      WHERE accepted_at IS NULL AND asked_by <> ${userId}`)
}

/** Whoever is being deleted begins nothing any more, also with a call that was under way. */
function isThere(userId: string): SQL {
  return sql`EXISTS (SELECT 1 FROM user AS me WHERE me.id = ${userId} AND me.username IS NOT NULL)`
}

function countContacts(userId: string): SQL {
  return sql`((SELECT count(*) FROM friendship WHERE user_a = ${userId}) +
    (SELECT count(*) FROM friendship WHERE user_b = ${userId}))`
}

/** Ends a friendship, takes a request back or declines one. */
export async function removeFriend(env: Env, userId: string, otherId: string): Promise<void> {
  await mainDb(env).delete(friendship).where(isPair(userId, otherId))
}

/** Blocks `otherId`, with whom one is no longer friends then. */
export async function blockUser(
  env: Env,
  userId: string,
  otherId: string,
  now: number,
): Promise<void> {
  const db = mainDb(env)
  await db.batch([
    db
      .insert(block)
      .select(
        db
          .select({
            blockerId: sql<string>`${userId}`.as('blocker_id'),
            blockedId: user.id,
            createdAt: sql<Date>`${now}`.as('created_at'),
          })
          .from(user)
          .where(
            and(
              eq(user.id, otherId),
              isNotNull(user.username),
              isThere(userId),
              sql`(select count(*) from ${block} where ${block.blockerId} = ${userId}) < ${MAX_BLOCKS}`,
            ),
          ),
      )
      .onConflictDoNothing(),
    db
      .delete(friendship)
      .where(
        and(
          isPair(userId, otherId),
          sql`EXISTS (SELECT 1 FROM block WHERE blocker_id = ${userId} AND blocked_id = ${otherId})`,
        ),
      ),
  ])
}

/** Unblocks `otherId`. What they asked meanwhile never arrived, and does not now. */
export async function unblockUser(env: Env, userId: string, otherId: string): Promise<void> {
  const db = mainDb(env)
  const wasBlocked = sql`EXISTS (SELECT 1 FROM block WHERE blocker_id = ${userId} AND blocked_id = ${otherId})`
  await db.batch([
    db
      .delete(friendship)
      .where(and(isPair(userId, otherId), isNull(friendship.acceptedAt), wasBlocked)),
    db.delete(block).where(and(eq(block.blockerId, userId), eq(block.blockedId, otherId))),
  ])
}

/** Which of two people have blocked the other. */
export async function findBlockers(env: Env, a: string, b: string): Promise<string[]> {
  const rows = await mainDb(env)
    .select({ blockerId: block.blockerId })
    .from(block)
    .where(
      or(
        and(eq(block.blockerId, a), eq(block.blockedId, b)),
        and(eq(block.blockerId, b), eq(block.blockedId, a)),
      ),
    )
  return rows.map((row) => row.blockerId)
}

/**
 * Whom of `userIds` this person may not add to a group: who has blocked them, or takes only friends. The
 * two look the same from outside.
 */
export async function findUnaddable(
  env: Env,
  actorId: string,
  userIds: readonly string[],
): Promise<string[]> {
  const ids = JSON.stringify(userIds)
  const rows = await mainDb(env)
    .select({ userId: user.id })
    .from(user)
    .leftJoin(settings, eq(settings.userId, user.id))
    .where(
      and(
        sql`${user.id} in (select value from json_each(${ids}))`,
        or(
          sql`exists (select 1 from ${block}
            where ${block.blockerId} = ${user.id} and ${block.blockedId} = ${actorId})`,
          sql`(${settings.addedBy} = 'friends' and not exists (select 1 from ${friendship}
            where ${friendship.userA} = min(${user.id}, ${actorId})
              and ${friendship.userB} = max(${user.id}, ${actorId})
              and ${friendship.acceptedAt} is not null))`,
        ),
      ),
    )
  return rows.map((row) => row.userId)
}

function isPair(userId: string, otherId: string): SQL | undefined {
  const [userA, userB] = pair(userId, otherId)
  return and(eq(friendship.userA, userA), eq(friendship.userB, userB))
}

/** In the order of SQLite's `min` and `max`: by bytes, which for ids is also that of JavaScript. */
function pair(userId: string, otherId: string): [string, string] {
  return userId < otherId ? [userId, otherId] : [otherId, userId]
}
