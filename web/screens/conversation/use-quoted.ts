import { useEffect } from 'preact/hooks'
import { asParleyError } from '../../../client/parley-error.ts'
import type { Message } from '../../../protocol/objects.ts'
import { follow } from '../../state/chats.ts'
import { client } from '../../state/client.ts'
import { text } from '../../text.ts'
import { oneLine } from '../../ui/one-line.ts'

/**
 * A message that is replied to or edited, which is fetched if this device does not hold it; null until it is there,
 * and for none.
 */
export function useQuoted(channelId: string, messageId: number | null): Message | null {
  follow(channelId)
  const quoted = messageId === null ? null : client.timeline(channelId).get(messageId)
  const mayLoad = quoted === null && client.channel(channelId)?.leftAt === null
  useEffect(() => {
    if (mayLoad && messageId !== null) void load(channelId, messageId)
  }, [mayLoad, channelId, messageId])
  return quoted
}

/** What a message says, on one line. */
export function quotedLine(message: Message | null): string {
  if (message === null) return '…'
  return message.deletedAt === null ? oneLine(message.text) : text.conversation.deleted
}

async function load(channelId: string, messageId: number): Promise<void> {
  try {
    await client.loadMessage(channelId, messageId)
  } catch (caught) {
    // The quote stays without words until the chat is opened again; what was said stands without it.
    asParleyError(caught)
  }
}
