import { encryptNotification } from '@block65/webcrypto-web-push'
import type { PushAddress, PushJob, WebPushSubscription } from '../../protocol/push.ts'
import { isPushEndpoint, type PushHosts } from './endpoints.ts'
import { encodePayload, payloadOf, shortenPayload } from './payload.ts'
import type { Outcome, PushProvider } from './provider.ts'
import { retryAfterSeconds } from './retry-after.ts'
import { pushTopic } from './topic.ts'
import { vapidSigner, type VapidKeys } from './vapid.ts'

export interface WebPushSettings {
  vapid: VapidKeys
  hosts: PushHosts
  /** Keys the topics. */
  topicKey: string
}

/** A push service answers within a second; one that takes longer is tried again later. */
const TIMEOUT_MS = 10_000

type Address = Extract<PushAddress, { kind: 'webpush' }>

/** Web Push (RFC 8030), encrypted for the device alone (RFC 8291) and signed by us (RFC 8292). */
export function webPush(
  { vapid, hosts, topicKey }: WebPushSettings,
  { send, timeoutMs }: { send: typeof fetch; timeoutMs: number } = {
    send: (input, init) => fetch(input, init),
    timeoutMs: TIMEOUT_MS,
  },
): PushProvider<Address> {
  const authorize = vapidSigner(vapid)
  const encoder = new TextEncoder()

  /** Posts one payload; null if there was no answer. */
  async function post(
    subscription: WebPushSubscription,
    job: PushJob,
    payload: string,
    ttlSeconds: number,
  ): Promise<Response | null> {
    const { endpoint, keys } = subscription
    const target = { endpoint, keys, expirationTime: null }
    const body = await encryptNotification(target, encoder.encode(payload), { pad: false })
    const headers = {
      authorization: await authorize(endpoint),
      'content-encoding': 'aes128gcm',
      'content-type': 'application/octet-stream',
      topic: pushTopic(topicKey, job),
      ttl: String(ttlSeconds),
      urgency: job.kind === 'show' ? 'high' : 'normal',
    }
    try {
      const answer = await send(endpoint, {
        method: 'POST',
        headers,
        body,
        // A push service may not send us on to somebody else.
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
      })
      await answer.body?.cancel()
      return answer
    } catch {
      // It is away, hangs, or hung up; whether it has the push is not known.
      return null
    }
  }

  return {
    serviceOf: ({ subscription }) => new URL(subscription.endpoint).host,

    async send({ subscription }, job, ttlSeconds) {
      if (!isPushEndpoint(hosts, subscription.endpoint)) return { kind: 'refused', status: null }
      if (job.kind === 'clear' && !mayBeSilent(subscription)) return { kind: 'skipped' }
      if (!(await isUsable(subscription))) return { kind: 'gone' }
      const payload = payloadOf(job)
      const encoded = encodePayload(payload)
      const answer = await post(subscription, job, encoded, ttlSeconds)
      if (answer?.status !== 413) return outcomeOf(answer)
      const shorter = shortenPayload(payload, encoded)
      return outcomeOf(await post(subscription, job, shorter, ttlSeconds))
    },
  }
}

function outcomeOf(answer: Response | null): Outcome {
  if (answer === null) return { kind: 'retry', after: null, silent: true }
  const { status } = answer
  if (answer.ok) return { kind: 'sent' }
  if (status === 404 || status === 410) return { kind: 'gone' }
  if (status === 408 || status === 429 || status >= 500) {
    const after = retryAfterSeconds(answer.headers, Date.now())
    return { kind: 'retry', after, silent: false }
  }
  return { kind: 'refused', status }
}

/** Safari takes the permission away from whoever sends a push that shows nothing. */
function mayBeSilent({ endpoint }: WebPushSubscription): boolean {
  return !new URL(endpoint).hostname.endsWith('.push.apple.com')
}

/** Whether its key is a point of the curve: with another one nothing can ever be encrypted. */
async function isUsable({ keys }: WebPushSubscription): Promise<boolean> {
  const point = Buffer.from(keys.p256dh, 'base64url')
  try {
    await crypto.subtle.importKey('raw', point, { name: 'ECDH', namedCurve: 'P-256' }, false, [])
    return true
  } catch {
    // Not a point of P-256.
    return false
  }
}
