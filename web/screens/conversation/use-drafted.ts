import { useState } from 'preact/hooks'
import { draftOf, saveDraft } from '../../state/drafts.ts'

/** The id of the message that what is being written in a channel is about; it is kept as drafts are. */
export function useDrafted(name: string): [number | null, (messageId: number | null) => void] {
  const [messageId, setMessageId] = useState(() => Number(draftOf(name)) || null)
  return [
    messageId,
    (next) => {
      saveDraft(name, String(next ?? ''))
      setMessageId(next)
    },
  ]
}
