import * as z from 'zod'
import { MAX_TIME_ZONE_LENGTH } from './limits.ts'
import { idSchema, messageIdSchema, timeSchema, versionSchema } from './schemas.ts'

/** The objects of the contract as they travel: no field is ever absent, what has no value is null. */

export const systemSchema = z
  .object({
    action: z.enum(['created', 'added', 'joined', 'left', 'removed', 'renamed', 'role']),
    userId: idSchema.nullable().describe('whom it happened to'),
    title: z.string().nullable(),
  })
  .meta({ id: 'System' })
export type System = z.infer<typeof systemSchema>

export const messageSchema = z
  .object({
    channelId: idSchema,
    messageId: messageIdSchema,
    version: versionSchema,
    userId: idSchema,
    clientId: z.string().nullable(),
    kind: z.enum(['text', 'system']),
    text: z.string(),
    system: systemSchema.nullable(),
    replyTo: messageIdSchema.nullable(),
    mentions: z.array(idSchema),
    reactions: z.record(z.string(), z.array(idSchema)),
    createdAt: timeSchema,
    editedAt: timeSchema.nullable(),
    deletedAt: timeSchema.nullable(),
  })
  .meta({ id: 'Message' })
export type Message = z.infer<typeof messageSchema>

export const roleSchema = z.enum(['owner', 'admin', 'member'])
export type Role = z.infer<typeof roleSchema>

export const notifySchema = z.enum(['all', 'mentions', 'none'])
export type Notify = z.infer<typeof notifySchema>

export const memberSchema = z
  .object({
    userId: idSchema,
    handle: z.string().nullable(),
    name: z.string(),
    image: z.string().nullable(),
    role: roleSchema,
    readMessageId: z.int().min(0),
    deliveredMessageId: z.int().min(0).nullable().describe('in DMs only'),
  })
  .meta({ id: 'Member' })
export type Member = z.infer<typeof memberSchema>

export const channelKindSchema = z.enum(['dm', 'group'])
export type ChannelKind = z.infer<typeof channelKindSchema>

export const channelSchema = z
  .object({
    channelId: idSchema,
    kind: channelKindSchema,
    title: z.string().nullable().describe('of a group; a DM is named after the other person'),
    role: roleSchema,
    memberCount: z.int(),
    members: z
      .array(memberSchema)
      .nullable()
      .describe('null in lists and in sync unless membership or a profile in it changed'),
    lastMessage: messageSchema
      .nullable()
      .describe('in lists and sync its text is cut to 200 characters'),
    readMessageId: z.int().min(0),
    unread: z.int().min(0),
    mentionCount: z.int().min(0),
    notify: notifySchema,
    hidden: z
      .boolean()
      .default(false)
      .describe('not to be shown in my list, until the next message of it'),
    markedUnread: z.boolean().default(false).describe('by myself, until I read it again'),
    createdAt: timeSchema,
    leftAt: timeSchema.nullable(),
  })
  .meta({ id: 'Channel', description: 'A channel as its reader sees it' })
export type Channel = z.infer<typeof channelSchema>

export const inviteSchema = z
  .object({
    code: idSchema.describe('what the link ends with: whoever has it may join'),
    channelId: idSchema,
    userId: idSchema.describe('who made it'),
    createdAt: timeSchema,
    expiresAt: timeSchema.nullable(),
    maxUses: z.int().nullable(),
    uses: z.int().min(0),
  })
  .meta({ id: 'Invite', description: 'A link by which people join a group' })
export type Invite = z.infer<typeof inviteSchema>

/** What an account that was deleted is called; clients say it in their language, and know it by the handle. */
export const DELETED_NAME = 'Deleted account'

export const userSchema = z
  .object({
    userId: idSchema,
    handle: z.string().nullable().describe('null for an account that was deleted'),
    name: z.string(),
    image: z.string().nullable(),
    bio: z.string().nullable(),
    createdAt: timeSchema,
  })
  .meta({ id: 'User' })
export type User = z.infer<typeof userSchema>

export const statusSchema = z
  .enum(['online', 'offline'])
  .nullable()
  .describe('null where the reader may not see it')
export type Status = z.infer<typeof statusSchema>

export const contactSchema = z
  .object({
    user: userSchema,
    state: z
      .enum(['friend', 'requested', 'incoming', 'blocked', 'none'])
      .describe('`requested` and `blocked` by me, `none` no longer any of these'),
    status: statusSchema.describe('in `sync` always null: presence comes in frames of its own'),
    lastActiveAt: timeSchema.nullable(),
  })
  .meta({ id: 'Contact' })
export type Contact = z.infer<typeof contactSchema>
export type ContactState = Contact['state']

export const presenceSchema = z
  .object({ userId: idSchema, status: statusSchema, lastActiveAt: timeSchema.nullable() })
  .meta({ id: 'Presence' })
export type Presence = z.infer<typeof presenceSchema>

const timeOfDaySchema = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day, from 00:00 to 23:59')

/** Every day from one time to the other, over midnight if the second is the earlier one. */
export const quietHoursSchema = z
  .object({
    from: timeOfDaySchema,
    to: timeOfDaySchema,
    timeZone: z
      .string()
      .max(MAX_TIME_ZONE_LENGTH)
      .describe('by its IANA name, such as `Europe/Lisbon`: whose clock it is by'),
  })
  .meta({ id: 'QuietHours' })
export type QuietHours = z.infer<typeof quietHoursSchema>

/** What a person has decided about others, and when they want to hear of them. */
export const settingsSchema = z
  .object({
    presence: z
      .enum(['everyone', 'friends', 'nobody'])
      .describe(
        'who sees whether I am online: everyone I share a channel with, friends, nobody. Of whom I hide from I see nothing either',
      ),
    addedBy: z.enum(['everyone', 'friends']).describe('who may add me to a group'),
    receipts: z
      .boolean()
      .describe(
        'whether others see how far I have read. While it is off they see no read mark of mine move, and I see none of theirs; what was delivered is told all the same. Once it is on again, marks are shown as they are',
      ),
    pushPreviews: z.boolean().describe('whether pushes show the beginning of a message'),
    quietHours: quietHoursSchema.nullable().describe('when no push comes; null for never'),
  })
  .meta({ id: 'Settings' })
export type Settings = z.infer<typeof settingsSchema>

export const DEFAULT_SETTINGS: Settings = {
  presence: 'everyone',
  addedBy: 'everyone',
  receipts: true,
  pushPreviews: true,
  quietHours: null,
}

export const deviceSchema = z
  .object({
    deviceId: idSchema,
    current: z.boolean().describe('the device that asks'),
    userAgent: z.string().nullable(),
    ipAddress: z.string().nullable(),
    createdAt: timeSchema,
    lastUsedAt: timeSchema,
    expiresAt: timeSchema,
  })
  .meta({ id: 'Device', description: 'One login; its id is the session id' })
export type Device = z.infer<typeof deviceSchema>
