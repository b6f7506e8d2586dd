import type { Message } from '../../../protocol/objects.ts'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { client } from '../../state/client.ts'
import { recentEmoji, rememberEmoji } from '../../state/used-emoji.ts'
import { text } from '../../text.ts'
import { ErrorLine } from '../../ui/error-line.tsx'
import { MoreIcon } from '../../ui/icons.tsx'
import { placeBelow } from '../../ui/menu-items.tsx'
import { useAction } from '../../ui/use-action.ts'
import { EmojiPicker } from './emoji-picker.tsx'

/** One key away, after those that were used last. */
const COMMON = ['👍', '❤️', '😂', '🎉', '😮', '😢', '🙏', '👀']
const SHOWN = 8
/** Of those, so many may be the last ones; the rest stays where the hand knows it. */
const RECENT_SHOWN = 3

interface Props {
  message: Message
  /** The message on the page; it gets the focus back. */
  anchor: HTMLElement
  onClose: () => void
}

/** Chooses the emoji to react with: a few at once, or any of all. */
export function ReactionPicker({ message, anchor, onClose }: Props) {
  const [isAll, setAll] = useState(false)
  const { error, run } = useAction()
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
      rememberEmoji(emoji)
      onClose()
      anchor.focus({ preventScroll: true })
    })
  }

  if (isAll) {
    return (
      <EmojiPicker
        label={words.react}
        anchor={anchor}
        error={error}
        onChoose={react}
        onClose={onClose}
      />
    )
  }
  const recent = recentEmoji().filter((emoji) => !COMMON.includes(emoji))
  const few = [...recent.slice(0, RECENT_SHOWN), ...COMMON].slice(0, SHOWN)
  return (
    <div
      ref={popover}
      class="menu reaction-picker"
      role="dialog"
      aria-label={words.react}
      popover="auto"
      onToggle={(event) =>
        event.newState === 'closed' && event.currentTarget.isConnected && onClose()
      }
    >
      <div class="reaction-common">
        {few.map((emoji) => (
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
        <button
          type="button"
          class="icon-button"
          aria-label={words.emoji}
          onClick={() => setAll(true)}
        >
          <MoreIcon />
        </button>
      </div>
      <ErrorLine error={error} />
    </div>
  )
}
