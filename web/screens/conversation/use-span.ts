import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Message } from '../../../protocol/objects.ts'
import { cut, endSpan, shiftDown, shiftUp, spanAround, type Span } from './span.ts'

/** A message's height before any was measured. */
const GUESS_PX = 56

/**
 * Puts a bounded part of a long chat on the page, with gaps as high as what is left out, and moves it
 * along with the eye. Whatever is added, taken away or grows outside, what one looks at stays in its place.
 * @param firstShownId where to begin; null: at the end, and then along with it
 */
export function useSpan(messages: readonly Message[], firstShownId: number | null) {
  const scroller = useRef<HTMLDivElement>(null)
  const rows = useRef<HTMLDivElement>(null)
  const average = useRef(GUESS_PX)
  const [moved, setMoved] = useState<Span | null>(
    firstShownId === null ? null : spanAround(firstShownId),
  )
  /** The person went somewhere where nothing was: there is no place to keep. */
  const hasJumped = useRef(false)

  const lastId = messages.at(-1)?.messageId ?? 0
  const span = moved ?? endSpan(lastId)
  const { shown, above, below } = cut(messages, span)

  // Read while the page is still as it was: there is no later moment before it changes.
  const anchor = moved === null || !scroller.current ? null : findAnchor(scroller.current)
  const hadFocus = scroller.current?.contains(document.activeElement) ?? false

  useLayoutEffect(() => {
    const element = scroller.current
    if (element === null || rows.current === null) return
    if (shown.length > 0) average.current = rows.current.offsetHeight / shown.length
    if (anchor !== null && !hasJumped.current) {
      const now = element.querySelector(`[data-message="${anchor.messageId}"]`)
      if (now !== null) element.scrollTop += topIn(element, now) - anchor.top
    }
    hasJumped.current = false
    // What had the focus may be far away by now.
    if (hadFocus && document.activeElement === document.body) element.focus({ preventScroll: true })
  })

  /** To be called when the log is scrolled. */
  function follow(isAtBottom: boolean): void {
    const element = scroller.current
    const box = rows.current
    if (element === null || box === null) return
    const top = topIn(element, box)
    const bottom = top + box.offsetHeight
    const height = element.clientHeight
    if (bottom < 0 || top > height) {
      const index = Math.floor((-topIn(element, box) + above * average.current) / average.current)
      const there = messages[Math.max(0, Math.min(messages.length - 1, index))]
      if (there === undefined) return
      hasJumped.current = true
      setMoved(spanAround(there.messageId))
    } else if (above > 0 && top > -height) setMoved(shiftUp(span))
    else if (below > 0 && bottom < 2 * height) setMoved(shiftDown(span))
    else if (below === 0 && isAtBottom) setMoved(null)
    else if (moved === null) setMoved(span)
  }

  return {
    scroller,
    rows,
    shown,
    reachesEnd: below === 0,
    /** Moves along with the end. */
    isFollowing: moved === null,
    gapAbove: above * average.current,
    gapBelow: below * average.current,
    follow,
    /** Goes back to the end, and along with it from there. */
    toEnd: () => setMoved(null),
  }
}

interface Anchor {
  messageId: string
  top: number
}

/** The first message in sight, and where it stands. */
function findAnchor(scroller: HTMLElement): Anchor | null {
  for (const article of scroller.querySelectorAll<HTMLElement>('article[data-message]')) {
    const top = topIn(scroller, article)
    const { message: messageId } = article.dataset
    if (messageId !== undefined && top + article.offsetHeight > 0) return { messageId, top }
  }
  return null
}

/** How far below the upper edge of what is in sight something begins. */
function topIn(scroller: HTMLElement, element: Element): number {
  return element.getBoundingClientRect().top - scroller.getBoundingClientRect().top
}
