import { useState } from 'preact/hooks'
import { client } from '../../state/client.ts'
import { draftOf, saveDraft } from '../../state/drafts.ts'
import { text } from '../../text.ts'
import { SendIcon } from '../../ui/icons.tsx'
import { ComposerField } from './composer-field.tsx'

interface Props {
  channelId: string
  /** After an edit the keyboard stays where it is. */
  takesFocus: boolean
  /** With every change, as long as something is there. */
  onTyping: () => void
  /** Arrow up in an empty field. */
  onEditLast: () => void
}

/** Writes the next message. What was begun is kept for each chat. */
export function Composer({ channelId, takesFocus, onTyping, onEditLast }: Props) {
  const [draft, setDraft] = useState(() => draftOf(channelId))
  const words = text.conversation

  function change(value: string) {
    setDraft(value)
    saveDraft(channelId, value)
    if (value !== '') onTyping()
  }

  return (
    <ComposerField
      label={words.placeholder}
      value={draft}
      // A touch keyboard that opens by itself would cover what one came to read.
      takesFocus={takesFocus || matchMedia('(hover: hover)').matches}
      button={{ label: words.send, icon: <SendIcon /> }}
      onValue={change}
      onSubmit={(line) => {
        client.send(channelId, line)
        change('')
        // Whoever sends expects it to go now, not after the pause between two attempts.
        if (client.connection !== 'online') client.wake()
      }}
      onKeyDown={(event) => {
        if (event.key !== 'ArrowUp' || draft !== '') return
        event.preventDefault()
        onEditLast()
      }}
    />
  )
}
