import * as z from 'zod'
import { messageSchema, type Channel, type Message } from '../protocol/objects.ts'
import type { SyncFrame } from '../protocol/user-socket.ts'
import { Timeline } from './timeline.ts'

/** A screen and more: what is shown before the network has answered. */
const MAX_MESSAGES = 50
const MAX_CHARACTERS = 100_000
/** Of how many channels; whatever was silent longest goes first. */
export const MAX_RECENT_CHANNELS = 200

/** The newest messages of a channel, ascending and without a hole up to the cursor they are kept with. */
export const recentSchema = z.object({
  channelId: z.string(),
  messages: z.array(messageSchema).min(1),
})
export type Recent = z.infer<typeof recentSchema>

/** What is to be kept of the newest stretch of a channel; null if that is nothing. */
export function recentOf(channelId: string, latest: readonly Message[]): Recent | null {
  let characters = 0
  const tooLong = latest
    .slice(-MAX_MESSAGES)
    .findLastIndex(({ text }) => (characters += text.length) > MAX_CHARACTERS)
  const messages = latest.slice(-MAX_MESSAGES).slice(tooLong + 1)
  return messages.length === 0 ? null : { channelId, messages }
}

/**
 * What is kept once messages of a `sync` have come to `userId`, which go on from what was: those from
 * before `held` begins change nothing.
 */
export function addToRecent(
  held: Recent | null,
  channelId: string,
  messages: readonly Message[],
  userId: string | null,
): Recent | null {
  const timeline = new Timeline()
  if (held !== null) timeline.restore(held.messages)
  for (const message of messages) timeline.putSynced(message, userId)
  return recentOf(channelId, timeline.latest)
}

/** Of two that were kept for one channel, by windows of one browser, the one that goes further. */
export function newerOf(held: Recent | null, other: Recent): Recent {
  return held !== null && newestIn(held) > newestIn(other) ? held : other
}

/** When the newest of them was sent: what is older goes first. */
export function newestAt({ messages }: Recent): number {
  return messages.at(-1)?.createdAt ?? 0
}

/** Whether one has come back into a channel: between what was held and now there may be anything. */
export function isBack(before: Channel | undefined, now: Channel): boolean {
  return before !== undefined && before.leftAt !== null && now.leftAt === null
}

export function byChannel({ messages }: SyncFrame): Map<string, Message[]> {
  return Map.groupBy(messages, ({ channelId }) => channelId)
}

function newestIn({ messages }: Recent): number {
  return messages.at(-1)?.messageId ?? 0
}
