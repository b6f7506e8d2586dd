import * as z from 'zod'
import type { PushAddress, PushJob, PushPayload } from '../../protocol/push.ts'
import { cutText } from '../../protocol/text.ts'
import { GoogleTokens, type ServiceAccount } from './google-token.ts'
import { payloadOf } from './payload.ts'
import type { Outcome, PushProvider } from './provider.ts'
import { retryAfterSeconds } from './retry-after.ts'
import { pushTopic } from './topic.ts'

export interface FcmSettings {
  account: ServiceAccount
  /** Keys what one push is replaced by another by. */
  topicKey: string
}

const SERVICE = 'https://fcm.googleapis.com'
const TIMEOUT_MS = 10_000
/** FCM takes 4,096 bytes, as APNs does, which get title and body twice: as data and as an alert. */
const MAX_BODY_LENGTH = 200

type Address = Extract<PushAddress, { kind: 'fcm' }>

/** What FCM says of a failure, as far as it counts here. */
const errorSchema = z.object({
  error: z.object({
    details: z
      .array(
        z.looseObject({
          errorCode: z.string().optional().catch(undefined),
          fieldViolations: z
            .array(z.looseObject({ field: z.string().optional() }))
            .optional()
            .catch(undefined),
        }),
      )
      .default([]),
  }),
})

/**
 * Firebase Cloud Messaging, HTTP v1, for apps on Android and, by way of APNs, on iOS. Unlike Web Push it is not
 * encrypted for the device: Google, and Apple, can read what a push says.
 */
export function fcm(
  { account, topicKey }: FcmSettings,
  { send, timeoutMs, service }: { send: typeof fetch; timeoutMs: number; service: string } = {
    send: (input, init) => fetch(input, init),
    timeoutMs: TIMEOUT_MS,
    service: SERVICE,
  },
): PushProvider<Address> {
  const tokens = new GoogleTokens(account, send, timeoutMs)
  const url = `${service}/v1/projects/${account.project_id}/messages:send`

  async function post(token: string, message: object): Promise<Response | null> {
    try {
      return await send(url, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ message }),
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
      })
    } catch {
      // It is away, hangs, or hung up; whether it has the push is not known.
      return null
    }
  }

  return {
    serviceOf: () => new URL(service).host,

    async send({ token }, job, ttlSeconds) {
      const message = messageOf(token, job, pushTopic(topicKey, job), ttlSeconds)
      // A token that is not taken may have been revoked: once more with a new one.
      for (const isLast of [false, true]) {
        const access = await tokens.get()
        if (!access.ok) {
          if (access.reason === 'refused') return { kind: 'refused', status: null }
          return { kind: 'retry', after: null, silent: true }
        }
        const answer = await post(access.token, message)
        if (answer?.status !== 401 || isLast) return await outcomeOf(answer)
        await answer.body?.cancel()
        tokens.forget(access.token)
      }
      return { kind: 'refused', status: 401 }
    },
  }
}

function messageOf(token: string, job: PushJob, topic: string, ttlSeconds: number): object {
  const payload = shortened(payloadOf(job))
  const isShow = payload.kind === 'show'
  return {
    token,
    // One field, the same JSON that a service worker gets: an app has one thing to understand.
    data: { payload: JSON.stringify(payload) },
    android: { priority: isShow ? 'HIGH' : 'NORMAL', ttl: `${ttlSeconds}s`, collapse_key: topic },
    apns: {
      headers: {
        'apns-push-type': isShow ? 'alert' : 'background',
        'apns-priority': isShow ? '10' : '5',
        'apns-expiration': String(Math.floor(Date.now() / 1000) + ttlSeconds),
        'apns-collapse-id': topic,
      },
      payload: { aps: apsOf(payload) },
    },
  }
}

function shortened(payload: PushPayload): PushPayload {
  if (payload.kind === 'clear' || payload.body === null) return payload
  return { ...payload, body: cutText(payload.body, MAX_BODY_LENGTH) }
}

function apsOf(payload: PushPayload): object {
  if (payload.kind === 'clear') return { 'content-available': 1, badge: payload.unread }
  const { title, body, channelId, unread } = payload
  return {
    alert: body === null ? { title } : { title, body },
    badge: unread,
    sound: 'default',
    'thread-id': channelId,
    'mutable-content': 1,
  }
}

async function outcomeOf(answer: Response | null): Promise<Outcome> {
  if (answer === null) return { kind: 'retry', after: null, silent: true }
  const { status } = answer
  if (answer.ok || status === 429 || status >= 500) {
    await answer.body?.cancel()
    if (answer.ok) return { kind: 'sent' }
    const after = retryAfterSeconds(answer.headers, Date.now())
    return { kind: 'retry', after, silent: false }
  }
  return (await isGone(answer)) ? { kind: 'gone' } : { kind: 'refused', status }
}

/** Whether it is the token that is wrong: uninstalled, of another sender, or no token at all. */
async function isGone(answer: Response): Promise<boolean> {
  try {
    const { error } = errorSchema.parse(await answer.json())
    return error.details.some(
      ({ errorCode, fieldViolations }) =>
        errorCode === 'UNREGISTERED' ||
        errorCode === 'SENDER_ID_MISMATCH' ||
        fieldViolations?.some(({ field }) => field === 'message.token') === true,
    )
  } catch {
    // Not an answer of FCM's.
    return false
  }
}
