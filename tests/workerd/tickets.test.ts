import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { redeemTicket } from '../../workers/tickets.ts'
import { call, type Login, refusal, signUp } from './edge.ts'

async function takeTicket(who: Login): Promise<string> {
  const answer = await call('/v1/tickets', { method: 'POST', headers: who.bearer })
  return (await answer.json<{ ticket: string }>()).ticket
}

describe('a ticket', () => {
  it('stands for its session once, also for two that come at the same moment', async () => {
    const ann = await signUp()
    const ticket = await takeTicket(ann)
    const results = await Promise.all([1, 2, 3].map(() => redeemTicket(env, ticket)))
    const redeemed = results.filter((result) => result.ok)
    expect(redeemed).toHaveLength(1)
    expect(redeemed[0]).toMatchObject({ value: { userId: ann.userId, via: 'ticket' } })
    expect((await redeemTicket(env, ticket)).ok).toBe(false)
  })

  it('opens nothing after its time', async () => {
    const ann = await signUp()
    const ticket = await takeTicket(ann)
    await env.DB.prepare('update ticket set expires_at = ?').bind(Date.now()).run()
    expect((await redeemTicket(env, ticket)).ok).toBe(false)
  })

  it('opens nothing once its session has ended', async () => {
    const ann = await signUp()
    const ticket = await takeTicket(ann)
    await call('/api/auth/sign-out', { method: 'POST', headers: ann.bearer })
    expect((await redeemTicket(env, ticket)).ok).toBe(false)
  })

  it('is not in the database, only its hash is', async () => {
    const ticket = await takeTicket(await signUp())
    const { results } = await env.DB.prepare('select * from ticket').all()
    expect(JSON.stringify(results)).not.toContain(ticket)
  })

  it('is not used up by a call that is no upgrade', async () => {
    const ticket = await takeTicket(await signUp())
    const answer = await call(`/v1/ws?ticket=${ticket}`)
    expect(await refusal(answer)).toEqual([400, 'invalid'])
    expect((await redeemTicket(env, ticket)).ok).toBe(true)
  })
})
