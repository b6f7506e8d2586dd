import * as z from 'zod'
import {
  deviceFrameSchema,
  okFrameSchema,
  presenceFrameSchema,
  receiptFrameSchema,
  syncFrameSchema,
  userHelloSchema,
} from '../../protocol/user-socket.ts'
import { storedErrorSchema } from '../saved-state.ts'

/**
 * What the windows of one browser tell each other. One of them leads: it has the connection. A `term` is one
 * window's time as the leader; what belongs to another term is not listened to. `window` says who asks, `to` for whom
 * something is, or null for all.
 */

const window = z.string()
const term = z.string()
const to = z.string()

export const windowMessageSchema = z.discriminatedUnion('t', [
  // Of whoever follows.
  z.object({ t: z.literal('join'), window }),
  z.object({
    t: z.literal('ask'),
    window,
    term,
    /** Null if no answer is wanted. */
    ref: z.int().nullable(),
    frame: deviceFrameSchema,
  }),
  z.object({ t: z.literal('nudge'), window, term, how: z.enum(['beat', 'wake', 'check']) }),

  // Of the leader.
  z.object({ t: z.literal('lead'), term, to: to.nullable() }),
  z.object({
    t: z.literal('state'),
    term,
    to: to.nullable(),
    state: z.enum(['connecting', 'online']),
    hasSocket: z.boolean(),
    /** Whether somebody looks at the leader's window. */
    active: z.boolean(),
    userId: z.string().nullable(),
    hello: userHelloSchema.nullable(),
    /** How far the leader has got: all frames after this message go on from there. */
    cursor: z.int(),
  }),
  z.object({
    t: z.literal('frame'),
    term,
    /** How far the leader had got before it. */
    from: z.int(),
    frame: z.discriminatedUnion('t', [syncFrameSchema, presenceFrameSchema, receiptFrameSchema]),
  }),
  z.object({
    t: z.literal('answer'),
    term,
    to,
    ref: z.int(),
    ok: okFrameSchema.nullable(),
    error: storedErrorSchema.nullable(),
  }),
  z.object({
    t: z.literal('here'),
    term,
    to,
    /** How far the leader has got, all of which it has told. */
    cursor: z.int(),
  }),
  z.object({ t: z.literal('ended'), term, reason: z.enum(['unauthenticated', 'outdated']) }),
])

export type WindowMessage = z.infer<typeof windowMessageSchema>
export type MessageOf<T extends WindowMessage['t']> = Extract<WindowMessage, { t: T }>
