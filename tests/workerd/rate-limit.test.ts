import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { consume } from '../../workers/auth/rate-limit.ts'
import { call, refusal, signUp } from './edge.ts'

const RULE = { window: 60, max: 20 }
const NOW = Date.now()

describe('limits per address', () => {
  it('let exactly as many through as they say, also at the same moment', async () => {
    const all = await Promise.all(
      Array.from({ length: 30 }, () => consume(env, 'at once', RULE, NOW)),
    )
    expect(all.filter(({ allowed }) => allowed)).toHaveLength(20)
    expect(all.find(({ allowed }) => !allowed)).toEqual({ allowed: false, retryAfter: 60 })
  })

  it('open again when the window has passed, however often somebody knocks', async () => {
    for (let i = 0; i < 40; i++) await consume(env, 'knocking', RULE, NOW + i * 1000)
    expect(await consume(env, 'knocking', RULE, NOW + 59_000)).toEqual({
      allowed: false,
      retryAfter: 1,
    })
    expect((await consume(env, 'knocking', RULE, NOW + 60_000)).allowed).toBe(true)
  })

  it('never stop somebody who stays below them', async () => {
    for (let i = 0; i < 30; i++) {
      expect((await consume(env, 'slow', RULE, NOW + i * 4000)).allowed).toBe(true)
    }
  })

  it('count both ways to sign in together, and answer 429 with Retry-After', async () => {
    const settings = { RATE_LIMITS: 'on' }
    const headers = { 'cf-connecting-ip': '192.0.2.77' }
    const knock = (way: string, body: object) =>
      call(`/api/auth/sign-in/${way}`, { body, headers, settings })
    for (let i = 0; i < 10; i++) {
      await knock('username', { username: 'nobody', password: 'x' })
      await knock('email', { email: 'nobody@example.com', password: 'x' })
    }
    const answer = await knock('email', { email: 'nobody@example.com', password: 'x' })
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await refusal(answer)).toEqual([429, 'rate_limited'])
  })

  it('count guesses of the password together, whatever it is asked for', async () => {
    const settings = { RATE_LIMITS: 'on' }
    const { bearer: headers } = await signUp('Ann')
    const body = { password: 'not this one' }
    for (let i = 0; i < 5; i++) {
      const guesses = [
        await call('/v1/me/password', { method: 'POST', body, headers, settings }),
        await call('/v1/me', { method: 'DELETE', body, headers, settings }),
      ]
      expect(guesses.map(({ status }) => status)).toEqual([403, 403])
    }
    for (const [method, path] of [
      ['POST', '/v1/me/password'],
      ['DELETE', '/v1/me'],
    ] as const) {
      const answer = await call(path, { method, body, headers, settings })
      expect(await refusal(answer)).toEqual([429, 'rate_limited'])
    }
  })

  it('hold for callers without an address too', async () => {
    const settings = { RATE_LIMITS: 'on' }
    const headers = { 'cf-connecting-ip': '' }
    const body = { email: 'nobody@example.com' }
    const statuses: number[] = []
    for (let i = 0; i < 6; i++) {
      const answer = await call('/api/auth/request-password-reset', { body, headers, settings })
      statuses.push(answer.status)
    }
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429])
  })
})
