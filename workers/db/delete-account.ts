import { and, eq, isNotNull, lte, or, sql } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { HANDLE_RESERVED_MS } from '../../protocol/limits.ts'
import { DELETED_NAME } from '../../protocol/objects.ts'
import { mainDb } from './main.ts'
import {
  account,
  block,
  friendship,
  passkey,
  pushAddress,
  reservedHandle,
  session,
  settings,
  user,
  verification,
} from './schema.ts'

/** Deleting an account, as far as the main database goes. */

/** The hash of the password that the person logs in with. */
export async function findPasswordHash(env: Env, userId: string): Promise<string | null> {
  const [row] = await mainDb(env)
    .select({ password: account.password })
    .from(account)
    .where(and(eq(account.userId, userId), eq(account.providerId, 'credential')))
  return row?.password ?? null
}

/** Some who are anything to this person, or to whom they are, each once: at most twice `limit`. */
export async function listConcerned(env: Env, userId: string, limit: number): Promise<string[]> {
  const db = mainDb(env)
  const [friends, blocks] = await db.batch([
    db
      .select({ a: friendship.userA, b: friendship.userB })
      .from(friendship)
      .where(or(eq(friendship.userA, userId), eq(friendship.userB, userId)))
      .limit(limit),
    db
      .select({ a: block.blockerId, b: block.blockedId })
      .from(block)
      .where(or(eq(block.blockerId, userId), eq(block.blockedId, userId)))
      .limit(limit),
  ])
  const ids = new Set([...friends, ...blocks].flatMap(({ a, b }) => [a, b]))
  ids.delete(userId)
  return [...ids]
}

/** Ends every friendship, request and block between this person and these. */
export async function endRelations(env: Env, userId: string, otherIds: string[]): Promise<void> {
  const db = mainDb(env)
  const isOneOf = (column: SQLiteColumn) =>
    sql`${column} in (select value from json_each(${JSON.stringify(otherIds)}))`
  const between = (a: SQLiteColumn, b: SQLiteColumn) =>
    or(and(eq(a, userId), isOneOf(b)), and(eq(b, userId), isOneOf(a)))
  await db.batch([
    db.delete(friendship).where(between(friendship.userA, friendship.userB)),
    db.delete(block).where(between(block.blockerId, block.blockedId)),
  ])
}

/**
 * Erases everything personal but for relations, all of it or nothing; again it changes nothing. From then on
 * nobody can be this person, or begin anything with them. What stays is the id, which messages bear. The
 * e-mail address is free at once, the handle 30 days after `now` (Unix milliseconds).
 */
export async function eraseAccount(env: Env, userId: string, now: number): Promise<void> {
  const db = mainDb(env)
  const handle = db
    .select({
      handle: sql<string>`${user.username}`.as('handle'),
      freeAt: sql<Date>`${now + HANDLE_RESERVED_MS}`.as('free_at'),
    })
    .from(user)
    .where(and(eq(user.id, userId), isNotNull(user.username)))
  await db.batch([
    db
      .insert(reservedHandle)
      .select(handle)
      .onConflictDoUpdate({
        target: reservedHandle.handle,
        set: { freeAt: sql`excluded.free_at` },
      }),
    db
      .update(user)
      .set({
        name: DELETED_NAME,
        username: null,
        // Of a domain that there is never going to be: RFC 2606.
        email: `${userId}@deleted.invalid`,
        emailVerified: false,
        image: null,
        bio: null,
        updatedAt: new Date(now),
      })
      .where(eq(user.id, userId)),
    db.delete(session).where(eq(session.userId, userId)),
    db.delete(account).where(eq(account.userId, userId)),
    db.delete(passkey).where(eq(passkey.userId, userId)),
    // A password reset names the id alone, the challenge of a passkey whom it was given to.
    db
      .delete(verification)
      .where(
        or(
          eq(verification.value, userId),
          sql`case when json_valid(${verification.value}) then json_extract(${verification.value}, '$.userData.id') end = ${userId}`,
        ),
      ),
    db.delete(pushAddress).where(eq(pushAddress.userId, userId)),
    db.delete(settings).where(eq(settings.userId, userId)),
  ])
}

/** Whether a handle was somebody's who is gone, and is not free again yet. */
export async function isReserved(env: Env, handle: string): Promise<boolean> {
  const rows = await mainDb(env)
    .select({ handle: reservedHandle.handle })
    .from(reservedHandle)
    .where(eq(reservedHandle.handle, handle))
  return rows.length > 0
}

/** Forgets handles that are free again. */
export async function freeHandles(env: Env, now: number): Promise<void> {
  await mainDb(env)
    .delete(reservedHandle)
    .where(lte(reservedHandle.freeAt, new Date(now)))
}
