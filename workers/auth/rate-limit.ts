import { sql } from 'drizzle-orm'
import { mainDb } from '../db/main.ts'
import { rateLimit } from '../db/schema.ts'

/** Rows older than the longest window say nothing any more. */
const KEEP_MS = 60 * 60 * 1000
/** One call in so many sweeps old rows away. */
const SWEEP_ONE_IN = 100

export interface Rule {
  /** Seconds. */
  window: number
  max: number
}

/**
 * Counts one call against `key` in a fixed window. One statement counts and reads, so calls at the
 * same moment cannot all see room for one. (Better Auth's own database storage reads first, and its
 * window moves with every call: somebody who calls every 50 s would be locked out after `max` calls.)
 */
export async function consume(
  env: Env,
  key: string,
  rule: Rule,
  now = Date.now(),
): Promise<{ allowed: boolean; retryAfter: number | null }> {
  const db = mainDb(env)
  const windowMs = rule.window * 1000
  const over = sql`${rateLimit.lastRequest} <= ${now - windowMs}`
  const [row] = await db
    .insert(rateLimit)
    .values({ key, count: 1, lastRequest: now })
    .onConflictDoUpdate({
      target: rateLimit.key,
      set: {
        count: sql`case when ${over} then 1 else ${rateLimit.count} + 1 end`,
        lastRequest: sql`case when ${over} then ${now} else ${rateLimit.lastRequest} end`,
      },
    })
    .returning({ count: rateLimit.count, since: rateLimit.lastRequest })
  if (Math.random() < 1 / SWEEP_ONE_IN) {
    await db.delete(rateLimit).where(sql`${rateLimit.lastRequest} < ${now - KEEP_MS}`)
  }
  if (row === undefined || row.count <= rule.max) return { allowed: true, retryAfter: null }
  return { allowed: false, retryAfter: Math.max(1, Math.ceil((row.since + windowMs - now) / 1000)) }
}
