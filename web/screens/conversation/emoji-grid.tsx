import type { RefObject } from 'preact'
import { useLayoutEffect } from 'preact/hooks'
import { withTone, type Emoji } from '../../emoji/emoji.ts'

/** Emoji in a row, as many as .emoji-row has columns for. */
const COLUMNS = 8
const ROW_PX = 40

export interface EmojiSection {
  title: string
  /** Its number in Unicode's order; null for what is no such group. */
  group: number | null
  emoji: readonly Emoji[]
}

interface Props {
  /** The grid itself, for whoever has to know what is in sight. */
  grid: RefObject<HTMLDivElement | null>
  sections: readonly EmojiSection[]
  tone: string
  onChoose: (emoji: string) => void
}

/** The emoji by section. Arrows lead through all of them, and only one is a stop of the Tab key. */
export function EmojiGrid({ grid, sections, tone, onChoose }: Props) {
  useLayoutEffect(() => {
    const buttons = [...(grid.current?.querySelectorAll<HTMLElement>('.emoji-row button') ?? [])]
    if (!buttons.some(({ tabIndex }) => tabIndex === 0)) buttons[0]?.setAttribute('tabindex', '0')
  })

  return (
    <div
      ref={grid}
      class="emoji-grid"
      onKeyDown={moveFocus}
      onFocusIn={(event) => moveStop(event.currentTarget, event.target)}
    >
      {sections.map(({ title, emoji }) => (
        <section
          key={title}
          aria-label={title}
          // Those out of sight are not laid out; this is how high they are.
          style={{
            containIntrinsicBlockSize: `${26 + Math.ceil(emoji.length / COLUMNS) * ROW_PX}px`,
          }}
        >
          <p aria-hidden="true">{title}</p>
          <div class="emoji-row">
            {emoji.map((one) => {
              const shown = one.hasTones ? withTone(one.emoji, tone) : one.emoji
              return (
                <button
                  key={one.emoji}
                  type="button"
                  aria-label={one.name}
                  title={one.name}
                  // The one that had the focus last is the stop, see moveStop.
                  tabIndex={-1}
                  onClick={() => onChoose(shown)}
                >
                  {shown}
                </button>
              )
            })}
          </div>
        </section>
      ))}
    </div>
  )
}

/** From where the focus was last one goes on, also to what is before the emoji and back. */
function moveStop(grid: HTMLElement, focused: EventTarget | null): void {
  for (const before of grid.querySelectorAll('[tabindex="0"]'))
    before.setAttribute('tabindex', '-1')
  if (focused instanceof HTMLElement) focused.tabIndex = 0
}

function moveFocus(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const rows = [...event.currentTarget.querySelectorAll('.emoji-row')].flatMap(rowsIn)
  const y = rows.findIndex((row) => row.some((button) => button === event.target))
  const x = rows[y]?.findIndex((button) => button === event.target) ?? -1
  const forward = getComputedStyle(event.currentTarget).direction === 'rtl' ? -1 : 1
  const all = rows.flat()
  const at = all.findIndex((button) => button === event.target)
  const aside = (rowAt: number) => rows[rowAt]?.[Math.min(x, (rows[rowAt]?.length ?? 1) - 1)]
  const to = {
    ArrowRight: all[at + forward],
    ArrowLeft: all[at - forward],
    ArrowDown: aside(y + 1),
    ArrowUp: aside(y - 1),
    Home: rows[y]?.[0],
    End: rows[y]?.at(-1),
  }[event.key]
  if (to === undefined) return
  event.preventDefault()
  to.focus()
}

function rowsIn(row: Element): HTMLElement[][] {
  const buttons = [...row.querySelectorAll('button')]
  const count = Math.ceil(buttons.length / COLUMNS)
  return Array.from({ length: count }, (_, at) => buttons.slice(at * COLUMNS, (at + 1) * COLUMNS))
}
