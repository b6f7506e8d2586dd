import { useId, useRef, useState } from 'preact/hooks'
import type { Channel } from '../../../protocol/objects.ts'
import { client } from '../../state/client.ts'
import { draftOf, saveDraft } from '../../state/drafts.ts'
import { text } from '../../text.ts'
import { SendIcon } from '../../ui/icons.tsx'
import { later } from '../../ui/later.tsx'
import { WaitingBar } from '../../ui/waiting.tsx'
import { ComposerField } from './composer-field.tsx'
import { ReplyNote } from './reply-note.tsx'
import { useCompletions } from './use-completions.ts'

const Suggestions = later(async () => (await import('./suggestions.tsx')).Suggestions, WaitingBar)

interface Props {
  channel: Channel
  /** The message that is replied to. */
  replyTo: number | null
  /** After an edit or with a reply the keyboard stays where it is. */
  takesFocus: boolean
  /** With every change, as long as something is there. */
  onTyping: () => void
  /** Arrow up in an empty field. */
  onEditLast: () => void
  onReplied: () => void
}

/** Writes the next message. What was begun is kept for each chat. */
export function Composer(props: Props) {
  const { replyTo, takesFocus, onTyping, onEditLast, onReplied } = props
  const { channelId } = props.channel
  const [draft, setDraft] = useState(() => draftOf(channelId))
  const input = useRef<HTMLTextAreaElement>(null)
  const listId = useId()
  const completions = useCompletions(props.channel, input, change)
  const isSuggesting = completions.suggestions.length > 0
  const words = text.conversation

  function change(value: string) {
    setDraft(value)
    saveDraft(channelId, value)
    if (value !== '') onTyping()
  }

  return (
    <ComposerField
      input={input}
      label={words.placeholder}
      value={draft}
      // A touch keyboard that opens by itself would cover what one came to read.
      takesFocus={takesFocus || matchMedia('(hover: hover)').matches}
      button={{ label: words.send, icon: <SendIcon /> }}
      suggestions={isSuggesting ? { listId, activeId: `${listId}-${completions.chosen}` } : null}
      onValue={(value) => {
        change(value)
        completions.changed(value)
      }}
      onBlur={completions.close}
      onSubmit={(line) => {
        client.send(channelId, line, replyTo)
        change('')
        completions.close()
        onReplied()
        // Whoever sends expects it to go now, not after the pause between two attempts.
        if (client.connection !== 'online') client.wake()
      }}
      onKeyDown={(event) => {
        completions.onKeyDown(event)
        if (event.defaultPrevented) return
        if (event.key === 'Escape' && replyTo !== null) {
          event.preventDefault()
          onReplied()
        }
        if (event.key !== 'ArrowUp' || draft !== '') return
        event.preventDefault()
        onEditLast()
      }}
    >
      {isSuggesting && (
        <Suggestions
          id={listId}
          label={completions.label}
          suggestions={completions.suggestions}
          chosen={completions.chosen}
          onTake={completions.take}
        />
      )}
      {replyTo !== null && (
        <ReplyNote channelId={channelId} messageId={replyTo} onCancel={onReplied} />
      )}
    </ComposerField>
  )
}
