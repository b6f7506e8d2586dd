import type { Channel } from '../../protocol/objects.ts'

/** A message as the inbox lane carries it: serialised once in the channel for all its members. */
export interface DeliveredMessage {
  messageId: number
  version: number
  /** The Message of the contract, as JSON. */
  json: string
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
  /** In order of version, at most 200 rows or 1 MiB. */
  messages: DeliveredMessage[]
  /** The channel as this member sees it, `members` null unless they changed above `after`. */
  channel: Channel
  /** When the last message was written, or the channel made: lists are ordered by it. */
  activityAt: number
}
