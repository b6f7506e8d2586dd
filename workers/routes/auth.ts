import type { Context } from 'hono'
import { eq, or } from 'drizzle-orm'
import * as z from 'zod'
import { type ErrorCode, fail } from '../../protocol/errors.ts'
import { authFor } from '../auth/auth.ts'
import { isChallengeCookie, newPasskeySchema, renamePasskeySchema } from '../auth/passkeys.ts'
import { signUpSchema } from '../auth/sign-up.ts'
import { settingsOf } from '../config.ts'
import type { AppEnv } from '../context.ts'
import { isReserved } from '../db/delete-account.ts'
import { mainDb } from '../db/main.ts'
import { user } from '../db/schema.ts'
import { isOurOrigin, publicOrigin } from '../origins.ts'
import { problem, problemResponse } from '../problem.ts'
import { createRouter, violation } from '../router.ts'

/**
 * Better Auth's endpoints, those we let through. The rest of what it offers (changing or deleting
 * the user, sessions and accounts) would go past our own calls, which also tell the objects.
 */
const ALLOWED = [
  'POST /sign-up/email',
  'POST /sign-in/email',
  'POST /sign-in/username',
  'POST /sign-out',
  'POST /change-password',
  'POST /request-password-reset',
  'POST /reset-password',
  'GET /get-session',
  'GET /passkey/generate-register-options',
  'POST /passkey/verify-registration',
  'GET /passkey/generate-authenticate-options',
  'POST /passkey/verify-authentication',
  'GET /passkey/list-user-passkeys',
  'POST /passkey/update-passkey',
  'POST /passkey/delete-passkey',
]

const PREFIX = '/api/auth'

const BROWSER_HEADERS = ['origin', 'referer', 'sec-fetch-site', 'sec-fetch-mode', 'sec-fetch-dest']

export const authRoutes = createRouter()

authRoutes.all(`${PREFIX}/*`, async (c) => {
  const path = c.req.path.slice(PREFIX.length)
  if (!ALLOWED.includes(`${c.req.method} ${path}`)) {
    return problem(c, fail('not_found', `there is no ${c.req.method} ${c.req.path}`))
  }
  const settings = settingsOf(c.env)
  const headers = new Headers(c.req.raw.headers)
  const ours = isOurOrigin(settings, c.req.raw)
  const foreign = !ours && headers.has('origin')
  // A cookie never counts beside a bearer token (read-session.ts tells why).
  if (headers.has('authorization')) keepChallenge(headers)
  if (headers.has('cookie') && c.req.method !== 'GET' && !ours) {
    return problem(
      c,
      fail('forbidden', 'with a cookie, the Origin header must name this deployment'),
    )
  }
  // Programs have no origin, and another site's page may log in for a bearer token: without cookies
  // there is nothing to abuse. Better Auth would take what browsers tell of themselves for a forgery.
  if (!ours) for (const name of BROWSER_HEADERS) headers.delete(name)
  if (foreign) headers.delete('cookie')

  const body = await readBody(c)
  if (!body.ok) return problem(c, body)
  let { value } = body
  if (path === '/sign-up/email') {
    const parsed = signUpSchema.safeParse(value)
    if (!parsed.success)
      return problemResponse(violation('body', parsed.error), faultOf(parsed.error))
    if (await isReserved(c.env, parsed.data.username)) {
      const taken = fail('conflict', 'Username is already taken. Please try another.')
      return problemResponse(taken, { reason: 'USERNAME_IS_ALREADY_TAKEN' })
    }
    const rest = z.object({ rememberMe: z.boolean().optional().catch(undefined) }).safeParse(value)
    value = { ...parsed.data, ...rest.data }
  }
  const check = PASSKEY_BODIES[path]?.safeParse(value)
  if (check?.success === false) return problemResponse(violation('body', check.error))
  if (check?.success === true) value = check.data
  headers.delete('content-length')
  const auth = authFor(c.env, publicOrigin(settings, c.req.url))
  const answer = await auth.handler(
    new Request(c.req.url, {
      method: c.req.method,
      headers,
      ...(value === undefined ? {} : { body: JSON.stringify(value) }),
    }),
  )
  const result = answer.ok ? new Response(answer.body, answer) : await toProblem(c, answer, value)
  if (foreign) result.headers.delete('set-cookie')
  return result
})

