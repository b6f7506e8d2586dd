import type { ComponentChildren, RefObject } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { countCodePoints } from '../../../protocol/text.ts'
import { wrapSelection } from '../../markup/wrap.ts'
import { client } from '../../state/client.ts'
import { text } from '../../text.ts'
import { EmojiButton } from './emoji-button.tsx'

/** From this share of the limit on, what is left is shown. */
const NEAR_LIMIT = 0.9

interface Props {
  /** The field itself, for whoever has to know where the caret is. */
  input?: RefObject<HTMLTextAreaElement | null>
  label: string
  value: string
  /** Whether the field takes the focus when it appears. */
  takesFocus: boolean
  busy?: boolean
  button: { label: string; icon: ComponentChildren }
  /** The list of suggestions that is open, and which of them is chosen. */
  suggestions?: { listId: string; activeId: string } | null
  onValue: (value: string) => void
  onBlur?: () => void
  /** The text without the space around it. */
  onSubmit: (text: string) => void
  /** Before the field's own: Enter sends. */
  onKeyDown?: (event: KeyboardEvent) => void
  /** Above the field. */
  children?: ComponentChildren
}

/** A field that grows with what is written in it, and a button that sends it. */
export function ComposerField(props: Props) {
  const { label, value, takesFocus, busy = false, button, children } = props
  const own = useRef<HTMLTextAreaElement>(null)
  const input = props.input ?? own
  const suggestions = props.suggestions ?? null
  const limit = client.maxTextLength
  const left = limit - countCodePoints(value)
  const canSubmit = value.trim() !== '' && left >= 0 && !busy

  useEffect(() => {
    const element = input.current
    if (element === null || !takesFocus) return
    element.focus()
    element.setSelectionRange(element.value.length, element.value.length)
  }, [])

  useLayoutEffect(() => {
    const element = input.current
    if (element === null) return
    element.style.setProperty('height', 'auto')
    element.style.setProperty('height', `${element.scrollHeight}px`)
  }, [value])

  function submit() {
    if (!canSubmit) return
    input.current?.focus()
    props.onSubmit(value.trim())
  }

  function onKeyDown(event: KeyboardEvent & { currentTarget: HTMLTextAreaElement }) {
    // 229: some browsers report the Enter that ends an IME's composition only this way.
    if (event.isComposing || event.keyCode === 229) return
    props.onKeyDown?.(event)
    wrapSelection(event)
    if (event.key !== 'Enter' || event.shiftKey || event.defaultPrevented) return
    event.preventDefault()
    submit()
  }

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      {children}
      <textarea
        ref={input}
        class="composer-input"
        rows={1}
        dir="auto"
        enterkeyhint="send"
        aria-label={label}
        placeholder={label}
        value={value}
        aria-autocomplete={props.suggestions === undefined ? undefined : 'list'}
        aria-controls={suggestions?.listId}
        aria-activedescendant={suggestions?.activeId}
        onBlur={() => props.onBlur?.()}
        onInput={(event) => props.onValue(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <EmojiButton input={input} />
      <button type="submit" class="send-button" aria-label={button.label} disabled={!canSubmit}>
        {button.icon}
      </button>
      {left < limit * (1 - NEAR_LIMIT) && (
        <p class={left < 0 ? 'composer-count composer-over' : 'composer-count'} role="status">
          {text.conversation.charactersLeft(left)}
        </p>
      )}
    </form>
  )
}
