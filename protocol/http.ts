import * as z from 'zod'
import {
  DEFAULT_PAGE_SIZE,
  MAX_INVITE_USES,
  MAX_PAGE_SIZE,
  MAX_PASSWORD_LENGTH,
  MAX_SYNC_WAIT_SECONDS,
  MAX_USER_IDS_IN_REQUEST,
  MAX_WATCHED,
} from './limits.ts'
import {
  channelSchema,
  contactSchema,
  deviceSchema,
  inviteSchema,
  messageSchema,
  notifySchema,
  presenceSchema,
  quietHoursSchema,
  roleSchema,
  settingsSchema,
  userSchema,
} from './objects.ts'
import {
  bioSchema,
  clientIdSchema,
  handleSchema,
  idSchema,
  imageUrlSchema,
  messageIdSchema,
  nameSchema,
  newHandleSchema,
  queryInt,
  textSchema,
  timeSchema,
  titleSchema,
} from './schemas.ts'

/** Bodies, queries and answers of `/v1`; the same schemas validate, describe and type them. */

const limit = queryInt(z.int().min(1).max(MAX_PAGE_SIZE))
  .optional()
  .transform((value) => value ?? DEFAULT_PAGE_SIZE)

export const pageQuerySchema = z.object({
  before: z.string().max(256).optional().describe("the last answer's `next`"),
  limit,
})

export const discoverSchema = z
  .object({
    endpoints: z
      .array(z.object({ url: z.url(), region: z.string() }))
      .describe('nearest first, draining ones last'),
    heartbeatSeconds: z.number(),
    offlineAfterSeconds: z.number(),
    maxTextLength: z.int(),
    maxGroupMembers: z.int(),
    protocol: z.int(),
    limits: z.record(z.string(), z.number()),
    pushPublicKey: z.string().nullable(),
    colo: z.string().nullable().describe('where the caller was seen'),
    serverTime: timeSchema,
  })
  .meta({ id: 'Discover' })
export type Discover = z.infer<typeof discoverSchema>

export const ticketSchema = z
  .object({ ticket: z.string(), expiresAt: timeSchema })
  .meta({ id: 'Ticket' })

/** A handle as people type it. */
const typedHandle = z
  .string()
  .max(64)
  .transform((text) => text.trim().replace(/^@/, '').toLowerCase())

export const usersQuerySchema = z
  .object({
    handle: typedHandle
      .pipe(handleSchema)
      .optional()
      .describe('exact; an upper-case letter counts as its lower-case one'),
    prefix: typedHandle
      .pipe(z.string().regex(/^[a-z0-9_]{2,24}$/, 'two characters of a handle, or more'))
      .optional()
      .describe('how the handle begins'),
  })
  .refine(
    ({ handle, prefix }) => (handle === undefined) !== (prefix === undefined),
    'one of handle and prefix',
  )
export const usersSchema = z.object({ users: z.array(userSchema) }).meta({ id: 'Users' })

export const patchMeSchema = z
  .object({
    name: nameSchema.optional(),
    handle: z
      .string()
      .max(64)
      .transform((text) => text.toLowerCase())
      .pipe(newHandleSchema)
      .optional(),
    bio: bioSchema.nullable().optional(),
    image: imageUrlSchema.nullable().optional(),
  })
  .meta({ id: 'PatchMe' })
export type PatchMe = z.infer<typeof patchMeSchema>

export const confirmPasswordSchema = z
  .object({ password: z.string().min(1).max(MAX_PASSWORD_LENGTH) })
  .meta({ id: 'ConfirmPassword' })

export const deleteMeSchema = z
  .object({ password: z.string().min(1).max(MAX_PASSWORD_LENGTH) })
  .meta({ id: 'DeleteMe' })

export const contactsSchema = z
  .object({ contacts: z.array(contactSchema), next: z.string().nullable() })
  .meta({ id: 'Contacts' })
export const contactAnswerSchema = z
  .object({ contact: contactSchema })
  .meta({ id: 'ContactAnswer' })

/** Checked where it is set only: what devices know of time zones differs. */
const newQuietHoursSchema = quietHoursSchema
  .refine(({ timeZone }) => isTimeZone(timeZone), 'not a time zone')
  .refine(({ from, to }) => from !== to, 'from and to are the same')

function isTimeZone(name: string): boolean {
  // An offset such as +02:00 is none: it would not follow the clocks when they change.
  if (!/^[A-Za-z]/.test(name)) return false
  try {
    return Intl.DateTimeFormat('en', { timeZone: name }) instanceof Intl.DateTimeFormat
  } catch {
    // A RangeError: there is no such zone.
    return false
  }
}

