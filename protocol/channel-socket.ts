import * as z from 'zod'
import { channelSchema, messageSchema } from './objects.ts'
import { clientIdSchema, idSchema, messageIdSchema, textSchema, versionSchema } from './schemas.ts'
import {
  byeFrameSchema,
  errorFrameSchema,
  okFrameSchema,
  receiptFrameSchema,
  refSchema,
} from './user-socket.ts'

/** Frames of the channel socket, `GET /v1/channels/:id/ws?after=V`: one open conversation. */

const ref = refSchema.nullish()

/** What a device may send. The channel is the one the socket is of. */
export const channelDeviceFrameSchema = z.discriminatedUnion('t', [
  z.object({
    t: z.literal('send'),
    ref,
    clientId: clientIdSchema,
    text: textSchema,
    replyTo: messageIdSchema.nullish(),
  }),
  z.object({ t: z.literal('read'), ref, messageId: messageIdSchema }),
  z.object({ t: z.literal('typing'), ref }),
  z.object({ t: z.literal('cursor'), ref, version: versionSchema }),
])
export type ChannelDeviceFrame = z.infer<typeof channelDeviceFrameSchema>

export const channelHelloSchema = z.object({
  t: z.literal('hello'),
  channel: channelSchema,
  version: versionSchema.describe("the channel's newest version"),
  reset: z.boolean().describe('what is held of the channel is too old to be continued'),
})

/** Rows in order of version; only its `version` moves the `after` that a client comes back with. */
export const messagesFrameSchema = z.object({
  t: z.literal('messages'),
  channelId: idSchema,
  messages: z.array(messageSchema),
  version: versionSchema,
  more: z.boolean(),
})

export const typingFrameSchema = z.object({
  t: z.literal('typing'),
  channelId: idSchema,
  userId: idSchema,
})

/** What the server may send. A client ignores a frame that is none of these. */
export const channelServerFrameSchema = z.discriminatedUnion('t', [
  channelHelloSchema,
  messagesFrameSchema,
  typingFrameSchema,
  receiptFrameSchema,
  okFrameSchema,
  errorFrameSchema,
  byeFrameSchema,
])
export type ChannelServerFrame = z.infer<typeof channelServerFrameSchema>
