import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { findEmoji, TONES, type Emoji } from '../../emoji/emoji.ts'
import { loadEmoji, type AllEmoji } from '../../emoji/load-emoji.ts'
import { chooseTone, chosenTone, recentEmoji, rememberEmoji } from '../../state/used-emoji.ts'
import { laterText } from '../../later-text.ts'
import { text } from '../../text.ts'
import { ErrorLine } from '../../ui/error-line.tsx'
import { placeBelow } from '../../ui/menu-items.tsx'
import { EmojiGroups } from './emoji-groups.tsx'
import { EmojiGrid, type EmojiSection } from './emoji-grid.tsx'

const MAX_FOUND = 64

interface Props {
  label: string
  /** What it opens at; it gets the focus back. */
  anchor: HTMLElement | null
  /** Why the emoji that was chosen was refused. */
  error?: string | null
  onChoose: (emoji: string) => void
  onClose: () => void
}

/** All emoji: found by name, those used last first, in the skin tone one has chosen. */
export function EmojiPicker({ label, anchor, error = null, onChoose, onClose }: Props) {
  const [all, setAll] = useState<AllEmoji | null>(null)
  const [failed, setFailed] = useState(false)
  const [typed, setTyped] = useState('')
  const [tone, setTone] = useState(chosenTone)
  const popover = useRef<HTMLDivElement>(null)
  const grid = useRef<HTMLDivElement>(null)
  const words = laterText.emoji

  useLayoutEffect(() => {
    const element = popover.current
    if (element === null) return
    // The browser gives the focus back to whatever had it before.
    anchor?.focus({ preventScroll: true })
    // A touch keyboard that opens by itself would cover what one came to choose from.
    const first = matchMedia('(hover: hover)').matches ? element.querySelector('input') : element
    first?.setAttribute('autofocus', '')
    element.showPopover()
    placeBelow(element, anchor)
  }, [])

  useEffect(() => {
    void (async () => {
      try {
        setAll(await loadEmoji())
      } catch {
        // No net, or a newer version of the page has taken its place.
        setFailed(true)
      }
    })()
  }, [])

  const sections = all === null ? [] : sectionsOf(all, typed)
  return (
    <div
      ref={popover}
      class="menu emoji-picker"
      role="dialog"
      tabIndex={-1}
      aria-label={label}
      popover="auto"
      onToggle={(event) => event.newState === 'closed' && onClose()}
      onKeyDown={(event) => {
        if (event.key !== 'ArrowDown' || !(event.target instanceof HTMLInputElement)) return
        if (event.target.type === 'radio') return
        event.preventDefault()
        popover.current?.querySelector<HTMLElement>('.emoji-row button')?.focus()
      }}
    >
      <div class="field-box">
        <input
          type="text"
          aria-label={words.search}
          placeholder={words.search}
          autocomplete="off"
          maxLength={60}
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.isComposing) return
            event.preventDefault()
            popover.current?.querySelector<HTMLElement>('.emoji-row button')?.click()
          }}
        />
      </div>
      <EmojiGroups sections={typed.trim() === '' ? sections : []} grid={grid} />
      <EmojiGrid
        grid={grid}
        sections={sections}
        tone={tone}
        onChoose={(emoji) => {
          rememberEmoji(emoji)
          onChoose(emoji)
        }}
      />
      {all !== null && sections.length === 0 && (
        <p class="note" role="status">
          {words.none}
        </p>
      )}
      <ErrorLine error={failed ? text.waiting.failed : error} />
      <fieldset class="emoji-tones" aria-label={words.tone}>
        {TONES.map((one, index) => (
          <label key={one} class={`tone-${index}`}>
            <input
              type="radio"
              name="tone"
              aria-label={one === '' ? words.noTone : `${words.tone} ${index}`}
              checked={one === tone}
              onChange={() => {
                chooseTone(one)
                setTone(one)
              }}
            />
          </label>
        ))}
      </fieldset>
    </div>
  )
}

function sectionsOf({ emoji, groups }: AllEmoji, typed: string): EmojiSection[] {
  const words = laterText.emoji
  if (typed.trim() !== '') {
    const found = findEmoji(emoji, typed, MAX_FOUND)
    return found.length === 0 ? [] : [{ title: words.results, group: null, emoji: found }]
  }
  const recent = recentEmoji().map((used) => asUsed(emoji, used))
  const sections = groups.map((title, group) => ({
    title,
    group,
    emoji: emoji.filter((one) => one.group === group),
  }))
  return [{ title: words.recent, group: null, emoji: recent }, ...sections].filter(
    (section) => section.emoji.length > 0,
  )
}

/** As it was used: in the skin tone of then. */
function asUsed(all: readonly Emoji[], used: string): Emoji {
  const plain = used.replaceAll(/\p{Emoji_Modifier}/gu, '')
  const known = all.find(({ emoji }) => emoji === used || emoji === plain)
  const { name = used, words = '', codes = '', group = 0 } = known ?? {}
  return { emoji: used, name, words, codes, group, hasTones: false }
}
