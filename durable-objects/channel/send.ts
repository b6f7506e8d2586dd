import { fail, ok, type Failure, type Result } from '../../protocol/errors.ts'
import type { Message } from '../../protocol/objects.ts'
import { refuseBlocked } from './blocks.ts'
import { mentionedIn } from './mentions.ts'
import { findByClientId, findMessage, toMessage } from './messages.ts'
import { permit } from './rights.ts'
import type { ChannelState } from './state.ts'

export interface SendItem {
  clientId: string
  text: string
  replyTo: number | null
}

/** What a send stored, or what was stored when the same `clientId` came before. */
export interface Sent {
  message: Message
  created: boolean
}

/**
 * Decides about one message and writes it. Synchronous from the first read to the last insert, so
 * that membership, dedupe and id hold together; the caller publishes afterwards.
 */
export function send(
  state: ChannelState,
  userId: string,
  item: SendItem,
  now: number,
): Result<Sent> {
  const sender = permit(state, userId, 'send')
  if (!sender.ok) return sender
  const refusal = refuseBlocked(state) ?? refuseReply(state, item)
  if (refusal) {
    // What was stored once is answered with that, whatever is to be said of it now.
    const before = findByClientId(state.sql, userId, item.clientId)
    if (!before) return refusal
    return ok({ message: toMessage(state.identity.channelId, before), created: false })
  }
  const { clientId, text, replyTo } = item
  const mentions = mentionedIn(state, sender.value, text)
  return ok(state.append({ userId, clientId, kind: 'text', text, replyTo, mentions }, now))
}

function refuseReply(state: ChannelState, { replyTo }: SendItem): Failure | null {
  if (replyTo === null || mayExist(state, replyTo)) return null
  return fail('invalid', 'replyTo names no message of this channel')
}

/**
 * Whether there is such a message to reply to. Of those that were dropped only the range is known here;
 * asking the archive would let what was sent later overtake this message.
 */
function mayExist(state: ChannelState, messageId: number): boolean {
  const { droppedFrom, droppedBelow } = state.archive
  const isDropped = messageId >= droppedFrom && messageId < droppedBelow
  return isDropped || findMessage(state.sql, messageId) !== undefined
}
