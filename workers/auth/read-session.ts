import { eq, sql } from 'drizzle-orm'
import { parse } from 'hono/utils/cookie'
import { settingsOf } from '../config.ts'
import type { Session } from '../context.ts'
import { mainDb } from '../db/main.ts'
import { session, user } from '../db/schema.ts'
import { publicOrigin } from '../origins.ts'
import { authFor, type Auth } from './auth.ts'
import { signedToken } from './signed-token.ts'

const SCHEME = 'bearer '

interface Read {
  session: Session
  /** Prolongs the cookie, about once a day. */
  setCookie: string | null
}

/**
 * The session that a request's bearer token or cookie names, or null. Where there is a bearer token,
 * the cookie does not count at all: otherwise a bad token beside a good cookie would pass for a call
 * that no browser made by itself. A login that came about while its account was being deleted is none.
 *
 * Nearly every call of the service comes through here, so what Better Auth would find is read directly, in one
 * statement (decision 0013). What has run out, or is to be prolonged, is Better Auth's to handle.
 */
export async function readSession(env: Env, request: Request): Promise<Read | null> {
  const authorization = request.headers.get('authorization')
  const cookie = request.headers.get('cookie')
  if (authorization === null && cookie === null) return null
  const auth = authFor(env, publicOrigin(settingsOf(env), request.url))
  const { authCookies, secret, sessionConfig } = await auth.$context
  const { name } = authCookies.sessionToken
  // Of two cookies of one name the first counts, as it does for Better Auth: `/v1` and `/api/auth` agree on who asks.
  const signed = authorization === null ? parse(cookie ?? '', name)[name] : bearerOf(authorization)
  const token = signed === undefined ? null : await signedToken(signed, secret)
  if (token === null) return null
  const found = await statement(env).get({ token })
  if (!found?.handle) return null
  const { expiresAt, handle } = found
  const left = expiresAt.getTime() - Date.now()
  const isFresh = left > (sessionConfig.expiresIn - sessionConfig.updateAge) * 1000
  if (!isFresh) return await renew(auth, authorization, cookie)
  const via = authorization === null ? 'cookie' : 'bearer'
  return {
    session: { ...found, expiresAt: expiresAt.getTime(), handle, via },
    setCookie: null,
  }
}

/** What Better Auth makes of it: a session prolonged, or one that has run out ended. */
async function renew(
  auth: Auth,
  authorization: string | null,
  cookie: string | null,
): Promise<Read | null> {
  const headers = new Headers(authorization === null ? { cookie: cookie ?? '' } : { authorization })
  const found = await auth.api.getSession({ headers, returnHeaders: true })
  if (found.response === null) return null
  const { session: prolonged, user: owner } = found.response
  if (!owner.username) return null
  const via = authorization === null ? 'cookie' : 'bearer'
  return {
    session: {
      userId: owner.id,
      deviceId: prolonged.id,
      expiresAt: prolonged.expiresAt.getTime(),
      via,
      handle: owner.username,
    },
    setCookie: via === 'cookie' ? found.headers.get('set-cookie') : null,
  }
}

function bearerOf(authorization: string): string | undefined {
  if (authorization.slice(0, SCHEME.length).toLowerCase() !== SCHEME) return undefined
  const token = authorization.slice(SCHEME.length).trim()
  try {
    return decodeURIComponent(token)
  } catch {
    return undefined
  }
}

const statements = new WeakMap<Env, ReturnType<typeof prepare>>()

function statement(env: Env): ReturnType<typeof prepare> {
  const known = statements.get(env) ?? prepare(env)
  statements.set(env, known)
  return known
}

function prepare(env: Env) {
  return mainDb(env)
    .select({
      deviceId: session.id,
      userId: user.id,
      expiresAt: session.expiresAt,
      handle: user.username,
    })
    .from(session)
    .innerJoin(user, eq(user.id, session.userId))
    .where(eq(session.token, sql.placeholder('token')))
    .prepare()
}
