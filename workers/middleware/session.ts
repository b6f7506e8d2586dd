import type { Context, MiddlewareHandler } from 'hono'
import { createMiddleware } from 'hono/factory'
import { fail, type Result } from '../../protocol/errors.ts'
import { readSession } from '../auth/read-session.ts'
import { settingsOf } from '../config.ts'
import type { AppEnv, Session } from '../context.ts'
import { isOurOrigin } from '../origins.ts'
import { problem } from '../problem.ts'
import { redeemTicket } from '../tickets.ts'

/** Cookie or bearer token → `c.var.session`; without a valid one the answer is `unauthenticated`. */
export const requireSession: MiddlewareHandler<AppEnv> = createMiddleware(async (c, next) => {
  const session = await authenticate(c)
  if (!session.ok) return problem(c, session)
  c.set('session', session.value)
  await next()
  return undefined
})

/** The same for upgrades, where a one-time `?ticket=` counts too. What is no upgrade burns no ticket. */
export const requireSocketSession: MiddlewareHandler<AppEnv> = createMiddleware(async (c, next) => {
  if (!isUpgrade(c)) return problem(c, fail('invalid', 'a WebSocket upgrade is expected here'))
  const ticket = c.req.query('ticket')
  const session = ticket === undefined ? await authenticate(c) : await redeemTicket(c.env, ticket)
  if (!session.ok) return problem(c, session)
  c.set('session', session.value)
  await next()
  return undefined
})

async function authenticate(c: Context<AppEnv>): Promise<Result<Session>> {
  const read = await readSession(c.env, c.req.raw)
  if (read === null) return fail('unauthenticated', 'log in first, or log in again')
  // A browser adds cookies to calls that other sites make, and lets no page forge `Origin`.
  const guarded = read.session.via === 'cookie' && (isUpgrade(c) || isUnsafe(c.req.method))
  if (guarded && !isOurOrigin(settingsOf(c.env), c.req.raw)) {
    return fail('forbidden', 'with a cookie, the Origin header must name this deployment')
  }
  if (read.setCookie !== null && !isUpgrade(c)) c.header('set-cookie', read.setCookie)
  return { ok: true, value: read.session }
}

function isUpgrade(c: Context): boolean {
  return c.req.header('upgrade')?.toLowerCase() === 'websocket'
}

function isUnsafe(method: string): boolean {
  return method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS'
}
