import { createScheduledController } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, it, vi } from 'vitest'
import { userStub } from '../../durable-objects/shared/stubs.ts'
import worker from '../../workers/index.ts'
import { sweep } from '../../workers/sweep.ts'
import { codeOf } from './support.ts'
import { call, signIn, signUp, type Login } from './edge.ts'

const DAY_MS = 24 * 60 * 60 * 1000

async function deviceOf(who: Login): Promise<string> {
  const answer = await call('/v1/devices', { headers: who.bearer })
  const { devices } = await answer.json<{ devices: { deviceId: string; current: boolean }[] }>()
  return devices.find(({ current }) => current)!.deviceId
}

async function expire(deviceId: string, at: number): Promise<void> {
  await env.DB.prepare('UPDATE session SET expires_at = ? WHERE id = ?').bind(at, deviceId).run()
}

async function count(table: 'session' | 'verification', id: string): Promise<number> {
  const row = await env.DB.prepare(`SELECT count(*) AS n FROM ${table} WHERE id = ?`)
    .bind(id)
    .first<{ n: number }>()
  return row!.n
}

it('a session that has run out is cleared away, its device ended for good, and no other one', async () => {
  const ana = await signUp('Ana')
  const other = await signIn(ana)
  const [old, kept] = [await deviceOf(ana), await deviceOf(other)]
  const now = Date.now()
  await expire(old, now)
  await expire(kept, now + 1)
  await worker.scheduled(createScheduledController({ scheduledTime: new Date(now) }), env)
  expect(await count('session', old)).toBe(0)
  expect(await count('session', kept)).toBe(1)
  const object = userStub(env, ana.userId)
  expect(codeOf(await object.sync(old, 0, 0))).toBe('unauthenticated')
  expect(codeOf(await object.sync(kept, 0, 0))).toBe('ok')
})

it('a session stays for the next time while its object does not answer', async () => {
  const ana = await signUp('Ana')
  const deviceId = await deviceOf(ana)
  await expire(deviceId, Date.now() - DAY_MS)
  const broken = {
    ...env,
    USER: {
      getByName: () => ({
        endDevice: () => Promise.reject(new Error('away')),
      }),
    },
  } as unknown as Env
  const log = vi.spyOn(console, 'error').mockReturnValue()
  expect(await sweep(broken, Date.now())).toMatchObject({ sessions: 0 })
  expect(log).toHaveBeenCalled()
  expect(await count('session', deviceId)).toBe(1)
  expect((await sweep(env, Date.now())).sessions).toBeGreaterThan(0)
  expect(await count('session', deviceId)).toBe(0)
})

it('secrets of mails that nobody used are cleared away', async () => {
  const now = Date.now()
  for (const [id, expiresAt] of [
    ['stale', now],
    ['fresh', now + DAY_MS],
  ] as const) {
    await env.DB.prepare(
      'INSERT INTO verification (id, identifier, value, expires_at) VALUES (?1, ?1, ?1, ?2)',
    )
      .bind(id, expiresAt)
      .run()
  }
  expect(await sweep(env, now)).toMatchObject({ verifications: 1 })
  expect(await count('verification', 'stale')).toBe(0)
  expect(await count('verification', 'fresh')).toBe(1)
})
