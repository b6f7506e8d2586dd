import type { RefObject } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { OpenConversation } from '../../../client/index.ts'
import { client } from '../../state/client.ts'

/** Keeps the socket of a chat open while the chat is on screen and one is in it. */
export function useConversation(
  channelId: string,
  isMember: boolean,
): RefObject<OpenConversation | null> {
  const conversation = useRef<OpenConversation>(null)
  useEffect(() => {
    if (!isMember) return undefined
    const opened = client.open(channelId)
    conversation.current = opened
    return () => {
      opened.close()
      conversation.current = null
    }
  }, [channelId, isMember])
  return conversation
}
