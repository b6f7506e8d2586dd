import { generateKeyPairSync } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { pushPayloadSchema, type PushJob } from '../../protocol/push.ts'
import { utf8Length } from '../../protocol/text.ts'
import { fcm } from '../../workers/push/fcm.ts'
import { serviceAccountSchema, type ServiceAccount } from '../../workers/push/google-token.ts'
import { payloadOf } from '../../workers/push/payload.ts'
import { FakeFcm } from './fake-fcm.ts'

let google: FakeFcm

beforeAll(async () => {
  google = await FakeFcm.start()
})
afterAll(() => google.stop())
afterEach(() => {
  google.reset()
  vi.useRealTimers()
  vi.restoreAllMocks()
})

type FcmJob = PushJob & { address: { kind: 'fcm' } }

function job(token: string, fields: Partial<Extract<PushJob, { kind: 'show' }>> = {}): FcmJob {
  return {
    kind: 'show',
    userId: 'ann',
    deviceId: 'phone',
    channelId: 'channel',
    sinceMessageId: null,
    replaces: null,
    messageId: 7,
    title: 'Ben',
    body: 'Hello',
    count: 1,
    unread: 3,
    createdAt: Date.now(),
    expiresAt: Date.now() + 3_600_000,
    ...fields,
    address: { kind: 'fcm', token },
  }
}

function clear(token: string): FcmJob {
  const {
    title: _,
    body: __,
    count: ___,
    replaces: ____,
    ...common
  } = job(token) as Extract<FcmJob, { kind: 'show' }>
  return { ...common, kind: 'clear' }
}

function provider(account: ServiceAccount = google.account, timeoutMs = 10_000) {
  const send: typeof fetch = (input, init) => fetch(input, init)
  return fcm({ account, topicKey: 'key' }, { send, timeoutMs, service: google.url })
}

const OK = { status: 200 }

const send = (to: FcmJob, push = provider()) => push.send(to.address, to, 60)

describe('a push by FCM', () => {
  it('says what a service worker gets, as data, and to APNs what it shows', async () => {
    const show = job('token')
    expect(await send(show)).toEqual({ kind: 'sent' })
    const [message] = google.messages
    expect(pushPayloadSchema.parse(JSON.parse(message?.data['payload'] ?? ''))).toEqual(
      payloadOf(show),
    )
    expect(message).toMatchObject({
      token: 'token',
      android: { priority: 'HIGH', ttl: '60s' },
      apns: {
        headers: { 'apns-push-type': 'alert', 'apns-priority': '10' },
        payload: { aps: { alert: { title: 'Ben', body: 'Hello' }, badge: 3 } },
      },
    })
    const expires = Number(message?.apns.headers['apns-expiration'])
    expect(Math.abs(expires - Date.now() / 1000 - 60)).toBeLessThan(10)
  })

  it('takes back in silence, and replaces what the same channel had on the same device', async () => {
    const push = provider()
    await send(job('token'), push)
    await send(clear('token'), push)
    await send(job('token', { channelId: 'other' }), push)
    const [shown, cleared, other] = google.messages
    expect(cleared).toMatchObject({
      android: { priority: 'NORMAL' },
      apns: { headers: { 'apns-push-type': 'background' } },
    })
    const collapseId = (message: typeof shown) => message?.apns.headers['apns-collapse-id']
    expect(collapseId(cleared)).toBeUndefined()
    expect(cleared?.apns.payload.aps).toEqual({ 'content-available': 1, badge: 3 })
    expect(collapseId(other)).not.toBe(collapseId(shown))
    expect(collapseId(shown)).toMatch(/^[\w-]{32}$/)
    await send(job('token', { replaces: 7, messageId: 6, sinceMessageId: 5 }), push)
    const corrected = google.messages.at(-1)
    expect(collapseId(corrected)).toBe(collapseId(shown))
    expect(corrected?.apns.payload.aps).not.toHaveProperty('sound')
    // FCM keeps four keys a device: a fifth channel would be lost.
    expect(google.messages.every(({ android }) => !('collapse_key' in android))).toBe(true)
  })

  it('stays within 4,096 bytes with the longest names and texts, and says nothing without previews', async () => {
    const push = provider()
    const title = `${'🦜'.repeat(80)} · ${'🦜'.repeat(100)}`
    await send(job('long', { title, body: '🦜'.repeat(1_000) }), push)
    await send(job('none', { body: null }), push)
    const [long, none] = google.messages
    expect(utf8Length(JSON.stringify(long?.data))).toBeLessThan(4_096)
    expect(utf8Length(JSON.stringify({ ...long?.apns.payload, ...long?.data }))).toBeLessThan(4_096)
    expect(none?.apns.payload.aps).toMatchObject({ alert: { title: 'Ben' } })
    expect(JSON.stringify(none)).not.toContain('Hello')
  })

  it.each([
    [404, { details: [{ errorCode: 'UNREGISTERED' }] }, 'gone'],
    [
      400,
      {
        message: 'The registration token is not a valid FCM registration token',
        details: [{ errorCode: 'INVALID_ARGUMENT' }],
      },
      'gone',
    ],
    [403, { details: [{ errorCode: 'SENDER_ID_MISMATCH' }] }, 'refused'],
    [400, { details: [{ fieldViolations: [{ field: 'message.token' }] }] }, 'gone'],
    [400, { details: [{ errorCode: 'INVALID_ARGUMENT' }] }, 'refused'],
    [404, {}, 'refused'],
    [401, { details: [{ errorCode: 'THIRD_PARTY_AUTH_ERROR' }] }, 'refused'],
    [429, { details: [{ errorCode: 'QUOTA_EXCEEDED' }] }, 'retry'],
    [500, {}, 'retry'],
    [503, { details: [{ errorCode: 'UNAVAILABLE' }] }, 'retry'],
  ] as const)('%s %j is `%s`', async (status, error, kind) => {
    google.behave = () => ({ status, body: { error } })
    expect(await send(job('token'))).toMatchObject({ kind })
  })

  it('waits as long as the service asks', async () => {
    google.behave = () => ({ status: 429, headers: { 'retry-after': '90' } })
    expect(await send(job('token'))).toEqual({ kind: 'retry', after: 90, silent: false })
  })

  it('waits a minute for one that is busy and does not say how long, as Google wants it', async () => {
    google.behave = () => ({ status: 429 })
    expect(await send(job('token'))).toEqual({ kind: 'retry', after: 60, silent: false })
  })

  it('keeps its own token when it is Apple who knows no key of the project', async () => {
    const push = provider()
    const error = { details: [{ errorCode: 'THIRD_PARTY_AUTH_ERROR' }] }
    google.behave = (token) => (token === 'iphone' ? { status: 401, body: { error } } : OK)
    for (let i = 0; i < 3; i++) {
      expect(await send(job('iphone'), push)).toEqual({ kind: 'refused', status: 401 })
      expect(await send(job('android'), push)).toEqual({ kind: 'sent' })
    }
    expect(google.tokensGiven).toBe(1)
    expect(google.messages).toHaveLength(6)
  })

  it('gives a service up that hangs', async () => {
    google.behave = () => 'hang'
    expect(await send(job('token'), provider(google.account, 200))).toEqual({
      kind: 'retry',
      after: null,
      silent: true,
    })
  })
})

