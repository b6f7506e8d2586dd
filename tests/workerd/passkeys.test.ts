import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { Authenticator, type Ceremony } from './authenticator.ts'
import { bearerOf, call, ORIGIN, PASSWORD, refusal, signUp, type Login } from './edge.ts'

const RP = { origin: ORIGIN, rpId: 'localhost' }

interface Challenge {
  challenge: string
  rp?: { id: string }
  rpId?: string
  excludeCredentials?: { id: string }[]
  cookie: string
}

async function challengeFor(kind: 'register' | 'authenticate', headers = {}): Promise<Challenge> {
  const answer = await call(`/api/auth/passkey/generate-${kind}-options`, { headers })
  if (answer.status !== 200) throw new Error(await answer.text())
  const [cookie = ''] = answer.headers.getSetCookie()
  expect(cookie).toMatch(/^parley\.passkey=.*Max-Age=300;.*HttpOnly/)
  return { ...(await answer.json<Challenge>()), cookie: cookie.split(';')[0]! }
}

function send(kind: string, cookie: string, body: unknown, headers: Record<string, string> = {}) {
  return call(`/api/auth/passkey/verify-${kind}`, {
    body,
    headers: { origin: ORIGIN, cookie, ...headers },
  })
}

/** Adds a passkey to somebody's account, by bearer. */
async function add(who: Login, key: Authenticator, with_: Partial<Ceremony> = {}) {
  const { challenge, cookie } = await challengeFor('register', who.bearer)
  const response = await key.register({ challenge, ...RP, ...with_ })
  return await send('registration', cookie, { response, name: 'Key' }, who.bearer)
}

async function logIn(key: Authenticator, with_: Partial<Ceremony> = {}) {
  const { challenge, cookie } = await challengeFor('authenticate')
  const response = await key.sign({ challenge, ...RP, ...with_ })
  return await send('authentication', cookie, { response })
}

async function list(who: Login): Promise<{ id: string; name: string; userId: string }[]> {
  const answer = await call('/api/auth/passkey/list-user-passkeys', { headers: who.bearer })
  return await answer.json()
}

async function owner(): Promise<{ ann: Login; key: Authenticator }> {
  const [ann, key] = [await signUp(), await Authenticator.make()]
  expect((await add(ann, key)).status).toBe(200)
  return { ann, key }
}

describe('adding a passkey', () => {
  it('is for this host, asks for unlocking, and puts it into the list under its name', async () => {
    const ann = await signUp()
    const options = await challengeFor('register', ann.bearer)
    expect(options).toMatchObject({
      rp: { id: 'localhost', name: 'Parley' },
      attestation: 'none',
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    })
    expect((await add(ann, await Authenticator.make())).status).toBe(200)
    expect(await list(ann)).toMatchObject([{ name: 'Key', userId: ann.userId }])
  })

  it('works with the cookie of the page, and from no other origin', async () => {
    const [ann, key] = [await signUp(), await Authenticator.make()]
    const { challenge, cookie } = await challengeFor('register', ann.cookie)
    const body = { response: await key.register({ challenge, ...RP }), name: 'Key' }
    const both = `${ann.cookie.cookie}; ${cookie}`
    const foreign = { origin: 'https://evil.example' }
    expect(await refusal(await send('registration', both, body, foreign))).toEqual([
      403,
      'forbidden',
    ])
    expect((await send('registration', both, body)).status).toBe(200)
  })

  it('is refused to whoever is not logged in', async () => {
    const answer = await call('/api/auth/passkey/generate-register-options')
    expect(await refusal(answer)).toEqual([401, 'unauthenticated'])
  })

  it('asks for the password again when the login is older than 15 minutes', async () => {
    const [ann, key] = [await signUp(), await Authenticator.make()]
    await env.DB.prepare('update session set created_at = ? where user_id = ?')
      .bind(Date.now() - 16 * 60_000, ann.userId)
      .run()
    const path = '/api/auth/passkey/generate-register-options'
    const stale = await call(path, { headers: ann.bearer })
    expect(await stale.json()).toMatchObject({ code: 'forbidden', reason: 'SESSION_NOT_FRESH' })
    const wrong = { body: { password: 'not this one' }, headers: ann.bearer }
    expect(await refusal(await call('/v1/me/password', wrong))).toEqual([403, 'forbidden'])
    expect((await call(path, { headers: ann.bearer })).status).toBe(403)
    const right = { body: { password: PASSWORD }, headers: ann.bearer }
    expect((await call('/v1/me/password', right)).status).toBe(204)
    expect((await add(ann, key)).status).toBe(200)
  })

  it('is refused for another challenge, origin or host, without unlocking, and stores nothing', async () => {
    const [ann, key] = [await signUp(), await Authenticator.make()]
    for (const wrong of [
      { challenge: 'AAAA' },
      { origin: 'https://evil.example' },
      { rpId: 'evil.example' },
      { unlocked: false },
    ]) {
      expect(await refusal(await add(ann, key, wrong))).toEqual([400, 'invalid'])
    }
    expect(await list(ann)).toEqual([])
  })

  it('is refused for one that is known, which the options name, whoever has it', async () => {
    const { ann, key } = await owner()
    const { excludeCredentials } = await challengeFor('register', ann.bearer)
    expect(excludeCredentials).toHaveLength(1)
    expect(await refusal(await add(ann, key))).toEqual([400, 'invalid'])
    expect(await refusal(await add(await signUp(), key))).toEqual([400, 'invalid'])
  })

  it('is refused from the 21st on', async () => {
    const ann = await signUp()
    for (let i = 0; i < 20; i++) {
      expect((await add(ann, await Authenticator.make())).status).toBe(200)
    }
    const one = await add(ann, await Authenticator.make())
    expect(await one.json()).toMatchObject({ code: 'invalid', reason: 'TOO_MANY_PASSKEYS' })
    expect(await list(ann)).toHaveLength(20)
  })

  it('makes no session in passing, and takes no name beyond its bounds', async () => {
    const [ann, key] = [await signUp(), await Authenticator.make()]
    const { challenge, cookie } = await challengeFor('register', ann.bearer)
    const response = await key.register({ challenge, ...RP })
    const long = { response, name: 'x'.repeat(81) }
    expect(await refusal(await send('registration', cookie, long, ann.bearer))).toEqual([
      400,
      'invalid',
    ])
    const body = { response, name: 'Key', createSession: true }
    const answer = await send('registration', cookie, body, ann.bearer)
    expect(answer.status).toBe(200)
    expect(await answer.json()).not.toHaveProperty('session')
  })
})

