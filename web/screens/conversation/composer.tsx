import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { countCodePoints } from '../../../protocol/text.ts'
import { client } from '../../state/client.ts'
import { draftOf, saveDraft } from '../../state/drafts.ts'
import { text } from '../../text.ts'
import { SendIcon } from '../../ui/icons.tsx'

/** From this share of the limit on, what is left is shown. */
const NEAR_LIMIT = 0.9

export function Composer({ channelId }: { channelId: string }) {
  const [draft, setDraft] = useState(() => draftOf(channelId))
  const input = useRef<HTMLTextAreaElement>(null)
  const words = text.conversation
  const limit = client.maxTextLength
  const left = limit - countCodePoints(draft)
  const canSend = draft.trim() !== '' && left >= 0

  useEffect(() => {
    // A touch keyboard that opens by itself would cover what one came to read.
    if (matchMedia('(hover: hover)').matches) input.current?.focus()
  }, [channelId])

  useLayoutEffect(() => {
    const element = input.current
    if (element === null) return
    element.style.setProperty('height', 'auto')
    element.style.setProperty('height', `${element.scrollHeight}px`)
  }, [draft])

  function change(value: string) {
    setDraft(value)
    saveDraft(channelId, value)
  }

  function send() {
    if (!canSend) return
    client.send(channelId, draft.trim())
    change('')
    input.current?.focus()
  }

  function onKeyDown(event: KeyboardEvent) {
    // 229: some browsers report the Enter that ends an IME's composition only this way.
    const composing = event.isComposing || event.keyCode === 229
    if (event.key !== 'Enter' || event.shiftKey || composing) return
    event.preventDefault()
    send()
  }

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      <textarea
        ref={input}
        class="composer-input"
        rows={1}
        dir="auto"
        enterkeyhint="send"
        aria-label={words.placeholder}
        placeholder={words.placeholder}
        value={draft}
        onInput={(event) => change(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      {left < limit * (1 - NEAR_LIMIT) && (
        <p class={left < 0 ? 'composer-left composer-over' : 'composer-left'} role="status">
          {words.charactersLeft(left)}
        </p>
      )}
      <button type="submit" class="send-button" aria-label={words.send} disabled={!canSend}>
        <SendIcon />
      </button>
    </form>
  )
}
