import type { Delivery, DeliveredMessages } from '../shared/delivery.ts'
import { dropFromInbox } from './inbox.ts'
import { withMembers } from './pull.ts'
import type { UserState } from './state.ts'

/** What a delivery changed, serialised as devices get it. */
export interface StoredRows {
  messages: DeliveredMessages | null
  channel: string
}

/**
 * Takes what a channel says is new: an inbox row first, then the channel's row, each under the next
 * value of the counter. Only what begins where this inbox ends is taken; of anything else, twice or late
 * or too early, nothing is stored and the channel is told where to begin. Synchronous; returns how far
 * this inbox is now.
 */
export function storeDelivery(
  state: UserState,
  delivery: Delivery,
  now: number,
): { deliveredVersion: number; stored: StoredRows | null } {
  const { sql } = state
  const { channelId, version, messages } = delivery
  const known = sql
    .exec<{ delivered_version: number }>(
      'SELECT delivered_version FROM channels WHERE channel_id = ?',
      channelId,
    )
    .toArray()[0]
  const deliveredVersion = known?.delivered_version ?? 0
  if (version <= deliveredVersion || !continues(delivery, deliveredVersion)) {
    return { deliveredVersion, stored: null }
  }
  if (messages) {
    if (messages.changed.length > 0) dropFromInbox(state, channelId, messages.changed)
    sql.exec(
      `INSERT INTO inbox (seq, channel_id, first_message_id, last_message_id, message_count, messages,
         stored_at)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      state.nextSeq(),
      channelId,
      messages.firstMessageId,
      messages.lastMessageId,
      messages.count,
      messages.json,
      now,
    )
  }
  const seq = state.nextSeq()
  const { members, ...rest } = delivery.channel
  const channel = JSON.stringify({ ...rest, members: null })
  sql.exec(
    `INSERT OR REPLACE INTO channels (channel_id, seq, delivered_version, activity_at, channel)
     VALUES (?, ?, ?, ?, ?)`,
    channelId,
    seq,
    version,
    delivery.activityAt,
    channel,
  )
  if (!members) return { deliveredVersion: version, stored: { messages, channel } }
  const membersJson = JSON.stringify(members)
  sql.exec(
    'INSERT OR REPLACE INTO channel_members (channel_id, seq, members) VALUES (?, ?, ?)',
    channelId,
    seq,
    membersJson,
  )
  const whole = withMembers(channel, membersJson)
  return { deliveredVersion: version, stored: { messages, channel: whole } }
}

/** Whether a delivery begins where the inbox ends, or jumps ahead to where the member came in. */
function continues({ after, startsAt }: Delivery, deliveredVersion: number): boolean {
  return after === deliveredVersion || (after > deliveredVersion && after <= startsAt)
}
