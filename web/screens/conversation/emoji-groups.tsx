import type { RefObject } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { laterText } from '../../later-text.ts'
import { EmojiGroupIcon } from './emoji-group-icons.tsx'
import type { EmojiSection } from './emoji-grid.tsx'

interface Props {
  /** None while they are loaded, or looked for by name. */
  sections: readonly EmojiSection[]
  /** Where they are, in this order, and scrolled through. */
  grid: RefObject<HTMLElement | null>
}

/** A button for each group of emoji, which leads to its first one. The group that is in sight is marked. */
export function EmojiGroups({ sections, grid }: Props) {
  const [current, setCurrent] = useState(0)

  useEffect(() => {
    const element = grid.current
    if (element === null) return
    const look = () => setCurrent(groupInSight(element))
    look()
    element.addEventListener('scroll', look, { passive: true })
    return () => element.removeEventListener('scroll', look)
  }, [sections.length])

  function goTo(index: number) {
    const section = grid.current?.children[index]
    section?.scrollIntoView({ block: 'start' })
    section?.querySelector('button')?.focus({ preventScroll: true })
  }

  return (
    <div
      class="emoji-groups"
      role="toolbar"
      aria-label={laterText.emoji.groups}
      onKeyDown={moveFocus}
    >
      {sections.map(({ title, group }, index) => (
        <button
          key={title}
          type="button"
          aria-label={title}
          title={title}
          aria-current={index === current}
          // One stop of the Tab key; arrows lead to the others.
          tabIndex={index === current ? 0 : -1}
          onClick={() => goTo(index)}
        >
          <EmojiGroupIcon group={group} />
        </button>
      ))}
    </div>
  )
}

/** The last one that begins at the upper edge or above it; at the very end the last of all. */
function groupInSight(grid: HTMLElement): number {
  const sections = [...grid.children]
  if (grid.scrollTop > 0 && grid.scrollTop + grid.clientHeight >= grid.scrollHeight - 1) {
    return sections.length - 1
  }
  // Half a row, for what is scrolled to ends between two pixels.
  const edge = grid.getBoundingClientRect().top + 20
  const at = sections.findLastIndex((section) => section.getBoundingClientRect().top <= edge)
  return Math.max(0, at)
}

function moveFocus(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const forward = getComputedStyle(event.currentTarget).direction === 'rtl' ? -1 : 1
  const buttons = [...event.currentTarget.querySelectorAll('button')]
  const at = buttons.findIndex((button) => button === event.target)
  const to = {
    ArrowRight: buttons.at((at + forward) % buttons.length),
    ArrowLeft: buttons.at((at - forward) % buttons.length),
    Home: buttons[0],
    End: buttons.at(-1),
  }[event.key]
  if (to === undefined) return
  event.preventDefault()
  to.focus()
}
