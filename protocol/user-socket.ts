import * as z from 'zod'
import { errorCodeSchema } from './errors.ts'
import { MAX_WATCHED } from './limits.ts'
import { channelSchema, contactSchema, messageSchema, presenceSchema } from './objects.ts'
import { clientIdSchema, idSchema, messageIdSchema, textSchema } from './schemas.ts'

/** Frames of the user socket, `GET /v1/ws?cursor=N`. Unknown fields are ignored. */

/** Heartbeats are bare texts, answered by the runtime without waking the object. */
export const PING = 'ping'
export const PONG = 'pong'

export const refSchema = z.union([z.string(), z.number()])
export type Ref = z.infer<typeof refSchema>

const ref = refSchema.nullish()

export const sendFrameSchema = z.object({
  t: z.literal('send'),
  ref,
  channelId: idSchema,
  clientId: clientIdSchema,
  text: textSchema,
  replyTo: messageIdSchema.nullish(),
})
export const readFrameSchema = z.object({
  t: z.literal('read'),
  ref,
  channelId: idSchema,
  messageId: messageIdSchema,
})
export const cursorFrameSchema = z.object({
  t: z.literal('cursor'),
  ref,
  cursor: z.int(),
})
/** Who is on screen: replaces the last list of this socket. */
export const watchFrameSchema = z.object({
  t: z.literal('watch'),
  ref,
  userIds: z.array(idSchema).max(MAX_WATCHED),
})

/** Somebody looks at the device, or not any more; a new socket counts as looked at. Decides about pushes. */
export const activeFrameSchema = z.object({
  t: z.literal('active'),
  ref,
  on: z.boolean(),
})

/** What a device may send. */
export const deviceFrameSchema = z.discriminatedUnion('t', [
  sendFrameSchema,
  readFrameSchema,
  cursorFrameSchema,
  watchFrameSchema,
  activeFrameSchema,
])
export type DeviceFrame = z.infer<typeof deviceFrameSchema>
export type SendFrame = z.infer<typeof sendFrameSchema>

/** Everything that changed above a cursor; also the body of `GET /v1/sync`. */
export const syncFrameSchema = z
  .object({
    t: z.literal('sync'),
    cursor: z.int(),
    messages: z.array(messageSchema),
    channels: z.array(channelSchema),
    contacts: z.array(contactSchema),
    reset: z.boolean(),
    more: z.boolean(),
  })
  .meta({ id: 'Sync' })
export type SyncFrame = z.infer<typeof syncFrameSchema>

export const userHelloSchema = z.object({
  t: z.literal('hello'),
  protocol: z.int(),
  userId: idSchema,
  deviceId: idSchema,
  heartbeatSeconds: z.number(),
  offlineAfterSeconds: z.number(),
  maxTextLength: z.int(),
})

export const okFrameSchema = z.object({
  t: z.literal('ok'),
  ref: refSchema,
  message: messageSchema.optional().describe('answers `send`'),
})
export type OkFrame = z.infer<typeof okFrameSchema>

export const errorFrameSchema = z.object({
  t: z.literal('error'),
  ref: refSchema.nullable(),
  code: errorCodeSchema,
  detail: z.string(),
  retryAfter: z.number().nullable(),
})
export type ErrorFrame = z.infer<typeof errorFrameSchema>

export const byeFrameSchema = z.object({
  t: z.literal('bye'),
  reason: z.string(),
  retryAfter: z.number().nullable(),
})

export const presenceFrameSchema = z.object({
  t: z.literal('presence'),
  ...presenceSchema.shape,
})

export const receiptFrameSchema = z.object({
  t: z.literal('receipt'),
  channelId: idSchema,
  userId: idSchema,
  readMessageId: z.int(),
  deliveredMessageId: z.int().nullable(),
})

/** What the server may send. A client ignores a frame that is none of these. */
export const serverFrameSchema = z.discriminatedUnion('t', [
  userHelloSchema,
  syncFrameSchema,
  okFrameSchema,
  errorFrameSchema,
  byeFrameSchema,
  presenceFrameSchema,
  receiptFrameSchema,
])
export type ServerFrame = z.infer<typeof serverFrameSchema>
