import type { Delivery, DeliveredMessages } from '../shared/delivery.ts'
import type { LogRow } from './log-reader.ts'
import type { ChannelMember } from './members.ts'
import { nextOwedVersion } from './owed-versions.ts'
import type { ChannelState } from './state.ts'

/**
 * The version up to which `member` is to be told: everything for a member, changes of the list of members
 * that left no message included; for one who left, their leaving and not a word after it.
 */
export function deliveryTarget(state: ChannelState, member: ChannelMember): number {
  if (member.leftAt !== null) return member.version
  return Math.max(state.newestVersion, state.listedVersion, member.version)
}

/** Whether `member`'s user object lacks something. */
export function isOwed(state: ChannelState, member: ChannelMember): boolean {
  return member.deliveredVersion < deliveryTarget(state, member)
}

/** What goes to `member` next: as much of what lies above their watermark as fits one call. */
export function nextDelivery(state: ChannelState, member: ChannelMember): Delivery {
  const after = member.deliveredVersion
  const target = deliveryTarget(state, member)
  const { rows, upTo } = nextRows(state, member, after, target)
  const channel = state.preview(member, state.listedVersion > after)
  return {
    userId: member.userId,
    channelId: state.identity.channelId,
    startsAt: member.joinedVersion - 1,
    after,
    version: upTo,
    messages: together(rows),
    channel,
    activityAt: channel.lastMessage?.createdAt ?? channel.createdAt,
    receipts: !state.hiddenReads.has(member.userId),
  }
}

/** The rows of the next call, and the version up to which they are everything. */
function nextRows(
  state: ChannelState,
  member: ChannelMember,
  after: number,
  target: number,
): { rows: LogRow[]; upTo: number } {
  const owed = member.leftAt === null ? null : nextOwedVersion(state.sql, member.userId, after)
  const end = owed ? owed.version - 1 : target
  // A member's own version (a read mark) moves the target but adds no row.
  const { rows, cutAt } = state.log.page(after, Math.min(end, state.newestVersion))
  if (owed && rows.length === 0) return { rows: [owed], upTo: owed.version }
  return { rows, upTo: cutAt ?? end }
}

function together(rows: LogRow[]): DeliveredMessages | null {
  if (rows.length === 0) return null
  const ids = rows.map(({ messageId }) => messageId)
  return {
    json: rows.map(({ json }) => json).join(','),
    count: rows.length,
    firstMessageId: Math.min(...ids),
    lastMessageId: Math.max(...ids),
    changed: rows.filter((row) => row.version > row.messageId).map(({ messageId }) => messageId),
  }
}