/** Beside a bearer token no cookie counts but that of a passkey's challenge, which logs nobody in. */
function keepChallenge(headers: Headers): void {
  const cookies = (headers.get('cookie') ?? '').split(/; */)
  const challenge = cookies.find((cookie) => isChallengeCookie(cookie.split('=', 1)[0] ?? ''))
  if (challenge === undefined) headers.delete('cookie')
  else headers.set('cookie', challenge)
}

/** Bodies that we know better than Better Auth does: names are bounded, no session is made in passing. */
const PASSKEY_BODIES: Partial<Record<string, z.ZodType>> = {
  '/passkey/verify-registration': newPasskeySchema,
  '/passkey/update-passkey': renamePasskeySchema,
}

const NOT_JSON = 'the body must be application/json'

/** The JSON of the body, `undefined` where there is none. */
async function readBody(c: Context<AppEnv>) {
  if (c.req.method === 'GET') return { ok: true, value: undefined } as const
  const type = c.req.header('content-type')
  if (type !== undefined && !/^application\/json\b/i.test(type)) return fail('invalid', NOT_JSON)
  const text = await c.req.text()
  if (text === '') return { ok: true, value: type === undefined ? undefined : {} } as const
  if (type === undefined) return fail('invalid', NOT_JSON)
  try {
    const value: unknown = JSON.parse(text)
    return { ok: true, value } as const
  } catch {
    return fail('invalid', 'the body is not JSON')
  }
}

/** What Better Auth would call the fault, so that clients need to know one kind of reason. */
function faultOf({ issues: [issue] }: z.ZodError): Record<string, string> {
  switch (issue?.path[0]) {
    case 'username':
      return { reason: 'INVALID_USERNAME' }
    case 'email':
      return { reason: 'INVALID_EMAIL' }
    case 'password':
      return { reason: issue.code === 'too_big' ? 'PASSWORD_TOO_LONG' : 'PASSWORD_TOO_SHORT' }
    default:
      return {}
  }
}

const refusalSchema = z.object({ message: z.string().catch(''), code: z.string().catch('') })

/** Better Auth's refusals in the shape of all our errors; its own code goes along as `reason`. */
async function toProblem(c: Context<AppEnv>, answer: Response, body: unknown): Promise<Response> {
  const parsed = refusalSchema.safeParse(await answer.json().catch(() => null))
  const { message, code: reason } = parsed.data ?? { message: '', code: '' }
  const code = await codeOf(c.env, answer.status, reason, body)
  const retryAfter = Number(answer.headers.get('x-retry-after') ?? NaN)
  const detail = code === 'unavailable' ? 'something went wrong here; try again' : message
  const failure = fail(
    code,
    detail,
    Number.isFinite(retryAfter) ? retryAfter : code === 'unavailable' ? 1 : null,
  )
  const result = problemResponse(failure, reason === '' ? {} : { reason })
  for (const cookie of answer.headers.getSetCookie()) result.headers.append('set-cookie', cookie)
  return result
}

const TAKEN = [
  'USER_ALREADY_EXISTS',
  'USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL',
  'USERNAME_IS_ALREADY_TAKEN',
]

async function codeOf(env: Env, status: number, reason: string, body: unknown): Promise<ErrorCode> {
  if (TAKEN.includes(reason)) return 'conflict'
  // Also what a sign-up ends with that lost a race for its e-mail address or handle.
  if (reason === 'FAILED_TO_CREATE_USER')
    return (await isTaken(env, body)) ? 'conflict' : 'unavailable'
  // Better Auth takes an answer that does not hold, or a key that is there already, for a fault of its own.
  if (reason === 'FAILED_TO_VERIFY_REGISTRATION') return 'invalid'
  switch (status) {
    case 401:
      return 'unauthenticated'
    case 403:
      return 'forbidden'
    case 404:
      return 'not_found'
    case 413:
      return 'too_large'
    case 429:
      return 'rate_limited'
    default:
      return status < 500 ? 'invalid' : 'unavailable'
  }
}

async function isTaken(env: Env, body: unknown): Promise<boolean> {
  const wanted = signUpSchema.safeParse(body)
  if (!wanted.success) return false
  const { email, username } = wanted.data
  const rows = await mainDb(env)
    .select({ id: user.id })
    .from(user)
    .where(or(eq(user.email, email.toLowerCase()), eq(user.username, username)))
    .limit(1)
  return rows.length > 0 || (await isReserved(env, username))
}
