import type { Delivery } from '../shared/delivery.ts'
import { withMembers } from './pull.ts'
import type { UserState } from './state.ts'

/** What a delivery changed, serialised as devices get it. */
export interface StoredRows {
  messages: string[]
  channel: string
}

/**
 * Takes what a channel says is new: inbox rows first, then the channel's row, each under the next
 * value of the counter. What is not above the stored `delivered_version` is ignored, so a delivery
 * may come twice or late. Synchronous; returns how far this inbox is now.
 */
export function storeDelivery(
  state: UserState,
  delivery: Delivery,
  now: number,
): { deliveredVersion: number; stored: StoredRows | null } {
  const { sql } = state
  const { channelId, version } = delivery
  const known = sql
    .exec<{ delivered_version: number }>(
      'SELECT delivered_version FROM channels WHERE channel_id = ?',
      channelId,
    )
    .toArray()[0]
  const deliveredVersion = known?.delivered_version ?? 0
  if (version <= deliveredVersion) return { deliveredVersion, stored: null }
  // The channel believes that this inbox is further than it is: what lies between is asked for again.
  const isAhead = delivery.after > delivery.startsAt && delivery.after > deliveredVersion
  if (isAhead) return { deliveredVersion, stored: null }

  const messages = delivery.messages.filter((message) => message.version > deliveredVersion)
  for (const message of messages) {
    // A message that changed replaces its older row: a device away syncs its latest state only.
    sql.exec(
      `INSERT OR REPLACE INTO inbox (seq, channel_id, message_id, message, stored_at)
       VALUES (?, ?, ?, ?, ?)`,
      state.nextSeq(),
      channelId,
      message.messageId,
      message.json,
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
  const membersJson = members && JSON.stringify(members)
  if (membersJson) {
    sql.exec(
      'INSERT OR REPLACE INTO channel_members (channel_id, seq, members) VALUES (?, ?, ?)',
      channelId,
      seq,
      membersJson,
    )
  }
  return {
    deliveredVersion: version,
    stored: {
      messages: messages.map((message) => message.json),
      channel: membersJson ? withMembers(channel, membersJson) : channel,
    },
  }
}
