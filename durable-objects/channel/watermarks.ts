import { saveProgress } from './members.ts'
import { dropDeliveredVersions } from './owed-versions.ts'
import type { ChannelState } from './state.ts'

/**
 * Saves how far each member's inbox and devices are, with the counts that are true so far. All of it is
 * copies: lost, it costs repeated deliveries that change nothing, and counting again.
 */
export function saveWatermarks(storage: DurableObjectStorage, state: ChannelState): void {
  const saved = new Map(
    state.sql
      .exec<{
        user_id: string
        delivered_version: number
        delivered_message_id: number
        counted_message_id: number
      }>('SELECT user_id, delivered_version, delivered_message_id, counted_message_id FROM members')
      .toArray()
      .map((row) => [row.user_id, row]),
  )
  storage.transactionSync(() => {
    for (const member of state.members.values()) {
      const row = saved.get(member.userId)
      const isSame =
        row?.delivered_version === member.deliveredVersion &&
        row.delivered_message_id === member.deliveredMessageId &&
        row.counted_message_id === member.countedMessageId
      if (!isSame) saveProgress(state.sql, member)
    }
    dropDeliveredVersions(state.sql)
  })
}
