import { cutGraphemes } from '../../../protocol/graphemes.ts'
import {
  MAX_PUSH_BODY_LENGTH,
  MAX_PUSH_TITLE_LENGTH,
  MAX_UNREAD,
  PUSH_LIFETIME_MS,
} from '../../../protocol/limits.ts'
import * as z from 'zod'
import { memberSchema, type Channel, type Message } from '../../../protocol/objects.ts'
import type { PushJob } from '../../../protocol/push.ts'
import type { UserState } from '../state.ts'
import type { DeviceAddress } from './addresses.ts'

const membersSchema = z.array(memberSchema)

type Show = Extract<PushJob, { kind: 'show' }>
type Content = Pick<Show, 'title' | 'body' | 'messageId' | 'count'>

/** What a notification says of the newest message of a channel. */
export function contentOf(
  state: UserState,
  channel: Channel,
  message: Message,
  count: number,
  previews: boolean,
): Content {
  const name = nameOf(state, message)
  const title = channel.title === null ? name : `${name} · ${channel.title}`
  return {
    messageId: message.messageId,
    title: cutGraphemes(title, MAX_PUSH_TITLE_LENGTH),
    body: previews ? cutGraphemes(message.text, MAX_PUSH_BODY_LENGTH) : null,
    count,
  }
}

/** One job for each device. */
export function jobsFor(
  userId: string,
  addresses: readonly DeviceAddress[],
  channelId: string,
  content:
    | ({ kind: 'show' } & Content & Pick<Show, 'replaces'>)
    | { kind: 'clear'; messageId: number },
  sinceMessageId: number | null,
  unread: number,
  now: number,
): PushJob[] {
  return addresses.map(({ deviceId, address }) => ({
    ...content,
    userId,
    deviceId,
    address,
    channelId,
    sinceMessageId,
    unread,
    createdAt: now,
    expiresAt: now + PUSH_LIFETIME_MS,
  }))
}

/**
 * The number on the app's icon: what is unread in all channels together, of those where only mentions count
 * the mentions, of muted ones nothing.
 */
export function badgeOf(state: UserState): number {
  const { unread } = state.sql
    .exec<{ unread: number | null }>(
      `SELECT sum(CASE channel ->> 'notify' WHEN 'all' THEN channel ->> 'unread'
         WHEN 'mentions' THEN channel ->> 'mentionCount' ELSE 0 END) AS unread
       FROM channels WHERE channel ->> 'leftAt' IS NULL`,
    )
    .one()
  return Math.min(MAX_UNREAD, unread ?? 0)
}

/** The sender's name as the channel has it; of one who has left since, none. */
function nameOf(state: UserState, { channelId, userId }: Message): string {
  const row = state.sql
    .exec<{ members: string }>(
      'SELECT members FROM channel_members WHERE channel_id = ?',
      channelId,
    )
    .toArray()[0]
  const members = row ? membersSchema.parse(JSON.parse(row.members)) : []
  return members.find((member) => member.userId === userId)?.name ?? '…'
}
