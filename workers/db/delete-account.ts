import { and, eq, gt, isNotNull, lte, or, sql } from 'drizzle-orm'
import { HANDLE_RESERVED_MS } from '../../protocol/limits.ts'
import { DELETED_NAME } from '../../protocol/objects.ts'
import { mainDb } from './main.ts'
import {
  account,
  block,
  friendship,
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

/** Everybody who is anything to this person, or to whom they are. */
export async function listConcerned(env: Env, userId: string): Promise<string[]> {
  const db = mainDb(env)
  const [friends, blocks] = await db.batch([
    db
      .select({ a: friendship.userA, b: friendship.userB })
      .from(friendship)
      .where(or(eq(friendship.userA, userId), eq(friendship.userB, userId))),
    db
      .select({ a: block.blockerId, b: block.blockedId })
      .from(block)
      .where(or(eq(block.blockerId, userId), eq(block.blockedId, userId))),
  ])
  const ids = new Set([...friends, ...blocks].flatMap(({ a, b }) => [a, b]))
  ids.delete(userId)
  return [...ids]
}

/** Where this person is logged in. */
export async function listDevices(env: Env, userId: string): Promise<string[]> {
  const rows = await mainDb(env)
    .select({ id: session.id })
    .from(session)
    .where(eq(session.userId, userId))
  return rows.map((row) => row.id)
}

/**
 * Erases everything personal, all of it or nothing; again it changes nothing. What stays is the id, which
 * messages bear. The e-mail address is free at once, the handle 30 days after `now` (Unix milliseconds).
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
    db.insert(reservedHandle).select(handle).onConflictDoNothing(),
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
    db.delete(verification).where(eq(verification.value, userId)),
    db.delete(pushAddress).where(eq(pushAddress.userId, userId)),
    db.delete(settings).where(eq(settings.userId, userId)),
    db.delete(friendship).where(or(eq(friendship.userA, userId), eq(friendship.userB, userId))),
    db.delete(block).where(or(eq(block.blockerId, userId), eq(block.blockedId, userId))),
  ])
}

/** Whether a handle was somebody's who is gone, and is not free again yet. */
export async function isReserved(env: Env, handle: string, now = Date.now()): Promise<boolean> {
  const rows = await mainDb(env)
    .select({ handle: reservedHandle.handle })
    .from(reservedHandle)
    .where(and(eq(reservedHandle.handle, handle), gt(reservedHandle.freeAt, new Date(now))))
  return rows.length > 0
}

/** Forgets handles that are free again. */
export async function freeHandles(env: Env, now: number): Promise<void> {
  await mainDb(env)
    .delete(reservedHandle)
    .where(lte(reservedHandle.freeAt, new Date(now)))
}
