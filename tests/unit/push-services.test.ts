import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import * as z from 'zod'
import { pushPayloadSchema } from '../../protocol/push.ts'
import { freshVapidKey } from '../../scripts/dev-vars.ts'
import { payloadOf } from '../../workers/push/payload.ts'
import { vapidPublicKey } from '../../workers/push/vapid.ts'
import { CheckingPushService } from '../checking-push-service.ts'
import {
  clearJob,
  FakeBrowser,
  FakePushService,
  SETTINGS,
  showJob,
  testWebPush,
} from './push-fakes.ts'

describe('a push service that checks', () => {
  let service: CheckingPushService

  beforeAll(async () => {
    vi.spyOn(console, 'log').mockReturnValue()
    vi.spyOn(console, 'error').mockReturnValue()
    service = await CheckingPushService.start()
  })

  afterAll(() => {
    service.stop()
    vi.restoreAllMocks()
  })

  it('takes our pushes and reads in them what we wrote', async () => {
    const { subscription, messages } = await service.subscribe(SETTINGS.vapid.publicKey)
    const push = testWebPush()
    const jobs = ['Hello', 'Здравствуй, 🦜', 'a'.repeat(1000), null].map((body) =>
      showJob(subscription, { body }),
    )
    for (const job of jobs) {
      expect(await push.send(job.address, job, 60)).toEqual({ kind: 'sent' })
    }
    const read = (await messages()).map((text) => pushPayloadSchema.parse(JSON.parse(text)))
    expect(read).toEqual(jobs.map(payloadOf))
  })

  it('refuses what another key has signed', async () => {
    const { subscription, messages } = await service.subscribe(
      vapidPublicKey(freshVapidKey()) ?? '',
    )
    const job = showJob(subscription)
    expect(await testWebPush().send(job.address, job, 60)).toEqual({ kind: 'refused', status: 400 })
    expect(await messages()).toEqual([])
  })

  it('tells of a subscription that is gone', async () => {
    const { subscription, expire } = await service.subscribe(SETTINGS.vapid.publicKey)
    await expire()
    const job = showJob(subscription)
    expect(await testWebPush().send(job.address, job, 60)).toEqual({ kind: 'gone' })
  })
})