describe('logging in with a passkey', () => {
  it('makes a device like every login, with cookie and bearer token', async () => {
    const { ann, key } = await owner()
    const { rpId, challenge } = await challengeFor('authenticate')
    expect(rpId).toBe('localhost')
    expect(challenge).not.toBe('')
    const answer = await logIn(key)
    expect(answer.status).toBe(200)
    const bearer = bearerOf(answer)
    expect(await (await call('/v1/me', { headers: bearer })).json()).toMatchObject({
      userId: ann.userId,
    })
    const devices = await (
      await call('/v1/devices', { headers: bearer })
    ).json<{
      devices: { current: boolean; ipAddress: string }[]
    }>()
    expect(devices.devices).toMatchObject([{ current: true, ipAddress: '192.0.2.1' }, {}])
    expect((await call('/v1/tickets', { body: {}, headers: bearer })).status).toBe(200)
  })

  it('is refused for another challenge, origin or host, and without unlocking', async () => {
    const { key } = await owner()
    for (const wrong of [
      { challenge: 'AAAA' },
      { origin: 'https://evil.example' },
      { rpId: 'evil.example' },
      { unlocked: false },
    ]) {
      const answer = await logIn(key, wrong)
      expect(answer.headers.get('set-auth-token')).toBeNull()
      expect(await refusal(answer)).toEqual([400, 'invalid'])
    }
  })

  it('works once with one challenge, also at the same moment, and not when it has run out', async () => {
    const { key } = await owner()
    const { challenge, cookie } = await challengeFor('authenticate')
    const body = { response: await key.sign({ challenge, ...RP }) }
    const both = await Promise.all([0, 1].map(() => send('authentication', cookie, body)))
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 400])
    expect((await send('authentication', cookie, body)).status).toBe(400)

    const late = await challengeFor('authenticate')
    await env.DB.prepare("update verification set expires_at = ? where value like '%' || ? || '%'")
      .bind(Date.now() - 1, late.challenge)
      .run()
    const response = await key.sign({ challenge: late.challenge, ...RP })
    expect((await send('authentication', late.cookie, { response })).status).toBe(400)
  })

  it('is refused once its counter goes back, as that of a copied key does', async () => {
    const { key } = await owner()
    expect((await logIn(key, { counter: 5 })).status).toBe(200)
    expect((await logIn(key, { counter: 5 })).status).toBe(400)
    expect((await logIn(key, { counter: 6 })).status).toBe(200)
  })

  it('is refused for an unknown key, a removed one, and one of a deleted account', async () => {
    expect(await refusal(await logIn(await Authenticator.make()))).toEqual([401, 'unauthenticated'])
    const { ann, key } = await owner()
    const [{ id } = { id: '' }] = await list(ann)
    const other = await signUp('Bob')
    const removing = { body: { id }, headers: other.bearer }
    expect((await call('/api/auth/passkey/delete-passkey', removing)).ok).toBe(false)
    const mine = { body: { id }, headers: ann.bearer }
    expect((await call('/api/auth/passkey/delete-passkey', mine)).status).toBe(200)
    expect((await logIn(key)).status).toBe(401)

    const gone = await owner()
    await challengeFor('register', gone.ann.bearer)
    const body = { password: PASSWORD }
    const deleted = await call('/v1/me', { method: 'DELETE', body, headers: gone.ann.bearer })
    expect(deleted.status).toBe(204)
    expect((await logIn(gone.key)).status).toBe(401)
    const rows = await env.DB.prepare(
      "select id from passkey where user_id = ?1 union select id from verification where value like '%' || ?1 || '%'",
    )
      .bind(gone.ann.userId)
      .all()
    expect(rows.results).toEqual([])
  })

  it('counts with the other ways to log in', async () => {
    const settings = { RATE_LIMITS: 'on' }
    const headers = { 'cf-connecting-ip': '192.0.2.78', origin: ORIGIN }
    const statuses: number[] = []
    for (let i = 0; i < 21; i++) {
      const path = i % 2 ? '/api/auth/passkey/verify-authentication' : '/api/auth/sign-in/username'
      const body = i % 2 ? { response: {} } : { username: 'nobody_here', password: PASSWORD }
      statuses.push((await call(path, { body, headers, settings })).status)
    }
    expect(statuses.slice(0, 20)).not.toContain(429)
    expect(statuses[20]).toBe(429)
  })
})

it('a passkey can be renamed by its owner alone', async () => {
  const { ann } = await owner()
  const [{ id } = { id: '' }] = await list(ann)
  const path = '/api/auth/passkey/update-passkey'
  const bob = await signUp('Bob')
  expect((await call(path, { body: { id, name: 'Mine' }, headers: bob.bearer })).ok).toBe(false)
  expect((await call(path, { body: { id, name: 'Desk' }, headers: ann.bearer })).status).toBe(200)
  expect(await list(ann)).toMatchObject([{ name: 'Desk' }])
})
