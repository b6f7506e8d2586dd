import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Message } from '../../../protocol/objects.ts'
import { client } from '../../state/client.ts'
import { text } from '../../text.ts'
import { ErrorLine } from '../../ui/error-line.tsx'
import { Field } from '../../ui/field.tsx'
import { placeBelow } from '../../ui/menu-items.tsx'
import { useAction } from '../../ui/use-action.ts'

/** One key away; any other is typed or pasted. */
const COMMON = ['👍', '❤️', '😂', '🎉', '😮', '😢', '🙏', '👀']

interface Props {
  message: Message
  /** The message on the page; it gets the focus back. */
  anchor: HTMLElement
  onClose: () => void
}

/** Chooses the emoji to react with. */
export function ReactionPicker({ message, anchor, onClose }: Props) {
  const [typed, setTyped] = useState('')
  const { busy, error, setError, run } = useAction()
  const popover = useRef<HTMLDivElement>(null)
  const words = text.conversation

  useLayoutEffect(() => {
    const element = popover.current
    if (element === null) return
    // The browser gives the focus back to whatever had it before.
    anchor.focus({ preventScroll: true })
    element.querySelector('button')?.setAttribute('autofocus', '')
    element.showPopover()
    placeBelow(element, anchor.querySelector<HTMLElement>('.bubble') ?? anchor)
  }, [])

  function react(emoji: string) {
    void run(async () => {
      await client.react(message.channelId, message.messageId, emoji)
      popover.current?.hidePopover()
    })
  }

  return (
    <div
      ref={popover}
      class="menu reaction-picker"
      role="dialog"
      aria-label={words.react}
      popover="auto"
      onToggle={(event) => event.newState === 'closed' && onClose()}
    >
      <div class="reaction-common">
        {COMMON.map((emoji) => (
          <button
            key={emoji}
            type="button"
            class="icon-button"
            aria-label={words.reactWith(emoji)}
            onClick={() => react(emoji)}
          >
            {emoji}
          </button>
        ))}
      </div>
      <form
        class="inline-form"
        onSubmit={(event) => {
          event.preventDefault()
          if (typed.trim() !== '') react(typed.trim())
        }}
      >
        <Field
          label={words.anyEmoji}
          value={typed}
          onValue={(value) => {
            setTyped(value)
            setError(null)
          }}
          autocomplete="off"
        />
        <button type="submit" class="button" disabled={busy || typed.trim() === ''}>
          {words.reactDone}
        </button>
      </form>
      <ErrorLine error={error} />
    </div>
  )
}
