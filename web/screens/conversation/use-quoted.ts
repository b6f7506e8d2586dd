import { useEffect } from 'preact/hooks'
import { asParleyError } from '../../../client/parley-error.ts'
import type { Message } from '../../../protocol/objects.ts'
import { follow } from '../../state/chats.ts'
import { client } from '../../state/client.ts'

/** The message that another one replies to, which is fetched if this device does not hold it. */
export function useQuoted(channelId: string, messageId: number): Message | null {
  follow(channelId)
  const quoted = client.timeline(channelId).get(messageId)
  const mayLoad = quoted === null && client.channel(channelId)?.leftAt === null
  useEffect(() => {
    if (mayLoad) void load(channelId, messageId)
  }, [mayLoad, channelId, messageId])
  return quoted
}

async function load(channelId: string, messageId: number): Promise<void> {
  try {
    await client.loadMessage(channelId, messageId)
  } catch (caught) {
    // The quote stays without words until the chat is opened again; what was said stands without it.
    asParleyError(caught)
  }
}
