import type { Channel } from '../../protocol/objects.ts'

/** Messages as the inbox lane carries them: put together once, and stored as they are. */
export interface DeliveredMessages {
  /** Messages of the contract as JSON, in order of version, with commas between them. */
  json: string
  count: number
  firstMessageId: number
  lastMessageId: number
  /** Ids of those that are new versions of older messages. */
  changed: number[]
}

/** One call of a channel to a member's user object: everything in `(after, version]`. */
export interface Delivery {
  userId: string
  channelId: string
  /** Where this member's deliveries began: what lies at or below was never theirs to get. */
  startsAt: number
  /** The watermark this delivery starts from: the channel's copy of the inbox's own. */
  after: number
  /** The user object holds everything up to here once it has taken this. */
  version: number
  /** At most 200 messages or 1 MiB; null if only the channel's own row has changed. */
  messages: DeliveredMessages | null
  /** The channel as this member sees it, `members` null unless they changed above `after`. */
  channel: Channel
  /** When the last message was written, or the channel made: lists are ordered by it. */
  activityAt: number
  /** Whether the channel takes it that this member has read receipts on; so it is without a word. */
  receipts?: boolean
}
