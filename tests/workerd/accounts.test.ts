import { env } from 'cloudflare:workers'
import { describe, expect, it, vi } from 'vitest'
import { bearerOf, call, type Login, ORIGIN, PASSWORD, refusal, signIn, signUp } from './edge.ts'

async function me(headers: Record<string, string>): Promise<number> {
  return (await call('/v1/me', { headers })).status
}

async function devices(
  headers: Record<string, string>,
): Promise<{ deviceId: string; current: boolean }[]> {
  const answer = await call('/v1/devices', { headers })
  return (await answer.json<{ devices: { deviceId: string; current: boolean }[] }>()).devices
}

async function accountsWith(email: string): Promise<number> {
  const row = await env.DB.prepare('select count(*) n from user where email = ?')
    .bind(email)
    .first()
  return Number(row?.['n'])
}

async function change(who: Login, revokeOtherSessions: boolean): Promise<Response> {
  const body = { currentPassword: PASSWORD, newPassword: 'another horse', revokeOtherSessions }
  return await call('/api/auth/change-password', { body, headers: who.bearer })
}

describe('signing up', () => {
  it('gives a profile, a cookie and a bearer token', async () => {
    const ann = await signUp('  Ann  ')
    const answer = await call('/v1/me', { headers: ann.bearer })
    expect(await answer.json()).toMatchObject({
      userId: ann.userId,
      handle: ann.username,
      name: 'Ann',
      bio: null,
    })
    expect(await me(ann.cookie)).toBe(200)
  })

  it('is refused without a handle, a name or a password that will do, and stores nothing', async () => {
    const good = { name: 'Ann', username: 'ann_1', email: 'part@example.com', password: PASSWORD }
    for (const bad of [
      { ...good, username: undefined },
      { ...good, username: 'a.b' },
      { ...good, username: 'x'.repeat(25) },
      { ...good, name: ' ' },
      { ...good, name: 'x'.repeat(81) },
      { ...good, password: 'too short' },
      { ...good, password: 'x'.repeat(129) },
      { ...good, email: 'nobody' },
    ]) {
      const answer = await call('/api/auth/sign-up/email', { body: bad })
      expect(await refusal(answer)).toEqual([400, 'invalid'])
    }
    expect(await accountsWith('part@example.com')).toBe(0)
  })

  it('at the same moment under one address and one handle makes one account', async () => {
    const body = { name: 'R', username: 'racer', email: 'race@example.com', password: PASSWORD }
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => call('/api/auth/sign-up/email', { body })),
    )
    const statuses = answers.map(({ status }) => status).sort()
    expect(statuses).toEqual([200, 409, 409, 409, 409, 409, 409, 409])
    expect(await accountsWith('race@example.com')).toBe(1)
  })

  it('takes no image and no other field that our own calls would check', async () => {
    const username = 'extra_fields'
    const wanted = { name: 'E', username, email: 'extra@example.com', password: PASSWORD }
    const unwanted = { image: 'javascript:alert(1)', bio: 'x', emailVerified: true, id: 'mine' }
    const body = { ...wanted, ...unwanted }
    const answer = await call('/api/auth/sign-up/email', { body })
    const { user } = await answer.json<{ user: Record<string, unknown> }>()
    expect(user).toMatchObject({ image: null, emailVerified: false, username })
    expect(user['id']).not.toBe('mine')
  })
})

