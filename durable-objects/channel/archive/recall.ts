import { fail, ok, type Result } from '../../../protocol/errors.ts'
import type { Message } from '../../../protocol/objects.ts'
import { NOT_FOUND, type ChannelHost } from '../channel-host.ts'
import { findMessage, toMessage } from '../messages.ts'
import type { ChannelState } from '../state.ts'

/** How often a message that is dropped again while the archive is asked is read anew. */
const CHANGE_ATTEMPTS = 5

/** One message, for a member, wherever it is kept. */
export async function readMessage(
  channel: ChannelHost,
  userId: string,
  messageId: number,
): Promise<Result<Message>> {
  const archived = await recall(channel, userId, messageId)
  if (!archived.ok) return archived
  const state = channel.loaded?.state
  if (!state?.member(userId)) return NOT_FOUND
  const row = findMessage(state.sql, messageId)
  const message = row ? toMessage(state.identity.channelId, row) : archived.value
  return message ? ok(message) : fail('not_found', 'No such message')
}

/** Decides about a message that is here, or that the archive has, and writes the change. */
export type MessageChange = (
  state: ChannelState,
  archived: Message | null,
  now: number,
) => Result<Message>

/**
 * Changes a message that may have been dropped: `decide` gets what the archive has, or null if the message
 * is here. One that is back meanwhile goes before what the archive said; and if it was dropped again
 * since, the archive is asked again.
 */
export async function changeMessage(
  channel: ChannelHost,
  userId: string,
  messageId: number,
  decide: MessageChange,
): Promise<Result<Message>> {
  for (let attempt = 0; attempt < CHANGE_ATTEMPTS; attempt++) {
    const drops = channel.loaded?.state.archive.dropCount
    const archived = await recall(channel, userId, messageId)
    if (!archived.ok) return archived
    if (channel.loaded?.state.archive.dropCount !== drops) continue
    return channel.change((state, now) => decide(state, archived.value, now))
  }
  return fail('unavailable', 'The message is on its way to the archive, try again', 1)
}

/**
 * A message that is not here, for a member, as the archive has it; null for one that is here or never
 * was. Whoever asks looks here again afterwards, and who is a member.
 */
async function recall(
  channel: ChannelHost,
  userId: string,
  messageId: number,
): Promise<Result<Message | null>> {
  if (!channel.loaded?.state.member(userId)) return NOT_FOUND
  const { state, archive } = channel.loaded
  const isHere =
    messageId >= state.archive.droppedBelow || findMessage(state.sql, messageId) !== undefined
  return isHere ? ok(null) : await archive.find(state.archive, messageId)
}
