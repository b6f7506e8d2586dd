import * as z from 'zod'
import { PUSH_LIFETIME_MS, PUSH_UNCONFIRMED_AFTER_MS } from '../../../protocol/limits.ts'
import {
  channelSchema,
  messageSchema,
  type Channel,
  type Message,
} from '../../../protocol/objects.ts'
import { contactState } from '../contacts.ts'
import type { UserState } from '../state.ts'
import type { OwedPush } from './owed-pushes.ts'
import { endOfQuiet, isQuiet } from './quiet-hours.ts'
import type { Told } from './told-pushes.ts'

/** What is to be done about an owed push, now that it is due. */
export type Decision =
  | { kind: 'nothing' }
  /** In quiet hours, or somebody is there who has their time to confirm what came in row `seq` of the inbox. */
  | { kind: 'later'; dueAt: number; seq: number }
  | { kind: 'show'; channel: Channel; message: Message; count: number }

const NOTHING = { kind: 'nothing' } as const

/** Whether messages of the channel may be pushed, and there are any that are unread. */
export function isWorthPushing(channel: Channel): boolean {
  return channel.leftAt === null && countOf(channel) > 0
}

/** Whether a notification that tells of messages up to `toldMessageId` has nothing to tell any more. */
export function isOver(channel: Channel, told: number): boolean {
  return channel.leftAt !== null || channel.readMessageId >= told || channel.unread === 0
}

/**
 * Decides by what is known now: what is read, muted, deleted or blocked by now is not pushed. Somebody looks at
 * a device if `isActive`: nobody is buzzed for what a device has, which is the inbox up to `confirmed`.
 */
export function decideShow(
  state: UserState,
  owed: OwedPush,
  { isActive, confirmed, now }: { isActive: boolean; confirmed: number; now: number },
): Decision {
  const channel = readChannel(state, owed.channel_id)
  if (!channel || !isWorthPushing(channel)) return NOTHING
  const { quietHours } = state.settings
  if (quietHours !== null && isQuiet(quietHours, now)) {
    return { kind: 'later', dueAt: endOfQuiet(quietHours, now), seq: owed.from_seq }
  }
  if (owed.if_unconfirmed === 1 || isActive) {
    const first = firstInboxRow(state, owed.channel_id, Math.max(owed.from_seq, confirmed + 1))
    if (!first) return NOTHING
    const dueAt = first.stored_at + PUSH_UNCONFIRMED_AFTER_MS
    if (dueAt > now) return { kind: 'later', dueAt, seq: first.seq }
  }
  const message = newestToTell(state, channel, {
    seq: owed.from_seq,
    fromId: owed.from_message_id,
    toId: Number.POSITIVE_INFINITY,
  })
  if (!message || message.createdAt + PUSH_LIFETIME_MS <= now) return NOTHING
  return { kind: 'show', channel, message, count: countOf(channel) }
}

/** What is to be done about a notification that devices show. */
export type Correction =
  | { kind: 'nothing' }
  | { kind: 'clear'; messageId: number }
  /** Shows this message, in silence, and no longer what was deleted or edited. */
  | { kind: 'show'; channel: Channel; message: Message; count: number }

/** Looks whether a notification still says what is so. */
export function decideCorrection(state: UserState, channelId: string, told: Told): Correction {
  const channel = readChannel(state, channelId)
  if (!channel) return NOTHING
  const messageId = Math.max(told.message_id, channel.readMessageId)
  if (isOver(channel, told.message_id)) return { kind: 'clear', messageId }
  // What devices were not told of yet is not told by this.
  const range = { seq: 0, fromId: 0, toId: told.message_id }
  const message = isWorthPushing(channel) ? newestToTell(state, channel, range) : null
  if (!message) return { kind: 'clear', messageId }
  const isSame = message.messageId === told.shows_message_id
  if (isSame && message.editedAt === told.edited_at) return NOTHING
  return { kind: 'show', channel, message, count: countOf(channel) }
}

/** A channel as this person sees it, without its members; null for one that was never theirs. */
export function readChannel(state: UserState, channelId: string): Channel | null {
  const row = state.sql
    .exec<{ channel: string }>('SELECT channel FROM channels WHERE channel_id = ?', channelId)
    .toArray()[0]
  return row ? channelSchema.parse(JSON.parse(row.channel)) : null
}

/** How many messages a notification of the channel stands for. */
function countOf({ notify, unread, mentionCount }: Channel): number {
  switch (notify) {
    case 'all':
      return unread
    case 'mentions':
      return mentionCount
    case 'none':
      return 0
  }
}

function firstInboxRow(state: UserState, channelId: string, seq: number) {
  return state.sql
    .exec<{ seq: number; stored_at: number }>(
      'SELECT seq, stored_at FROM inbox WHERE seq >= ? AND channel_id = ? ORDER BY seq LIMIT 1',
      seq,
      channelId,
    )
    .toArray()[0]
}

const storedSchema = z.array(messageSchema)

/** The newest unread message with an id in a range which this person wants to be told of. */
function newestToTell(
  state: UserState,
  channel: Channel,
  range: { seq: number; fromId: number; toId: number },
): Message | null {
  const { readMessageId, notify } = channel
  const fromId = Math.max(range.fromId, readMessageId + 1)
  const ownerId = state.userId ?? ''
  const isWanted = (message: Message): boolean =>
    message.messageId >= fromId &&
    message.messageId <= range.toId &&
    message.kind === 'text' &&
    message.deletedAt === null &&
    message.userId !== ownerId &&
    (notify !== 'mentions' || message.mentions.includes(ownerId)) &&
    contactState(state, message.userId) !== 'blocked'
  const places = state.sql
    .exec<{ seq: number; last: number }>(
      `SELECT seq, last_message_id AS last FROM inbox
       WHERE seq >= ? AND channel_id = ? AND last_message_id >= ? ORDER BY last DESC`,
      range.seq,
      channel.channelId,
      fromId,
    )
    .toArray()
  let newest: Message | null = null
  for (const { seq, last } of places) {
    if (newest !== null && last <= newest.messageId) break
    // One row at a time, for each may hold 1 MiB.
    const { messages } = state.sql
      .exec<{ messages: string }>('SELECT messages FROM inbox WHERE seq = ?', seq)
      .one()
    for (const message of storedSchema.parse(JSON.parse(`[${messages}]`))) {
      const isNewer = newest === null || message.messageId > newest.messageId
      if (isNewer && isWanted(message)) newest = message
    }
  }
  return newest
}
