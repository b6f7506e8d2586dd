import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { authFor } from '../../workers/auth/auth.ts'
import { readSession } from '../../workers/auth/read-session.ts'
import { call, ORIGIN, refusal, signUp, type Login } from './edge.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const SESSION_DAYS = 90

let ana: Login

beforeAll(async () => {
  ana = await signUp('Ana')
})

function request(headers: Record<string, string>): Request {
  return new Request(`${ORIGIN}/v1/me`, { headers })
}

async function expireAt(who: Login, at: number): Promise<void> {
  const sql = 'UPDATE session SET expires_at = ? WHERE user_id = ?'
  await env.DB.prepare(sql).bind(at, who.userId).run()
}

async function expiryOf(who: Login): Promise<number | undefined> {
  const sql = 'SELECT expires_at AS at FROM session WHERE user_id = ?'
  return (await env.DB.prepare(sql).bind(who.userId).first<{ at: number }>())?.at
}

/** The token with its signature, as it stands in a header after `Bearer ` and in a cookie after the name. */
function signed(): string {
  return ana.bearer.authorization.slice('Bearer '.length)
}

function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` }
}

function badCookie(): string {
  return ana.cookie.cookie.replace(/=.*/, '=bad')
}

/** What the tests below send, by what is the matter with it. */
const SENT: Record<string, () => Record<string, string>> = {
  'a bearer token': () => ana.bearer,
  'a bearer token that is not percent-encoded': () => bearer(decodeURIComponent(signed())),
  'a scheme in capitals': () => ({ authorization: `BEARER ${signed()}` }),
  'a cookie': () => ana.cookie,
  'a cookie among others': () => ({ cookie: `a=b; ${ana.cookie.cookie}; c="d"` }),
  'no header': () => ({}),
  'an empty bearer token': () => bearer(''),
  'another scheme': () => ({ authorization: `Basic ${signed()}` }),
  'a signature that was changed': () => bearer(signed().replace(/\.../, '.00')),
  'a signature cut short': () => bearer(signed().slice(0, -12)),
  'a signature alone': () => bearer(signed().replace(/^[^.]*/, '')),
  'a token without a signature': () => bearer(signed().replace(/\..*/, '')),
  'a token that was changed': () => bearer(`x${signed()}`),
  'a percent sign that encodes nothing': () => bearer(`${signed()}%`),
  'a cookie of another name': () => ({
    cookie: ana.cookie.cookie.replace('parley', 'better-auth'),
  }),
  'a cookie for secure connections, on another': () => ({
    cookie: `__Secure-${ana.cookie.cookie}`,
  }),
  'two cookies of the name, the first one good': () => ({
    cookie: `${ana.cookie.cookie}; ${badCookie()}`,
  }),
  'two cookies of the name, the second one good': () => ({
    cookie: `${badCookie()}; ${ana.cookie.cookie}`,
  }),
  'a good cookie beside a bad bearer token': () => ({ ...ana.cookie, ...bearer('bad') }),
  'an empty cookie': () => ({ cookie: '' }),
}

describe('a session, read without Better Auth', () => {
  it.each(Object.keys(SENT))('by %s is what Better Auth finds', async (name) => {
    const headers = SENT[name]!()
    const authorization = headers['authorization']
    const alone = new Headers(authorization === undefined ? headers : { authorization })
    const theirs = await authFor(env, ORIGIN).api.getSession({ headers: alone })
    const ours = await readSession(env, request(headers))
    expect(ours?.session ?? null).toEqual(
      theirs && {
        userId: theirs.user.id,
        deviceId: theirs.session.id,
        expiresAt: theirs.session.expiresAt.getTime(),
        handle: ana.username,
        via: authorization === undefined ? 'cookie' : 'bearer',
      },
    )
  })

  it('is found by some of these ways and not by others', async () => {
    const found = await Promise.all(
      Object.values(SENT).map((headers) => readSession(env, request(headers()))),
    )
    expect(found.filter((session) => session !== null)).toHaveLength(6)
  })

  it('is left as it is for a day, and then prolonged, with the cookie', async () => {
    const bob = await signUp('Bob')
    const young = Date.now() + (SESSION_DAYS - 1) * DAY_MS + 60_000
    await expireAt(bob, young)
    const first = await call('/v1/me', { headers: bob.cookie })
    expect([first.status, first.headers.get('set-cookie')]).toEqual([200, null])
    expect(await expiryOf(bob)).toBe(young)

    await expireAt(bob, young - 120_000)
    const second = await call('/v1/me', { headers: bob.cookie })
    expect(second.status).toBe(200)
    expect(second.headers.get('set-cookie')).toContain(bob.cookie.cookie)
    expect(await expiryOf(bob)).toBeGreaterThan(young)
    const third = await call('/v1/me', { headers: bob.bearer })
    expect([third.status, third.headers.get('set-cookie')]).toEqual([200, null])
  })

  it('that has run out opens nothing, and is gone', async () => {
    const cyd = await signUp('Cyd')
    await expireAt(cyd, Date.now() - 1)
    expect(await refusal(await call('/v1/me', { headers: cyd.bearer }))).toEqual([
      401,
      'unauthenticated',
    ])
    expect(await expiryOf(cyd)).toBeUndefined()
  })

  it('is refused from the moment its row is gone', async () => {
    const dan = await signUp('Dan')
    expect((await call('/v1/me', { headers: dan.bearer })).status).toBe(200)
    await env.DB.prepare('DELETE FROM session WHERE user_id = ?').bind(dan.userId).run()
    expect((await call('/v1/me', { headers: dan.bearer })).status).toBe(401)
  })

  it('of an account without a handle, which is being deleted, is none', async () => {
    const eve = await signUp('Eve')
    await env.DB.prepare('UPDATE user SET username = NULL WHERE id = ?').bind(eve.userId).run()
    expect(await readSession(env, request(eve.bearer))).toBeNull()
  })
})