describe('a session', () => {
  it('by cookie changes nothing without an Origin of ours', async () => {
    const ann = await signUp()
    const ticket = (headers: Record<string, string>) =>
      call('/v1/tickets', { method: 'POST', headers: { ...ann.cookie, ...headers } })
    expect(await refusal(await ticket({}))).toEqual([403, 'forbidden'])
    expect(await refusal(await ticket({ origin: 'https://evil.example' }))).toEqual([
      403,
      'forbidden',
    ])
    expect((await ticket({ origin: ORIGIN })).status).toBe(200)
    expect((await ticket({ origin: ORIGIN.replace('localhost', '127.0.0.1') })).status).toBe(200)
  })

  it('by cookie does not count beside a bearer token that is no good', async () => {
    const ann = await signUp()
    expect(await me({ ...ann.cookie, authorization: 'Bearer nonsense' })).toBe(401)
    expect(await me({ ...ann.cookie, authorization: 'Basic QQ==' })).toBe(401)
  })

  it('is not opened by the token as the database has it, without its signature', async () => {
    const ann = await signUp()
    const row = await env.DB.prepare('select token from session where user_id = ?')
      .bind(ann.userId)
      .first()
    expect(await me({ authorization: `Bearer ${String(row?.['token'])}` })).toBe(401)
  })

  it('can be had by another site for its bearer token, but never as a cookie', async () => {
    const ann = await signUp()
    const answer = await call('/api/auth/sign-in/username', {
      body: { username: ann.username, password: PASSWORD },
      headers: { origin: 'https://other.example', 'sec-fetch-site': 'cross-site' },
    })
    expect(answer.status).toBe(200)
    expect(answer.headers.getSetCookie()).toEqual([])
    expect(await me(bearerOf(answer))).toBe(200)
  })

  it('ends with signing out, and only that one', async () => {
    const ann = await signUp()
    const second = await signIn(ann)
    await call('/api/auth/sign-out', { method: 'POST', headers: ann.bearer })
    expect(await me(ann.bearer)).toBe(401)
    expect(await me(second.bearer)).toBe(200)
  })

  it('is a device that its owner can end from another, and nobody else', async () => {
    const ann = await signUp()
    const second = await signIn(ann)
    const bob = await signUp('Bob')
    const mine = await devices(second.bearer)
    expect(mine.map(({ current }) => current).sort()).toEqual([false, true])
    const other = mine.find(({ current }) => !current)!.deviceId
    const end = (headers: Record<string, string>) =>
      call(`/v1/devices/${other}`, { method: 'DELETE', headers })
    expect(await refusal(await end(bob.bearer))).toEqual([404, 'not_found'])
    expect(await me(ann.bearer)).toBe(200)
    expect((await end(second.bearer)).status).toBe(204)
    expect(await me(ann.bearer)).toBe(401)
    expect(await refusal(await end(second.bearer))).toEqual([404, 'not_found'])
  })
})

describe('changing the password', () => {
  it('ends all other devices on demand, and this one stays the device it is', async () => {
    const ann = await signUp()
    const second = await signIn(ann)
    const before = await devices(second.bearer)
    const answer = await change(second, true)
    expect(answer.status).toBe(200)
    expect(await me(ann.bearer)).toBe(401)
    expect(await me(second.bearer)).toBe(401)
    const after = await devices(bearerOf(answer))
    expect(after.map(({ deviceId }) => deviceId)).toEqual([
      before.find(({ current }) => current)!.deviceId,
    ])
  })

  it('leaves the others alone otherwise', async () => {
    const ann = await signUp()
    const second = await signIn(ann)
    expect((await change(second, false)).status).toBe(200)
    expect(await me(ann.bearer)).toBe(200)
    expect(await me(second.bearer)).toBe(200)
  })

  it('with a wrong password ends nothing', async () => {
    const ann = await signUp()
    const second = await signIn(ann)
    const passwords = { currentPassword: 'wrong horse 1', newPassword: 'another horse' }
    const body = { ...passwords, revokeOtherSessions: true }
    const answer = await call('/api/auth/change-password', { body, headers: second.bearer })
    expect(await refusal(answer)).toEqual([400, 'invalid'])
    expect(await me(ann.bearer)).toBe(200)
  })
})

describe('a forgotten password', () => {
  it('is replaced once with the link from the mail, which ends every device', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {})
    const ann = await signUp()
    const asked = await call('/api/auth/request-password-reset', { body: { email: ann.email } })
    const unknown = await call('/api/auth/request-password-reset', {
      body: { email: 'nobody@example.com' },
    })
    expect(await asked.text()).toBe(await unknown.text())
    await vi.waitFor(() => expect(log).toHaveBeenCalled())
    const mail = String(log.mock.calls[0]?.[0])
    log.mockRestore()
    const link = new URL(/http:\S+/.exec(mail)![0])
    expect(link.origin + link.pathname).toBe(`${ORIGIN}/reset`)
    const body = { token: link.searchParams.get('token'), newPassword: 'a fresh horse' }
    const reset = () => call('/api/auth/reset-password', { body })
    expect((await reset()).status).toBe(200)
    expect(await refusal(await reset())).toEqual([400, 'invalid'])
    expect(await me(ann.bearer)).toBe(401)
    expect(await me((await signIn(ann, 'a fresh horse')).bearer)).toBe(200)
  })

  it('sends nobody to a page that is not ours', async () => {
    const body = { email: (await signUp()).email, redirectTo: 'https://evil.example/reset' }
    const answer = await call('/api/auth/request-password-reset', { body })
    expect(await refusal(answer)).toEqual([403, 'forbidden'])
  })

  it('is answered in the same way when the mail API is down', async () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => {})
    const ann = await signUp()
    const settings = { MAIL_API_URL: 'http://127.0.0.1:1/', MAIL_FROM: 'p@example.com' }
    const ask = (email: string) =>
      call('/api/auth/request-password-reset', { body: { email }, settings })
    const [asked, unknown] = [await ask(ann.email), await ask('nobody@example.com')]
    expect(asked.status).toBe(200)
    expect(await asked.text()).toBe(await unknown.text())
    error.mockRestore()
  })
})