describe('the token for it', () => {
  it('is asked for once, also by many pushes at once, and again when it has expired', async () => {
    const push = provider()
    await Promise.all(Array.from({ length: 20 }, (_, i) => send(job(`at-once-${i}`), push)))
    expect(google.tokensGiven).toBe(1)
    google.lifetimeSeconds = 1
    google.revokeTokens()
    await send(job('revoked'), push)
    expect(google.tokensGiven).toBe(2)
    // What is good for less than the margin is used for nothing more.
    await send(job('expired'), push)
    expect(google.tokensGiven).toBe(3)
    expect(google.messages).toHaveLength(22)
  })

  it('is a new one where the old one is not taken, once', async () => {
    const push = provider()
    await send(job('first'), push)
    google.revokeTokens()
    expect(await send(job('second'), push)).toEqual({ kind: 'sent' })
    google.behave = () => ({ status: 401 })
    expect(await send(job('third'), push)).toEqual({ kind: 'refused', status: 401 })
  })

  it('is not given to another key, and then the push is refused', async () => {
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    })
    const account = { ...google.account, private_key: privateKey }
    const log = vi.spyOn(console, 'error').mockReturnValue()
    expect(await send(job('token'), provider(account))).toEqual({ kind: 'refused', status: null })
    expect(log).toHaveBeenCalledExactlyOnceWith('no access token for FCM: 400')
    expect(google.messages).toEqual([])
  })

  it.each([429, 500, 503])('is asked for again later after %s', async (status) => {
    google.refuseTokens = { status }
    const push = provider()
    expect(await send(job('token'), push)).toEqual({ kind: 'retry', after: null, silent: true })
    google.refuseTokens = { status, headers: { 'retry-after': '40' } }
    expect(await send(job('token'), push)).toEqual({ kind: 'retry', after: 40, silent: true })
    google.refuseTokens = null
    expect(await send(job('token'), push)).toEqual({ kind: 'sent' })
  })
})

describe('the key file of a service account', () => {
  it('is taken as Google writes it, with fields that do not count', () => {
    const { token_uri: _, ...file } = { ...google.account, type: 'service_account', universe: 'x' }
    expect(serviceAccountSchema.parse(file).token_uri).toBe('https://oauth2.googleapis.com/token')
  })

  it.each([
    ['no key', { private_key: 'secret' }],
    ['a project that would lead elsewhere', { project_id: '../x' }],
    ['nobody', { client_email: '' }],
  ])('is not taken with %s', (_, wrong) => {
    expect(serviceAccountSchema.safeParse({ ...google.account, ...wrong }).success).toBe(false)
  })
})
