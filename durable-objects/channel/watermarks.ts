import { saveProgress } from './members.ts'
import { dropDeliveredVersions } from './owed-versions.ts'
import type { ChannelState } from './state.ts'

/**
 * A channel in which nothing was written for so long is silent: less than the alarm of a lone message
 * waits, so that this one alarm saves, even if it comes a little early.
 */
const SILENT_MS = 1_500
/** A crash costs each member of a busy channel one delivery in vain, and counting of so much. */
const MAX_WAIT_MS = 30_000

/**
 * Decides when watermarks are saved, which costs a row for each member: by the first alarm that finds the
 * channel silent, and while it stays busy every 30 seconds. What is only in memory meanwhile may be lost.
 */
export class Watermarks {
  private writtenAt = Number.NEGATIVE_INFINITY
  /** Since when alarms have left something unsaved. */
  private waitingSince: number | null = null

  constructor(
    private readonly storage: DurableObjectStorage,
    private readonly state: ChannelState,
  ) {}

  /** To be told whenever something was written that inboxes are owed. */
  written(now: number): void {
    this.writtenAt = now
  }

  /** Whether another alarm must come for what this one left unsaved. */
  get areWaiting(): boolean {
    return this.waitingSince !== null
  }

  /** Saves now, or leaves it to a later alarm. */
  saveIfDue(now: number): void {
    this.waitingSince ??= now
    const isSilent = now - this.writtenAt >= SILENT_MS
    if (!isSilent && now - this.waitingSince < MAX_WAIT_MS) return
    saveWatermarks(this.storage, this.state)
    this.waitingSince = null
  }
}

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
