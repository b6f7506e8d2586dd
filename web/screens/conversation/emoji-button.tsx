import type { RefObject } from 'preact'
import { useRef, useState } from 'preact/hooks'
import { text } from '../../text.ts'
import { ReactIcon } from '../../ui/icons.tsx'
import { later } from '../../ui/later.tsx'
import { WaitingBar } from '../../ui/waiting.tsx'

const EmojiPicker = later(async () => (await import('./emoji-picker.tsx')).EmojiPicker, WaitingBar)

/** Opens the emoji for a field; the one that is chosen comes where the caret is. */
export function EmojiButton({ input }: { input: RefObject<HTMLTextAreaElement | null> }) {
  const [isOpen, setOpen] = useState(false)
  const button = useRef<HTMLButtonElement>(null)

  function insert(emoji: string) {
    setOpen(false)
    input.current?.focus()
    // The only way that leaves undoing to the browser.
    document.execCommand('insertText', false, emoji)
  }

  return (
    <>
      <button
        ref={button}
        type="button"
        class="icon-button emoji-button"
        aria-label={text.conversation.emoji}
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
      >
        <ReactIcon />
      </button>
      {isOpen && (
        <EmojiPicker
          label={text.conversation.emoji}
          anchor={button.current}
          onChoose={insert}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  )
}
