import { createExecutionContext, createMessageBatch, getQueueResult } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { createECDH } from 'node:crypto'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { UserObject } from '../../durable-objects/user/user-object.ts'
import { discoverSchema } from '../../protocol/http.ts'
import type { PushJob } from '../../protocol/push.ts'
import worker from '../../workers/index.ts'
import { call } from './edge.ts'
import { Browser, pushService, sent, taken } from './push-support.ts'

afterEach(() => {
  vi.restoreAllMocks()
  sent.clear()
})

/** Runs the queue's handler on these jobs, and tells which were acknowledged or are to come again. */
async function handle(jobs: PushJob[], attempts = 1) {
  const messages = jobs.map((body, i) => ({ id: String(i), timestamp: new Date(), attempts, body }))
  const batch = createMessageBatch('parley-push', messages)
  const context = createExecutionContext()
  await worker.queue(batch, env)
  return await getQueueResult(batch, context)
}

describe('the queue of pushes', () => {
  it('brings what is put on it to the push service, which sees none of it', async () => {
    pushService(taken)
    const browsers = Array.from({ length: 20 }, () => new Browser())
    await env.PUSH.sendBatch(browsers.map((browser, i) => ({ body: browser.job(`Hello ${i} 🦜`) })))
    await expect.poll(() => sent.size).toBe(20)
    browsers.forEach((browser, i) => {
      expect(browser.payloads).toMatchObject([
        { kind: 'show', title: 'Ben', body: `Hello ${i} 🦜` },
      ])
    })
    const requests = [...sent.values()].flat()
    expect(requests.some(({ body }) => body.includes('Hello'))).toBe(false)
  })

  it('comes again with a job that a service did not take', async () => {
    let away = true
    pushService(() => (away ? new Response(null, { status: 503 }) : taken()))
    const browser = new Browser()
    await env.PUSH.send(browser.job('Late'))
    await expect.poll(() => browser.payloads.length).toBe(1)
    away = false
    await expect.poll(() => browser.payloads.length).toBe(2)
  })

  it('settles each job of a batch for itself', async () => {
    const [well, busy] = [new Browser(), new Browser()]
    pushService((endpoint) =>
      endpoint === busy.endpoint
        ? new Response(null, { status: 429, headers: { 'retry-after': '300' } })
        : taken(),
    )
    expect(await handle([well.job('Hello'), busy.job('Hello')])).toMatchObject({
      explicitAcks: ['0'],
      retryMessages: [{ msgId: '1' }],
    })
  })

  it('does the same job twice as if it were once: the same topic, the same message', async () => {
    pushService(taken)
    const browser = new Browser()
    const job = browser.job('Hello')
    await handle([job])
    await handle([job], 2)
    const [first, second] = sent.get(browser.endpoint) ?? []
    expect(first?.headers.get('topic')).toBe(second?.headers.get('topic'))
    expect(browser.payloads[0]).toEqual(browser.payloads[1])
  })

  it('tells the user object which address of which device is gone', async () => {
    const dropPush = vi.spyOn(UserObject.prototype, 'dropPush')
    pushService(() => new Response(null, { status: 410 }))
    const browser = new Browser()
    expect(await handle([browser.job('Hello')])).toMatchObject({ explicitAcks: ['0'] })
    expect(dropPush).toHaveBeenCalledExactlyOnceWith(browser.deviceId, browser.endpoint)
  })

  it('logs how many ended in which way, and nothing of them', async () => {
    const log = vi.spyOn(console, 'log').mockReturnValue()
    pushService(taken)
    const browser = new Browser()
    await handle([browser.job('secret')])
    expect(log).toHaveBeenCalledExactlyOnceWith(
      expect.stringMatching(/^pushes \{"sent":1,"ms":\d+\}$/),
    )
  })
})

describe('service discovery', () => {
  it('tells the key that a browser subscribes with', async () => {
    const { pushPublicKey } = discoverSchema.parse(await (await call('/v1/discover')).json())
    const point = Buffer.from(pushPublicKey ?? '', 'base64url')
    expect(point.length).toBe(65)
    const ecdh = createECDH('prime256v1')
    ecdh.setPrivateKey(env.VAPID_PRIVATE_KEY, 'base64url')
    expect(pushPublicKey).toBe(ecdh.getPublicKey('base64url'))
  })
})
