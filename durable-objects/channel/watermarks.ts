import { saveProgress } from './members.ts'
import type { ChannelState } from './state.ts'

/**
 * Saves how far each member's inbox is, with the counts that are true so far. Both are copies: lost,
 * they cost repeated deliveries that change nothing, and counting again.
 */
export function saveWatermarks(storage: DurableObjectStorage, state: ChannelState): void {
  const saved = new Map<string, { delivered_version: number; counted_message_id: number }>()
  const rows = state.sql.exec<{
    user_id: string
    delivered_version: number
    counted_message_id: number
  }>('SELECT user_id, delivered_version, counted_message_id FROM members')
  for (const row of rows) saved.set(row.user_id, row)
  storage.transactionSync(() => {
    for (const member of state.members.values()) {
      const row = saved.get(member.userId)
      const isSame =
        row?.delivered_version === member.deliveredVersion &&
        row.counted_message_id === member.countedMessageId
      if (!isSame) saveProgress(state.sql, member)
    }
  })
}
