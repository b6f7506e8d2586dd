import { env } from 'cloudflare:workers'
import { describe, expect, it, vi } from 'vitest'
import { MAX_BODY_BYTES } from '../../protocol/limits.ts'
import { app } from '../../workers/app.ts'
import { call, refusal, signUp } from './edge.ts'

interface Operation {
  operationId: string
  security?: object[]
}

async function documented(): Promise<Map<string, Operation>> {
  const { paths } = await (
    await call('/openapi.json')
  ).json<{
    paths: Record<string, Record<string, Operation>>
  }>()
  return new Map(
    Object.entries(paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, operation]) => [
        `${method.toUpperCase()} ${path}`,
        operation,
      ]),
    ),
  )
}

describe('the edge', () => {
  it('answers what it does not know with not_found', async () => {
    expect(await refusal(await call('/v1/nothing'))).toEqual([404, 'not_found'])
    expect(await refusal(await call('/api/nothing'))).toEqual([404, 'not_found'])
    for (const path of ['update-user', 'delete-user', 'change-email', 'revoke-sessions', 'ok']) {
      const answer = await call(`/api/auth/${path}`, { method: 'POST' })
      expect(await refusal(answer)).toEqual([404, 'not_found'])
    }
  })

  it('answers a body that is not JSON, or not said to be, with invalid', async () => {
    const { bearer } = await signUp()
    const json = { ...bearer, 'content-type': 'application/json' }
    for (const path of ['/v1/channels', '/api/auth/sign-in/email']) {
      const broken = await call(path, { body: '{"kind"', headers: json })
      expect(await refusal(broken)).toEqual([400, 'invalid'])
      const form = await call(path, {
        body: 'kind=dm',
        headers: { ...bearer, 'content-type': 'application/x-www-form-urlencoded' },
      })
      expect(await refusal(form)).toEqual([400, 'invalid'])
      const list = await call(path, { body: '[1]', headers: json })
      expect(await refusal(list)).toEqual([400, 'invalid'])
    }
  })

  it('answers a body that is too large with too_large, also one that comes in chunks', async () => {
    const large = 'x'.repeat(MAX_BODY_BYTES + 1)
    expect(await refusal(await call('/v1/channels', { body: large }))).toEqual([413, 'too_large'])
    const chunks = new Response(large).body!.pipeThrough(new TransformStream())
    const request = new Request('http://localhost:8787/v1/channels', {
      method: 'POST',
      body: chunks,
    })
    expect(await refusal(await app.fetch(request, env))).toEqual([413, 'too_large'])
  })

  it('serves nothing without its secrets, and names those that are missing', async () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => {})
    const answer = await call('/healthz', {
      settings: { ENVIRONMENT: 'production', CHANNEL_KEY: '' },
    })
    const text = await answer.clone().text()
    expect(await refusal(answer)).toEqual([503, 'unavailable'])
    expect(text).toContain('CHANNEL_KEY')
    expect(text).toContain('MAIL_API_KEY')
    expect(text).not.toContain('BETTER_AUTH_SECRET')
    expect(error).toHaveBeenCalled()
    error.mockRestore()
  })

  it('lets other sites call it with a bearer token, and never with cookies', async () => {
    const origin = 'https://other.example'
    const preflight = await call('/v1/me', {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'GET' },
    })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-headers')).toBe(
      'Authorization, Content-Type',
    )
    for (const answer of [preflight, await call('/v1/me', { headers: { origin } })]) {
      expect(answer.headers.get('access-control-allow-origin')).toBe('*')
      expect(answer.headers.get('access-control-allow-credentials')).toBeNull()
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
      expect(answer.headers.get('cache-control')).toBe('no-store')
    }
  })

  it('names the endpoints of the deployment in discovery, and itself where there are none', async () => {
    const alone = await (await call('/v1/discover')).json<{ endpoints: object[] }>()
    expect(alone.endpoints).toEqual([{ url: 'http://localhost:8787', region: 'default' }])
    const place = { latitude: 1, longitude: 1 }
    const ENDPOINTS = JSON.stringify([
      { url: 'https://a.example.com', region: 'a', ...place, draining: true },
      { url: 'https://b.example.com', region: 'b', ...place },
    ])
    const answer = await call('/v1/discover', { settings: { ENDPOINTS } })
    const { endpoints } = await answer.json<{ endpoints: object[] }>()
    expect(endpoints).toEqual([
      { url: 'https://b.example.com', region: 'b' },
      { url: 'https://a.example.com', region: 'a' },
    ])
  })
})

describe('the description of the API', () => {
  it('has every route, and no other', async () => {
    const routes = app.routes
      .filter(({ method }) => method !== 'ALL')
      .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`)
    const ours = [...(await documented()).keys()].filter((key) => !key.includes('/api/auth/'))
    expect([...new Set(routes)].sort()).toEqual(ours.sort())
  })

  it('has the calls of Better Auth that are let through, and they are', async () => {
    for (const key of (await documented()).keys()) {
      const [method = '', path = ''] = key.split(' ')
      if (!path.startsWith('/api/auth/')) continue
      const answer = await call(path, method === 'POST' ? { body: {} } : {})
      expect([key, answer.status === 404]).toEqual([key, false])
    }
  })

  it('says which calls need a session or the operator key, and they do', async () => {
    // Without a key of operators there are no calls of theirs.
    const settings = { ...env, OPERATOR_KEY: 'a key for operators, in tests alone' }
    for (const [key, { security }] of await documented()) {
      const [method = '', path = ''] = key.split(' ')
      if (path.startsWith('/api/auth/')) continue
      const answer = await call(path.replaceAll(/\{\w+\}/g, '1'), {
        method,
        headers: { upgrade: 'websocket' },
        settings,
      })
      expect([key, answer.status === 401]).toEqual([key, security?.length !== 0])
    }
  })
})
