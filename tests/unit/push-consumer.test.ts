import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { PushJob } from '../../protocol/push.ts'
import { consumePushes, type PushConsumer } from '../../workers/push/consume.ts'
import { pushTopic } from '../../workers/push/topic.ts'
import { clearJob, FakePushService, queued, SETTINGS, showJob, testConsumer } from './push-fakes.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

let service: FakePushService
beforeAll(async () => {
  service = await FakePushService.start()
})
afterAll(() => service.stop())
afterEach(() => {
  service.behave = () => ({ status: 201 })
  service.received.length = 0
  service.kept.clear()
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const job = (name: string, fields: Parameters<typeof showJob>[1] = {}) =>
  showJob(service.browser(name).subscription, { deviceId: name, ...fields })

const isSettledOnce = (message: ReturnType<typeof queued>): boolean =>
  message.ack.mock.calls.length + message.retry.mock.calls.length === 1

describe('a batch of pushes', () => {
  it('reaches every device, and each job is acknowledged for itself', async () => {
    const messages = Array.from({ length: 100 }, (_, i) => queued(job(`device-${i}`)))
    const counts = await consumePushes(messages, testConsumer())
    expect(counts).toMatchObject({ sent: 100, retried: 0 })
    expect(service.kept.size).toBe(100)
    expect(messages.every((message) => message.ack.mock.calls.length === 1)).toBe(true)
  })

  it('has no more than six pushes under way at a time', async () => {
    let running = 0
    let most = 0
    const { providers, ...others } = testConsumer()
    const { webpush } = providers
    const send: NonNullable<typeof webpush>['send'] = async () => {
      most = Math.max(most, ++running)
      await new Promise((resolve) => setImmediate(resolve))
      running--
      return { kind: 'sent' }
    }
    const counting = { webpush: { serviceOf: () => 'one', send }, fcm: null }
    const messages = Array.from({ length: 50 }, (_, i) => queued(job(`lane-${i}`)))
    await consumePushes(messages, { providers: counting, ...others })
    expect(most).toBe(6)
  })

  it('asks about what has waited, and sends no more what is read by now', async () => {
    const asked: number[] = []
    const isOver = async ({ messageId }: { messageId: number }): Promise<boolean> => {
      asked.push(messageId)
      return messageId === 1
    }
    const show = job('waited', { messageId: 3 })
    const messages = [
      queued(job('read', { messageId: 1 }), 2),
      queued(job('unread', { messageId: 2 }), 2),
      queued(job('fresh', { messageId: 1 })),
      queued(clearJob(show), 2),
    ]
    const counts = await consumePushes(messages, { ...testConsumer(), isOver })
    expect(counts).toMatchObject({ read: 1, sent: 3 })
    expect(asked).toEqual([1, 2])
    expect(service.received.map(({ path }) => path)).not.toContain('/read')
    expect(messages.every((message) => message.ack.mock.calls.length === 1)).toBe(true)
  })

  it('tells the user object of every device that is gone, and of no other', async () => {
    const status: Record<string, number> = { '/gone': 410, '/unknown': 404, '/refused': 403 }
    service.behave = ({ path }) => ({ status: status[path] ?? 201 })
    const log = vi.spyOn(console, 'error').mockReturnValue()
    const consumer = testConsumer()
    const messages = ['gone', 'unknown', 'refused', 'here'].map((name) => queued(job(name)))
    const counts = await consumePushes(messages, consumer)
    expect(counts).toMatchObject({ gone: 2, refused: 1, sent: 1 })
    expect(consumer.dropped.map(({ deviceId }) => deviceId).sort()).toEqual(['gone', 'unknown'])
    expect(messages.every((message) => message.ack.mock.calls.length === 1)).toBe(true)
    expect(log).toHaveBeenCalledTimes(1)
  })

  it('is tried again where the user object could not be told', async () => {
    service.behave = () => ({ status: 410 })
    vi.spyOn(console, 'error').mockReturnValue()
    const consumer: PushConsumer = {
      ...testConsumer(),
      dropAddress: async () => {
        throw new Error('no answer')
      },
    }
    const message = queued(job('gone'))
    expect(await consumePushes([message], consumer)).toMatchObject({ gone: 0, retried: 1 })
    expect(message.retry).toHaveBeenCalledOnce()
  })

  it('waits as long as a busy service asks, for that job alone', async () => {
    service.behave = ({ path }) =>
      path === '/busy' ? { status: 429, headers: { 'retry-after': '777' } } : { status: 201 }
    const [busy, free] = [queued(job('busy')), queued(job('free'))]
    expect(await consumePushes([busy, free], testConsumer())).toMatchObject({ sent: 1, retried: 1 })
    expect(busy.retry).toHaveBeenCalledExactlyOnceWith({ delaySeconds: 777 })
    expect(free.ack).toHaveBeenCalledOnce()
  })

  it('drops what is too old, and what would be by its next try', async () => {
    const now = Date.now()
    const [old, late] = [
      queued(job('old', { createdAt: now - HOUR_MS, expiresAt: now - 1 })),
      queued(job('late', { expiresAt: now + MINUTE_MS })),
    ]
    service.behave = () => ({ status: 503, headers: { 'retry-after': '60' } })
    expect(await consumePushes([old, late], testConsumer())).toMatchObject({ expired: 2 })
    expect(service.received.map(({ path }) => path)).toEqual(['/late'])
    expect(old.ack).toHaveBeenCalledOnce()
    expect(late.ack).toHaveBeenCalledOnce()
  })

  it('sends of one channel on one device only what came last, in whatever order it lies there', async () => {
    const first = job('burst', { messageId: 7 })
    const last = job('burst', { messageId: 9, count: 3 })
    const other = job('burst', { messageId: 2, channelId: 'other' })
    const counts = await consumePushes(
      [last, first, other].map((one) => queued(one)),
      testConsumer(),
    )
    expect(counts).toMatchObject({ sent: 2, replaced: 1 })
    const cleared = job('read', { messageId: 9 })
    await consumePushes(
      [clearJob(cleared), cleared].map((one) => queued(one)),
      testConsumer(),
    )
    expect(service.received.at(-1)?.headers['urgency']).toBe('normal')
    expect(service.received).toHaveLength(3)
  })

  it('leaves the next notification where it waits, however late the last one is taken back', async () => {
    const last = job('late', { messageId: 7, sinceMessageId: 5 })
    const next = job('late', { messageId: 9, sinceMessageId: 9 })
    await consumePushes([queued(last)], testConsumer())
    await consumePushes([queued(next)], testConsumer())
    await consumePushes([queued(clearJob(last), 4)], testConsumer())
    expect([...service.kept.values()].map(({ headers }) => headers['urgency']).sort()).toEqual([
      'high',
      'normal',
    ])
    const show = [...service.kept.values()].find(({ headers }) => headers['urgency'] === 'high')
    expect(show?.headers['topic']).toBe(pushTopic(SETTINGS.topicKey, next))
  })

  it('sends what puts a notification right, and not what it puts right', async () => {
    const wrong = job('wrong', { messageId: 9, sinceMessageId: 5, body: 'Oops' })
    const right = job('wrong', { messageId: 8, sinceMessageId: 5, replaces: 9, body: 'First' })
    const later = { ...right, createdAt: wrong.createdAt + 1 }
    for (const batch of [
      [wrong, later],
      [later, wrong],
    ]) {
      const counts = await consumePushes(
        batch.map((one) => queued(one)),
        testConsumer(),
      )
      expect(counts).toMatchObject({ sent: 1, replaced: 1 })
    }
    const browser = service.browser('same')
    await consumePushes(
      [wrong, later].map((one) =>
        queued({ ...one, address: { kind: 'webpush', subscription: browser.subscription } }),
      ),
      testConsumer(),
    )
    expect(browser.read(service.received.at(-1)!.body)).toMatchObject({
      body: 'First',
      replaces: 9,
    })
  })

  it('takes jobs that were queued before they said to which notification they belong', async () => {
    const { sinceMessageId: _, replaces: __, ...before } = job('before')
    expect(await consumePushes([queued(before)], testConsumer())).toMatchObject({ sent: 1 })
  })

  it('puts a job aside that it does not understand', async () => {
    vi.spyOn(console, 'error').mockReturnValue()
    const message = queued({ kind: 'shout' })
    expect(await consumePushes([message], testConsumer())).toMatchObject({ invalid: 1 })
    expect(message.ack).toHaveBeenCalledOnce()
  })

  it('writes neither texts, endpoints nor keys to the log, whatever fails', async () => {
    const lines: string[] = []
    for (const method of ['log', 'error', 'warn'] as const) {
      vi.spyOn(console, method).mockImplementation((...args) => void lines.push(args.join(' ')))
    }
    const { port } = new URL(service.browser('x').subscription.endpoint)
    const secret = job('secret-path', { title: 'secret title', body: 'secret body' })
    const consumer: PushConsumer = {
      ...testConsumer(),
      dropAddress: async () => {
        throw new TypeError(`Fetch API cannot load ${secret.address.subscription.endpoint}`)
      },
    }
    for (const status of [201, 400, 403, 410, 413, 429, 500]) {
      service.behave = () => ({ status })
      await consumePushes([queued(secret), queued({ body: 'secret' })], consumer)
    }
    const text = lines.join('\n')
    expect(text).toContain(`refused by 127.0.0.1:${port}: 403`)
    expect(text).toContain('TypeError')
    expect(text).not.toContain('secret')
    expect(text).not.toContain(secret.address.subscription.keys.auth)
  })
})

describe('a push service that fails', () => {
  it.each(['hang', 'reset', 'take, then reset'] as const)(
    'and does this: %s, is asked again, and the device has one notification',
    async (trouble) => {
      const device = job('trouble')
      service.behave = () => trouble
      const [first, second] = [queued(device), queued(device, 2)]
      expect(await consumePushes([first], testConsumer(300))).toMatchObject({ retried: 1 })
      expect(first.retry).toHaveBeenCalledOnce()
      expect(isSettledOnce(first)).toBe(true)
      service.behave = () => ({ status: 201 })
      expect(await consumePushes([second], testConsumer())).toMatchObject({ sent: 1 })
      expect(service.kept.size).toBe(1)
    },
  )

  it('and hangs does not hold up those that answer', async () => {
    const well = await FakePushService.start()
    service.behave = () => 'hang'
    const hanging = Array.from({ length: 40 }, (_, i) => queued(job(`hang-${i}`)))
    const answered = Array.from({ length: 20 }, (_, i) =>
      queued(showJob(well.browser(`well-${i}`).subscription, { deviceId: `well-${i}` })),
    )
    const counts = await consumePushes([...hanging, ...answered], testConsumer(1_500))
    expect(counts).toMatchObject({ sent: 20, retried: 40 })
    // Six at a time, and once three of them were silent no more are tried.
    expect(service.received.length).toBeLessThanOrEqual(8)
    expect([...hanging, ...answered].every(isSettledOnce)).toBe(true)
    await well.stop()
  })

  it('for an hour has everything once it is back, after some twenty tries at most', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const start = Date.now()
    const back = start + HOUR_MS
    service.behave = () => (Date.now() < back ? 'reset' : { status: 201 })
    const queue = new FakeQueue(Array.from({ length: 10 }, (_, i) => job(`patient-${i}`)))
    const end = await queue.run(testConsumer())
    expect(service.kept.size).toBe(10)
    expect(end).toBeLessThanOrEqual(back + 31 * MINUTE_MS)
    expect(queue.mostAttempts).toBeLessThanOrEqual(20)
  })

  it('for longer than a push lives is given up before the queue would give up', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const start = Date.now()
    service.behave = () => ({ status: 500 })
    const queue = new FakeQueue([job('never')])
    const end = await queue.run(testConsumer())
    expect(end).toBeLessThan(start + 24 * HOUR_MS)
    expect(end).toBeGreaterThan(start + 23 * HOUR_MS)
    expect(queue.mostAttempts).toBeLessThan(100)
  })

  it('now and then, with a consumer that dies in mid-batch, leaves nobody without and shows nobody two', async () => {
    const answers = ['reset', 'take, then reset', { status: 429 }, { status: 201 }] as const
    const jobs = Array.from({ length: 30 }, (_, i) => job(`some-${i}`))
    // It sends ten and says no more. The runtime delivers the whole batch again: nothing of it is settled.
    const dying = testConsumer()
    const { webpush } = dying.providers
    let sends = 0
    const send: NonNullable<typeof webpush>['send'] = async (...args) =>
      sends++ < 10 && webpush ? await webpush.send(...args) : await new Promise(() => {})
    void consumePushes(
      jobs.map((one) => queued(one)),
      { ...dying, providers: { webpush: { serviceOf: () => 'one', send }, fcm: null } },
    )
    await expect.poll(() => sends).toBe(16)
    await expect.poll(() => service.received.length).toBe(10)
    let turn = 0
    service.behave = () => answers[turn++ % answers.length] ?? 'reset'
    vi.useFakeTimers({ toFake: ['Date'] })
    await new FakeQueue(jobs).run(testConsumer())
    expect(service.kept.size).toBe(30)
    const devices = new Set([...service.kept.values()].map(({ path }) => path))
    expect(devices.size).toBe(30)
  })
})