export const patchSettingsSchema = settingsSchema
  .extend({ quietHours: newQuietHoursSchema.nullable() })
  .partial()
  .meta({ id: 'PatchSettings' })
export type PatchSettings = z.infer<typeof patchSettingsSchema>

export const presenceQuerySchema = z.object({
  userIds: z
    .string()
    .transform((text) => [...new Set(text.split(',').filter((id) => id !== ''))])
    .pipe(z.array(idSchema).max(MAX_WATCHED))
    .describe('with commas between them'),
})
export const presenceAnswerSchema = z
  .object({ presence: z.array(presenceSchema) })
  .meta({ id: 'PresenceAnswer' })

export const devicesSchema = z.object({ devices: z.array(deviceSchema) }).meta({ id: 'Devices' })

export const createChannelSchema = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('dm'), userId: idSchema }),
    z.object({
      kind: z.literal('group'),
      title: titleSchema,
      userIds: z.array(idSchema).max(MAX_USER_IDS_IN_REQUEST),
      clientId: clientIdSchema,
    }),
  ])
  .meta({ id: 'CreateChannel' })
export type CreateChannel = z.infer<typeof createChannelSchema>

export const channelAnswerSchema = z
  .object({ channel: channelSchema })
  .meta({ id: 'ChannelAnswer' })
export const channelsSchema = z
  .object({ channels: z.array(channelSchema), next: z.string().nullable() })
  .meta({ id: 'Channels' })
export type Channels = z.infer<typeof channelsSchema>

export const patchChannelSchema = z.object({ title: titleSchema.optional() })
export const channelSettingsSchema = z
  .object({
    notify: notifySchema.optional(),
    hidden: z.boolean().optional().describe('true hides the chat until its next message'),
    markedUnread: z.boolean().optional().describe('reading takes it back'),
  })
  .meta({ id: 'ChannelSettings', description: 'Mine alone; what is absent stays as it is' })
export type ChannelSettings = z.infer<typeof channelSettingsSchema>

export const createInviteSchema = z
  .object({
    maxUses: z.int().min(1).max(MAX_INVITE_USES).nullish().describe('null: no limit'),
    expiresAt: timeSchema.nullish().describe('null: it counts until it is revoked'),
  })
  .meta({ id: 'CreateInvite' })
export type CreateInvite = z.infer<typeof createInviteSchema>
export const inviteAnswerSchema = z.object({ invite: inviteSchema }).meta({ id: 'InviteAnswer' })
export const invitesSchema = z.object({ invites: z.array(inviteSchema) }).meta({ id: 'Invites' })

export const putMemberSchema = z.object({ role: roleSchema.optional() })

export const sendBodySchema = z
  .object({ clientId: clientIdSchema, text: textSchema, replyTo: messageIdSchema.nullish() })
  .meta({ id: 'Send' })
export const editBodySchema = z.object({ text: textSchema }).meta({ id: 'Edit' })
export const messageAnswerSchema = z
  .object({ message: messageSchema })
  .meta({ id: 'MessageAnswer' })

export const historyQuerySchema = z
  .object({
    before: queryInt(messageIdSchema).optional(),
    after: queryInt(z.int().min(0)).optional(),
    around: queryInt(messageIdSchema).optional(),
    at: queryInt(timeSchema)
      .optional()
      .describe('around the first message sent at this time or later, else the newest'),
    limit,
  })
  .refine(
    ({ before, after, around, at }) =>
      [before, after, around, at].filter((b) => b !== undefined).length <= 1,
    'at most one of before, after, around and at',
  )
export type HistoryQuery = z.infer<typeof historyQuerySchema>
export const historySchema = z
  .object({
    messages: z.array(messageSchema),
    hasMoreBefore: z.boolean(),
    hasMoreAfter: z.boolean(),
  })
  .meta({ id: 'History' })
export type History = z.infer<typeof historySchema>

export const readBodySchema = z.object({ messageId: messageIdSchema })

export const syncQuerySchema = z.object({
  cursor: queryInt(z.int())
    .optional()
    .transform((value) => value ?? 0),
  wait: queryInt(z.int().min(0).max(MAX_SYNC_WAIT_SECONDS))
    .optional()
    .transform((value) => value ?? 0),
})

export const healthSchema = z
  .object({ ok: z.literal(true), versions: z.record(z.string(), z.string()) })
  .meta({ id: 'Health' })
