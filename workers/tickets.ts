import { and, eq, gt, lt } from 'drizzle-orm'
import { TICKET_LIFETIME_MS } from '../protocol/limits.ts'
import { fail, type Result } from '../protocol/errors.ts'
import type { Session } from './context.ts'
import { mainDb } from './db/main.ts'
import { session, ticket, user } from './db/schema.ts'

/** Tickets open one socket once, for clients that can send neither cookie nor header with it. */

/** Makes a ticket for this session; only its hash is stored. */
export async function issueTicket(
  env: Env,
  deviceId: string,
): Promise<{ ticket: string; expiresAt: number }> {
  const secret = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url')
  const expiresAt = Date.now() + TICKET_LIFETIME_MS
  const db = mainDb(env)
  await db.batch([
    db
      .insert(ticket)
      .values({ hash: await hash(secret), sessionId: deviceId, expiresAt: new Date(expiresAt) }),
    db.delete(ticket).where(lt(ticket.expiresAt, new Date())),
  ])
  return { ticket: secret, expiresAt }
}

/**
 * The session a ticket stands for, at most once: the statement that finds the ticket deletes it, so
 * of two that come at the same time one finds nothing. An ended session took its tickets with it.
 */
export async function redeemTicket(env: Env, secret: string): Promise<Result<Session>> {
  const refusal = fail('unauthenticated', 'this ticket is used, expired or was never given out')
  const db = mainDb(env)
  const now = new Date()
  const [redeemed] = await db
    .delete(ticket)
    .where(and(eq(ticket.hash, await hash(secret)), gt(ticket.expiresAt, now)))
    .returning({ sessionId: ticket.sessionId })
  if (redeemed === undefined) return refusal
  const [row] = await db
    .select({ userId: user.id, expiresAt: session.expiresAt, handle: user.username })
    .from(session)
    .innerJoin(user, eq(user.id, session.userId))
    .where(and(eq(session.id, redeemed.sessionId), gt(session.expiresAt, now)))
  if (!row?.handle) return refusal
  return {
    ok: true,
    value: {
      userId: row.userId,
      deviceId: redeemed.sessionId,
      expiresAt: row.expiresAt.getTime(),
      via: 'ticket',
      handle: row.handle,
    },
  }
}

async function hash(secret: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(secret))
  return Buffer.from(digest).toString('base64url')
}