/** A queue that moves the clock to whenever something of it is due. */
class FakeQueue {
  mostAttempts = 0
  private waiting: { job: PushJob; attempts: number; due: number }[]

  constructor(jobs: PushJob[]) {
    this.waiting = jobs.map((one) => ({ job: one, attempts: 1, due: Date.now() }))
  }

  /** Runs until it is empty and tells when that is. */
  async run(consumer: PushConsumer): Promise<number> {
    while (this.waiting.length > 0) {
      vi.setSystemTime(Math.max(Date.now(), Math.min(...this.waiting.map(({ due }) => due))))
      const batch = this.waiting.filter(({ due }) => due <= Date.now())
      this.waiting = this.waiting.filter((one) => !batch.includes(one))
      const messages = batch.map((one) => queued(one.job, one.attempts))
      await consumePushes(messages, consumer)
      messages.forEach((message, i) => {
        const one = batch[i]
        this.mostAttempts = Math.max(this.mostAttempts, message.attempts)
        const [options] = message.retry.mock.calls[0] ?? []
        if (!one || message.retry.mock.calls.length === 0) return
        const due = Date.now() + (options?.delaySeconds ?? 0) * 1000
        this.waiting.push({ job: one.job, attempts: one.attempts + 1, due })
      })
    }
    return Date.now()
  }
}
