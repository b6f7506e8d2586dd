import * as z from 'zod'
import { cutGraphemes } from '../../protocol/graphemes.ts'
import type { PushAddress, PushJob, PushPayload } from '../../protocol/push.ts'
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
/** What Google asks for where it is busy and names no time itself. */
const BUSY_SECONDS = 60
/** FCM takes 4,096 bytes, as APNs does, which get title and body twice: as data and as an alert. */
const MAX_BODY_LENGTH = 200

type Address = Extract<PushAddress, { kind: 'fcm' }>

/** What FCM says of a failure, as far as it counts here. */
const errorSchema = z.object({
  error: z.object({
    message: z.string().catch(''),
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
      const message = messageOf(
        token,
        job,
        pushTopic(topicKey, { ...job, sinceMessageId: null }),
        ttlSeconds,
      )
      // A token that is not taken may have been revoked: once more with a new one.
      for (const isLast of [false, true]) {
        const access = await tokens.get()
        if (!access.ok) {
          if (access.reason === 'away') return { kind: 'retry', after: access.after, silent: true }
          console.error(`no access token for FCM: ${access.status}`)
          return { kind: 'refused', status: null }
        }
        const answer = await post(access.token, message)
        if (answer === null) return { kind: 'retry', after: null, silent: true }
        const failure = answer.status < 500 && !answer.ok ? await failureOf(answer) : null
        if (failure === null) await answer.body?.cancel()
        const isOurToken = answer.status === 401 && !failure?.codes.includes(APNS_KEY_MISSING)
        if (!isOurToken || isLast) return outcomeOf(answer, failure)
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
    // No collapse key: FCM keeps pushes of four of them, and a fifth channel's would be lost. The app replaces.
    android: { priority: isShow ? 'HIGH' : 'NORMAL', ttl: `${ttlSeconds}s` },
    apns: {
      headers: {
        'apns-push-type': isShow ? 'alert' : 'background',
        'apns-priority': isShow ? '10' : '5',
        'apns-expiration': String(Math.floor(Date.now() / 1000) + ttlSeconds),
        // Replaces what is shown, too. Nothing is shown by what takes back, which so replaces nothing.
        ...(isShow && { 'apns-collapse-id': topic }),
      },
      payload: { aps: apsOf(payload) },
    },
  }
}

function shortened(payload: PushPayload): PushPayload {
  if (payload.kind === 'clear' || payload.body === null) return payload
  return { ...payload, body: cutGraphemes(payload.body, MAX_BODY_LENGTH) }
}

function apsOf(payload: PushPayload): object {
  if (payload.kind === 'clear') return { 'content-available': 1, badge: payload.unread }
  const { title, body, channelId, unread, replaces } = payload
  return {
    alert: body === null ? { title } : { title, body },
    badge: unread,
    ...(replaces === null ? { sound: 'default' } : { 'interruption-level': 'passive' }),
    'thread-id': channelId,
    'mutable-content': 1,
  }
}

/** What counts of an answer that is a refusal. */
interface Failure {
  codes: (string | undefined)[]
  /** It is the device's token that is wrong. */
  isToken: boolean
}

/** Answered with 401, though our own token is good: it is Apple that the operator's project has no key for. */
const APNS_KEY_MISSING = 'THIRD_PARTY_AUTH_ERROR'

async function failureOf(answer: Response): Promise<Failure> {
  try {
    const { error } = errorSchema.parse(await answer.json())
    const isField = error.details.some(({ fieldViolations }) =>
      fieldViolations?.some(({ field }) => field === 'message.token'),
    )
    const codes = error.details.map(({ errorCode }) => errorCode)
    // Of a token that is none, some answers name the field and others only say so.
    const isSaid = codes.includes('INVALID_ARGUMENT') && /registration token/i.test(error.message)
    return { codes, isToken: isField || isSaid }
  } catch {
    // Not an answer of FCM's.
    return { codes: [], isToken: false }
  }
}

/**
 * A device is gone when it was uninstalled, or never was one. A token of another project (SENDER_ID_MISMATCH)
 * is refused only: with a wrong key file all of them are, and none may be lost by that.
 */
function outcomeOf({ ok, status, headers }: Response, failure: Failure | null): Outcome {
  if (ok) return { kind: 'sent' }
  if (status === 429 || status >= 500) {
    const after = retryAfterSeconds(headers, Date.now())
    return { kind: 'retry', after: after ?? (status === 429 ? BUSY_SECONDS : null), silent: false }
  }
  const isGone = failure?.isToken || failure?.codes.includes('UNREGISTERED')
  return isGone ? { kind: 'gone' } : { kind: 'refused', status }
}
