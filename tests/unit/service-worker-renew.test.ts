import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { renew } from '../../web/service-worker/renew.ts'

const NEW = { endpoint: 'https://push.example/new' }
const REGISTERED = { method: 'PUT', path: '/v1/push', body: { kind: 'webpush', subscription: NEW } }
const DISCOVER = {
  endpoints: [],
  heartbeatSeconds: 5,
  offlineAfterSeconds: 30,
  maxTextLength: 1,
  maxGroupMembers: 1,
  protocol: 1,
  limits: {},
  pushPublicKey: 'key',
  colo: null,
  serverTime: 1,
}

const calls: { method: string; path: string; body: unknown }[] = []
let status = 204

beforeEach(() => {
  calls.length = 0
  status = 204
  vi.stubGlobal('fetch', async (path: string, init?: RequestInit) => {
    const body: unknown = typeof init?.body === 'string' ? JSON.parse(init.body) : null
    calls.push({ method: init?.method ?? 'GET', path, body })
    return path === '/v1/discover' ? Response.json(DISCOVER) : new Response(null, { status })
  })
})

afterEach(() => {
  vi.unstubAllGlobals()
})

const subscription = (json: object) => ({ toJSON: () => json }) as unknown as PushSubscription

function manager(current: PushSubscription | null) {
  const subscribe = vi.fn<PushManager['subscribe']>(async () => subscription(NEW))
  return { getSubscription: async () => current, subscribe } as unknown as PushManager & {
    subscribe: typeof subscribe
  }
}

it('registers the subscription that the browser brings in the place of the old one', async () => {
  const browser = manager(null)
  await renew(browser, subscription(NEW))
  expect(calls).toEqual([REGISTERED])
  expect(browser.subscribe).not.toHaveBeenCalled()
})

it('registers the one that is there if the browser brings none', async () => {
  await renew(manager(subscription(NEW)), null)
  expect(calls).toEqual([REGISTERED])
})

it('subscribes anew with the key of the server if there is none', async () => {
  const browser = manager(null)
  await renew(browser, undefined)
  expect(browser.subscribe).toHaveBeenCalledExactlyOnceWith({
    userVisibleOnly: true,
    applicationServerKey: 'key',
  })
  expect(calls.at(-1)).toEqual(REGISTERED)
})

it('fails loudly if the server does not take it: the next start of the page makes it good', async () => {
  status = 503
  await expect(renew(manager(subscription(NEW)), null)).rejects.toThrow('503')
})