describe('Web Push', () => {
  let service: FakePushService
  beforeAll(async () => {
    service = await FakePushService.start()
  })
  afterAll(() => service.stop())
  afterEach(() => {
    service.behave = () => ({ status: 201 })
    service.received.length = 0
  })

  async function send(job: ReturnType<typeof showJob>, push = testWebPush()) {
    return await push.send(job.address, job, 60)
  }

  it('says how long a push is worth keeping, how urgent it is and what it replaces', async () => {
    const push = testWebPush()
    const show = showJob(service.browser('headers').subscription)
    await push.send(show.address, show, 60)
    await push.send(show.address, clearJob(show), 30)
    const [shown, cleared] = service.received.map(({ headers }) => headers)
    expect(shown).toMatchObject({ ttl: '60', urgency: 'high', 'content-encoding': 'aes128gcm' })
    expect(cleared).toMatchObject({ ttl: '30', urgency: 'normal', topic: shown?.['topic'] })
    expect(shown?.['topic']).toMatch(/^[\w-]{32}$/)
    expect(shown?.['topic']).not.toContain('channel')
  })

  it('has a topic of its own for each channel, and for each device', async () => {
    const { subscription } = service.browser('topics')
    await send(showJob(subscription))
    await send(showJob(subscription, { channelId: 'other' }))
    await send(showJob(subscription, { deviceId: 'tablet' }))
    expect(new Set(service.received.map(({ headers }) => headers['topic'])).size).toBe(3)
  })

  it('names us by a token for the service alone, signed once and good for less than a day', async () => {
    const push = testWebPush()
    await send(showJob(service.browser('one').subscription), push)
    await send(showJob(service.browser('two').subscription), push)
    const [first, second] = service.received.map(({ headers }) => headers['authorization'] ?? '')
    expect(first).toBe(second)
    const [, token = '', key] = /^vapid t=([^,]+), k=(.+)$/.exec(first ?? '') ?? []
    expect(key).toBe(SETTINGS.vapid.publicKey)
    const claims: unknown = JSON.parse(
      Buffer.from(token.split('.')[1] ?? '', 'base64url').toString(),
    )
    const { aud, exp, sub } = z
      .object({ aud: z.string(), exp: z.number(), sub: z.string() })
      .parse(claims)
    expect(aud).toBe(
      new URL(service.browser('x').subscription.endpoint).origin.replace('http', 'https'),
    )
    expect(sub).toBe(SETTINGS.vapid.subject)
    expect(exp * 1000).toBeLessThan(Date.now() + 24 * 60 * 60 * 1000)
  })

  it.each([
    [200, { kind: 'sent' }],
    [201, { kind: 'sent' }],
    [404, { kind: 'gone' }],
    [410, { kind: 'gone' }],
    [400, { kind: 'refused', status: 400 }],
    [403, { kind: 'refused', status: 403 }],
    [429, { kind: 'retry', after: 120, silent: false }],
    [500, { kind: 'retry', after: 120, silent: false }],
    [503, { kind: 'retry', after: 120, silent: false }],
  ])('understands an answer of %i', async (status, outcome) => {
    service.behave = () => ({ status, headers: { 'retry-after': '120' } })
    expect(await send(showJob(service.browser('status').subscription))).toEqual(outcome)
    expect(service.received).toHaveLength(1)
  })

  it('waits until the date that a service names', async () => {
    const date = new Date(Date.now() + 90_000).toUTCString()
    service.behave = () => ({ status: 503, headers: { 'retry-after': date } })
    const outcome = await send(showJob(service.browser('date').subscription))
    expect(outcome).toMatchObject({ kind: 'retry' })
    const after = outcome.kind === 'retry' ? outcome.after : null
    expect(after).toBeGreaterThanOrEqual(85)
    expect(after).toBeLessThanOrEqual(90)
  })

  it('says it shorter, once, to a service that finds it too large', async () => {
    const browser = service.browser('large')
    service.behave = ({ body }) => ({ status: body.length > 2_820 ? 413 : 201 })
    expect(await send(showJob(browser.subscription, { body: '🦜'.repeat(1000) }))).toEqual({
      kind: 'sent',
    })
    const [first, second] = service.received
    expect(first?.body.length).toBe(4_096)
    expect(browser.read(second?.body ?? Buffer.of())).toMatchObject({
      body: expect.stringMatching(/^(🦜){300,}…$/u),
    })
    service.received.length = 0
    service.behave = () => ({ status: 413 })
    expect(await send(showJob(browser.subscription))).toEqual({ kind: 'refused', status: 413 })
    expect(service.received).toHaveLength(2)
  })

  it('is not sent on to another place', async () => {
    const other = service.browser('other').subscription.endpoint
    service.behave = () => ({ status: 307, headers: { location: other } })
    expect(await send(showJob(service.browser('moved').subscription))).toEqual({
      kind: 'refused',
      status: 307,
    })
    expect(service.received.map(({ path }) => path)).toEqual(['/moved'])
  })

  it('asks nobody who is no push service', async () => {
    const push = testWebPush(1_000, { ...SETTINGS, hosts: ['fcm.googleapis.com'] })
    expect(await send(showJob(service.browser('ours').subscription), push)).toEqual({
      kind: 'refused',
      status: null,
    })
    expect(service.received).toEqual([])
  })

  it('gives a subscription up whose key is no point of the curve', async () => {
    const { endpoint, keys } = service.browser('bad').subscription
    const subscription = { endpoint, keys: { ...keys, p256dh: `B${'A'.repeat(86)}` } }
    expect(await send(showJob(subscription))).toEqual({ kind: 'gone' })
  })

  it('sends Safari nothing that shows nothing, for which it would lose its permission', async () => {
    const { subscription } = new FakeBrowser('https://web.push.apple.com/abc')
    const show = showJob(subscription)
    expect(await testWebPush().send(show.address, clearJob(show), 60)).toEqual({ kind: 'skipped' })
  })
})
