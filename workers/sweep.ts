import { inArray, lte, sql } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { inParallel } from '../durable-objects/shared/in-parallel.ts'
import { userStub } from '../durable-objects/shared/stubs.ts'
import { freeHandles } from './db/delete-account.ts'
import { mainDb } from './db/main.ts'
import { session, verification } from './db/schema.ts'
import { logError } from './log.ts'

/** One invocation may make 1,000 calls; whatever is left is taken a minute later. */
const MAX_SESSIONS = 400
const MAX_VERIFICATIONS = 1_000
const IN_PARALLEL = 16

/**
 * Clears away what has run out by `now` (Unix milliseconds): sessions, each once its person's object has
 * ended the device for good, so that nothing goes on to be kept or pushed for it; and one-time secrets that
 * nobody used, and handles that are free again. An object that does not answer keeps its session for the next
 * time. Returns how many went.
 */
export async function sweep(
  env: Env,
  now: number,
): Promise<{ sessions: number; verifications: number }> {
  const db = mainDb(env)
  const hasExpired = (column: SQLiteColumn) => lte(column, new Date(now))
  const expired = await db
    .select({ id: session.id, userId: session.userId })
    .from(session)
    .where(hasExpired(session.expiresAt))
    .orderBy(session.expiresAt)
    .limit(MAX_SESSIONS)
  const ended = await inParallel(expired, IN_PARALLEL, async ({ id, userId }) => {
    try {
      await userStub(env, userId).endDevice(id)
      return [id]
    } catch (error) {
      logError(`device ${id}: not ended`, error)
      return []
    }
  })
  const sessions = ended.flat()
  if (sessions.length > 0) {
    const ids = JSON.stringify(sessions)
    await db.delete(session).where(sql`${session.id} in (select value from json_each(${ids}))`)
  }
  await freeHandles(env, now)
  const stale = db
    .select({ id: verification.id })
    .from(verification)
    .where(hasExpired(verification.expiresAt))
    .limit(MAX_VERIFICATIONS)
  const { meta } = await db.delete(verification).where(inArray(verification.id, stale))
  return { sessions: sessions.length, verifications: meta.changes }
}
