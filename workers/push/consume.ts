import { backoff } from '../../durable-objects/shared/backoff.ts'
import { pushJobSchema, type PushJob } from '../../protocol/push.ts'
import { logFault } from '../log.ts'
import { type PushCounts, noPushes } from './counts.ts'
import { newestOfEach } from './newest.ts'
import type { Outcome, PushProviders } from './provider.ts'
import { MAX_RETRY_SECONDS } from './retry-after.ts'

/** Workers open six connections at a time; more would only wait, with their time running. */
const CONCURRENT = 6
/** A service that so often did not answer is left alone for the rest of the batch. */
const SILENT_SERVICE = 3

const RETRY_BASE_SECONDS = 5
/** 100 tries then take longer than a day. */
const RETRY_MAX_SECONDS = 30 * 60

/** What the consumer needs from outside. */
export interface PushConsumer {
  providers: PushProviders
  /** Tells the user object that a device cannot be reached at that address any more. May be repeated. */
  dropAddress(job: PushJob): Promise<void>
  /** Whether what the job tells of is read or told otherwise by now; asked of jobs that have waited. */
  isOver(job: PushJob): Promise<boolean>
}

/** A message of the queue. */
interface PushMessage {
  body: unknown
  /** From 1. */
  attempts: number
  ack(): void
  retry(options?: { delaySeconds?: number }): void
}

type Parsed = { message: PushMessage; job: PushJob }

/**
 * Hands a batch of push jobs to the push services; each is acknowledged or retried for itself. Every job may
 * run twice: same topic and tag, so the device shows one notification. Returns how many ended in which way.
 */
export async function consumePushes(
  messages: readonly PushMessage[],
  { providers, dropAddress, isOver }: PushConsumer,
): Promise<PushCounts> {
  const counts = noPushes()
  const silences = new Map<string, number>()

  function finish({ message }: Parsed, outcome: keyof PushCounts): void {
    counts[outcome]++
    message.ack()
  }

  function later(parsed: Parsed, afterSeconds: number | null): void {
    const own = backoff(parsed.message.attempts, RETRY_BASE_SECONDS, RETRY_MAX_SECONDS)
    const delaySeconds = Math.min(MAX_RETRY_SECONDS, Math.max(own, afterSeconds ?? 0))
    if (Date.now() + delaySeconds * 1000 >= parsed.job.expiresAt) return finish(parsed, 'expired')
    counts.retried++
    parsed.message.retry({ delaySeconds })
  }

  async function deliver(parsed: Parsed): Promise<void> {
    const { job } = parsed
    const ttlSeconds = Math.floor((job.expiresAt - Date.now()) / 1000)
    if (ttlSeconds <= 0) return finish(parsed, 'expired')
    const service = serviceOf(providers, job)
    const silent = silences.get(service) ?? 0
    if (silent >= SILENT_SERVICE) return later(parsed, null)
    // Its notification may have been taken back, or its text deleted, while this waited for the service.
    const hasWaited = parsed.message.attempts > 1
    if (hasWaited && job.kind === 'show' && (await isOver(job))) return finish(parsed, 'read')
    const outcome = await sendJob(providers, job, ttlSeconds)
    switch (outcome.kind) {
      case 'sent':
      case 'skipped':
        return finish(parsed, outcome.kind)
      case 'gone':
        await dropAddress(job)
        return finish(parsed, 'gone')
      case 'retry':
        if (outcome.silent) silences.set(service, (silences.get(service) ?? 0) + 1)
        return later(parsed, outcome.after)
      case 'refused':
        console.error(`push refused by ${service}: ${outcome.status ?? 'not asked'}`)
        return finish(parsed, 'refused')
    }
  }

  const parsed = messages.flatMap((message): Parsed[] => {
    const job = pushJobSchema.safeParse(message.body)
    if (job.success) return [{ message, job: job.data }]
    console.error('push job not understood')
    counts.invalid++
    message.ack()
    return []
  })
  const newest = newestOfEach(parsed, ({ job }) => job)
  for (const one of parsed) if (!newest.has(one)) finish(one, 'replaced')
  const waiting = newest.values()
  const lane = async (): Promise<void> => {
    for (const one of waiting) {
      try {
        await deliver(one)
      } catch (error) {
        // Ours, or the user object did not answer: the service says the same again next time.
        logFault('push', error)
        later(one, null)
      }
    }
  }
  await Promise.all(Array.from({ length: CONCURRENT }, lane))
  return counts
}

function serviceOf(providers: PushProviders, { address }: PushJob): string {
  switch (address.kind) {
    case 'webpush':
      return providers.webpush?.serviceOf(address) ?? address.kind
    case 'fcm':
      return providers.fcm?.serviceOf(address) ?? address.kind
  }
}

async function sendJob(providers: PushProviders, job: PushJob, ttl: number): Promise<Outcome> {
  const { address } = job
  switch (address.kind) {
    case 'webpush':
      return (await providers.webpush?.send(address, job, ttl)) ?? { kind: 'skipped' }
    case 'fcm':
      return (await providers.fcm?.send(address, job, ttl)) ?? { kind: 'skipped' }
  }
}
