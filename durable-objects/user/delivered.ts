import type { UserState } from './state.ts'

/** Up to which message of a DM this person's devices have it. */
export interface DeliveredMark {
  channelId: string
  messageId: number
}

/**
 * The DMs of which a device has something new, now that it has confirmed `cursor` after `before`. Who
 * confirms for the first time has the list of channels, and with it the last message of each.
 */
export function deliveredMarks(state: UserState, before: number, cursor: number): DeliveredMark[] {
  if (!state.exists || cursor <= before) return []
  const rows = state.sql.exec<{ channel_id: string; message_id: number }>(
    before > 0
      ? `SELECT channel_id, max(last_message_id) AS message_id
         FROM inbox JOIN channels USING (channel_id)
         WHERE inbox.seq > ?1 AND inbox.seq <= ?2 AND channel ->> 'kind' = 'dm'
         GROUP BY channel_id`
      : `SELECT channel_id, channel ->> '$.lastMessage.messageId' AS message_id FROM channels
         WHERE seq > ?1 AND seq <= ?2 AND channel ->> 'kind' = 'dm' AND channel ->> 'unread' > 0`,
    Math.max(before, 0),
    cursor,
  )
  return rows
    .toArray()
    .map(({ channel_id, message_id }) => ({ channelId: channel_id, messageId: message_id }))
}
