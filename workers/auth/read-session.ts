import { settingsOf } from '../config.ts'
import type { Session } from '../context.ts'
import { publicOrigin } from '../origins.ts'
import { authFor } from './auth.ts'

/**
 * The session that a request's bearer token or cookie names, or null. Where there is a bearer token,
 * the cookie does not count at all: otherwise a bad token beside a good cookie would pass for a call
 * that no browser made by itself. `setCookie` prolongs the cookie, about once a day. A login that came about
 * while its account was being deleted is none.
 */
export async function readSession(
  env: Env,
  request: Request,
): Promise<{ session: Session; setCookie: string | null } | null> {
  const authorization = request.headers.get('authorization')
  const cookie = request.headers.get('cookie')
  if (authorization === null && cookie === null) return null
  const headers = new Headers(authorization === null ? { cookie: cookie ?? '' } : { authorization })
  const auth = authFor(env, publicOrigin(settingsOf(env), request.url))
  const found = await auth.api.getSession({ headers, returnHeaders: true })
  if (found.response === null) return null
  const { session, user } = found.response
  if (!user.username) return null
  const via = authorization === null ? 'cookie' : 'bearer'
  return {
    session: {
      userId: user.id,
      deviceId: session.id,
      expiresAt: session.expiresAt.getTime(),
      via,
      handle: user.username,
    },
    setCookie: via === 'cookie' ? found.headers.get('set-cookie') : null,
  }
}
