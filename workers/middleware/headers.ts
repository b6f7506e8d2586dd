import type { MiddlewareHandler } from 'hono'
import type { AppEnv } from '../context.ts'

/** What goes with every answer of the Worker; pages have theirs from web/public/_headers. */
const SECURITY_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

/**
 * Any page may call the API with a bearer token. `*` without `allow-credentials` means that a
 * browser sends no cookies along, or hides the answer.
 */
const CORS_HEADERS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'set-auth-token, Retry-After',
  'cross-origin-resource-policy': 'cross-origin',
}

const PREFLIGHT_HEADERS = {
  'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
  'access-control-allow-headers': 'Authorization, Content-Type',
  'access-control-max-age': '7200',
}

/** Security and CORS headers, and the answer to preflights. Upgrades (101) stay as they are. */
export const setHeaders: MiddlewareHandler<AppEnv> = async (c, next) => {
  const preflight =
    c.req.method === 'OPTIONS' && c.req.header('access-control-request-method') !== undefined
  if (preflight) c.res = new Response(null, { status: 204, headers: PREFLIGHT_HEADERS })
  else await next()
  if (c.res.status === 101) return
  // A copy, since what an object answered may not be changed.
  const answer = new Response(c.res.body, c.res)
  for (const [name, value] of Object.entries({ ...SECURITY_HEADERS, ...CORS_HEADERS })) {
    answer.headers.set(name, value)
  }
  c.res = undefined
  c.res = answer
}
