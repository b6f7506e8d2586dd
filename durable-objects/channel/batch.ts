import { MAX_BYTES_PER_FRAME, MAX_ROWS_PER_FRAME } from '../../protocol/limits.ts'
import { utf8Length } from '../../protocol/text.ts'
import type { DeliveredMessage, Delivery } from '../shared/delivery.ts'
import type { ChannelMember } from './members.ts'
import { rowsAbove, toMessage } from './messages.ts'
import type { ChannelState } from './state.ts'

/**
 * The version up to which `member` is to be told: everything for a member; for one who left, their
 * leaving and not a word after it.
 */
export function deliveryTarget(state: ChannelState, member: ChannelMember): number {
  if (member.leftAt !== null) return member.version
  return Math.max(state.newestVersion, member.version)
}

/** Whether `member`'s user object lacks something. */
export function isOwed(state: ChannelState, member: ChannelMember): boolean {
  return member.deliveredVersion < deliveryTarget(state, member)
}

interface Batch {
  messages: DeliveredMessage[]
  /** The version of the last row if there are more rows, else null. */
  cutAt: number | null
}

/**
 * Reads what lies above a watermark from the log. Members are mostly equally far, so the rows are
 * read and serialised once for all who start from the same place.
 */
export class BatchReader {
  private readonly cache = new Map<string, Batch>()
  private readAt = 0

  constructor(private readonly state: ChannelState) {}

  next(member: ChannelMember): Delivery {
    const after = member.deliveredVersion
    const target = deliveryTarget(this.state, member)
    const { messages, cutAt } = this.read(after, target)
    const channel = this.state.describe(member, this.state.listedVersion > after)
    return {
      userId: member.userId,
      channelId: this.state.identity.channelId,
      after,
      version: cutAt ?? target,
      messages,
      channel,
      activityAt: channel.lastMessage?.createdAt ?? channel.createdAt,
    }
  }

  private read(after: number, target: number): Batch {
    // A member's own version (a read mark) moves the target but adds no row.
    const upTo = Math.min(target, this.state.newestVersion)
    if (this.readAt !== this.state.newestVersion) {
      this.cache.clear()
      this.readAt = this.state.newestVersion
    }
    const key = `${after}:${upTo}`
    let batch = this.cache.get(key)
    if (!batch) {
      batch = readBatch(this.state, after, upTo)
      if (this.cache.size >= 4) this.cache.clear()
      this.cache.set(key, batch)
    }
    return batch
  }
}

function readBatch(state: ChannelState, after: number, upTo: number): Batch {
  const messages: DeliveredMessage[] = []
  let bytes = 0
  for (const row of rowsAbove(state.sql, after, upTo, MAX_ROWS_PER_FRAME + 1)) {
    const json = JSON.stringify(toMessage(state.identity.channelId, row))
    bytes += utf8Length(json)
    const full = messages.length >= MAX_ROWS_PER_FRAME || bytes > MAX_BYTES_PER_FRAME
    if (full && messages.length > 0) {
      return { messages, cutAt: messages.at(-1)?.version ?? null }
    }
    messages.push({ messageId: row.message_id, version: row.version, json })
  }
  return { messages, cutAt: null }
}
