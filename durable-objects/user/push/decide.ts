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
import { isQuiet } from './quiet-hours.ts'

/** What is to be done about an owed push, now that it is due. */
export type Decision =
  | { kind: 'nothing' }
  /** Somebody is there and has not had their time to confirm what came in row `seq` of the inbox. */
  | { kind: 'later'; dueAt: number; seq: number }
  | { kind: 'show'; channel: Channel; message: Message; count: number }

const NOTHING: Decision = { kind: 'nothing' }

/** Whether messages of the channel may be pushed, and there are any that are unread. */
export function isWorthPushing(channel: Channel): boolean {
  return channel.leftAt === null && countOf(channel) > 0
}

/** Whether a notification that tells of messages up to `toldMessageId` has nothing to tell any more. */
export function isOver(channel: Channel, told: number): boolean {
  return channel.leftAt !== null || channel.readMessageId >= told || channel.unread === 0
}

/** Decides by what is known now: what is read, muted, deleted or blocked by now is not pushed. */
export function decideShow(
  state: UserState,
  owed: OwedPush,
  confirmed: number,
  now: number,
): Decision {
  const channel = readChannel(state, owed.channel_id)
  if (!channel || !isWorthPushing(channel) || isQuiet(state.settings.quietHours, now)) {
    return NOTHING
  }
  if (owed.if_unconfirmed === 1) {
    const first = firstInboxRow(state, owed.channel_id, Math.max(owed.from_seq, confirmed + 1))
    if (!first) return NOTHING
    const dueAt = first.stored_at + PUSH_UNCONFIRMED_AFTER_MS
    if (dueAt > now) return { kind: 'later', dueAt, seq: first.seq }
  }
  const message = newestToTell(state, channel, owed)
  if (!message || message.createdAt + PUSH_LIFETIME_MS <= now) return NOTHING
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

/** The newest of the messages that are owed which this person wants to be told of. */
function newestToTell(state: UserState, channel: Channel, owed: OwedPush): Message | null {
  const { readMessageId, notify } = channel
  const fromId = Math.max(owed.from_message_id, readMessageId + 1)
  const ownerId = state.userId ?? ''
  const isWanted = (message: Message): boolean =>
    message.messageId >= fromId &&
    message.kind === 'text' &&
    message.deletedAt === null &&
    message.userId !== ownerId &&
    (notify !== 'mentions' || message.mentions.includes(ownerId)) &&
    contactState(state, message.userId) !== 'blocked'
  const places = state.sql
    .exec<{ seq: number; last: number }>(
      `SELECT seq, last_message_id AS last FROM inbox
       WHERE seq >= ? AND channel_id = ? AND last_message_id >= ? ORDER BY last DESC`,
      owed.from_seq,
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
