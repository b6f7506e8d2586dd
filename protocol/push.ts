import * as z from 'zod'
import {
  MAX_PUSH_BODY_LENGTH,
  MAX_PUSH_ENDPOINT_LENGTH,
  MAX_PUSH_LIFETIME_MS,
  MAX_PUSH_TITLE_LENGTH,
  MAX_PUSH_TOKEN_LENGTH,
  MAX_UNREAD,
} from './limits.ts'
import { idSchema, messageIdSchema, timeSchema } from './schemas.ts'
import { countCodePoints } from './text.ts'

/**
 * Push notifications: the address that a device registers, the job that a user object puts on the queue,
 * and what the service worker gets in the end.
 */

/** Where a browser can be reached: `PushSubscription.toJSON()`, of which the rest is ignored. */
export const webPushSubscriptionSchema = z
  .object({
    endpoint: z.url().max(MAX_PUSH_ENDPOINT_LENGTH).describe('https, at a push service'),
    keys: z.object({
      p256dh: z
        .string()
        .regex(/^B[A-Za-z0-9_-]{86}=?$/, 'an uncompressed point of P-256 in base64url, 65 bytes'),
      auth: z.string().regex(/^[A-Za-z0-9_-]{22}(==)?$/, '16 bytes in base64url'),
    }),
  })
  .meta({ id: 'WebPushSubscription' })
export type WebPushSubscription = z.infer<typeof webPushSubscriptionSchema>

/** The body of `PUT` and `DELETE /v1/push`: the address of the device that calls. */
export const pushAddressSchema = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('webpush'), subscription: webPushSubscriptionSchema }),
    z.object({
      kind: z.literal('fcm'),
      token: z
        .string()
        .regex(/^[A-Za-z0-9_:-]+$/, 'a registration token')
        .max(MAX_PUSH_TOKEN_LENGTH),
    }),
  ])
  .meta({ id: 'PushAddress' })
export type PushAddress = z.infer<typeof pushAddressSchema>

/** What names an address where it is stored, and where it is to be removed. */
export function addressKey(address: PushAddress): string {
  return address.kind === 'webpush' ? address.subscription.endpoint : address.token
}

function shortText(max: number) {
  return z
    .string()
    .refine((text) => text.isWellFormed(), 'lone surrogate')
    .refine((text) => countCodePoints(text, max) <= max, `at most ${max} characters`)
}

const unreadSchema = z.int().min(0).max(MAX_UNREAD)

const showFields = {
  kind: z.literal('show'),
  /** Of the newest message that the notification is about. */
  messageId: messageIdSchema,
  /** Who wrote it and where. */
  title: shortText(MAX_PUSH_TITLE_LENGTH),
  /** The beginning of its text; null where none may be shown. */
  body: shortText(MAX_PUSH_BODY_LENGTH).nullable(),
  /** How many messages of this channel the notification stands for. */
  count: z.int().min(1).max(MAX_UNREAD),
  /**
   * The message up to which devices were told what this puts right, since it was deleted or edited: it takes the
   * place of that without a sound. Null for news.
   */
  replaces: messageIdSchema.nullable().default(null),
}

const clearFields = {
  kind: z.literal('clear'),
  /** Up to which message there is nothing to be told of any more: read, deleted, or no longer a member's. */
  messageId: messageIdSchema,
}

/** One notification for one device, as the user object puts it on the queue. */
const jobFields = {
  userId: idSchema,
  deviceId: idSchema,
  address: pushAddressSchema,
  channelId: idSchema,
  /** The first message of the notification that this belongs to; null in jobs from before there was this. */
  sinceMessageId: messageIdSchema.nullable().default(null),
  /** Unread messages of all channels together, for the badge. */
  unread: unreadSchema,
  createdAt: timeSchema,
  /** What is not delivered by then is dropped, here and at the push service. */
  expiresAt: timeSchema,
}

export const pushJobSchema = z
  .discriminatedUnion('kind', [
    z.object({ ...jobFields, ...showFields }),
    z.object({ ...jobFields, ...clearFields }),
  ])
  .refine(
    ({ createdAt, expiresAt }) => expiresAt - createdAt <= MAX_PUSH_LIFETIME_MS,
    'expires too late',
  )
export type PushJob = z.infer<typeof pushJobSchema>

/**
 * What a device gets, encrypted for it alone. `userId` says whose it is, should somebody else be logged in
 * by now. `channelId` is the tag: what comes later for the same channel takes its place.
 */
const payloadFields = {
  userId: idSchema,
  channelId: idSchema,
  unread: unreadSchema,
  createdAt: timeSchema,
}

export const pushPayloadSchema = z.discriminatedUnion('kind', [
  z.object({ ...payloadFields, ...showFields }),
  z.object({ ...payloadFields, ...clearFields }),
])
export type PushPayload = z.infer<typeof pushPayloadSchema>
