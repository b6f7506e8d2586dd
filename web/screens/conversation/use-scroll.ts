import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Message } from '../../../protocol/objects.ts'
import { useSpan } from './use-span.ts'

/** As close to the end as counts as being there. */
const BOTTOM_PX = 48

interface Options {
  messages: readonly Message[]
  /** The newest message on its way: who writes wants to see it. */
  outgoingId: string | undefined
  /** Where to begin, if that is further back than the end shows; null: at the end. */
  firstUnreadId: number | null
  /** The newest message when the chat was opened: what comes after it is new. */
  openedId: number
}

/** Begins at what is unread, or at the end; stays there while one is there, and else where the eye is. */
export function useScroll({ messages, outgoingId, firstUnreadId, openedId }: Options) {
  const lastId = messages.at(-1)?.messageId ?? 0
  const [isAtBottom, setAtBottom] = useState(true)
  const [isFar, setFar] = useState(false)
  const [seenId, setSeenId] = useState(openedId)
  const span = useSpan(messages, firstUnreadId)
  const { scroller } = span
  const before = useRef({ outgoingId, wasAtBottom: true, opened: false })

  useLayoutEffect(() => {
    const element = scroller.current
    if (element === null) return
    const was = before.current
    const wrote = outgoingId !== undefined && outgoingId !== was.outgoingId
    was.outgoingId = outgoingId
    if (!was.opened && messages.length > 0) {
      was.opened = true
      if (firstUnreadId === null) element.scrollTop = element.scrollHeight
      else showUnreadOrEnd(element)
    } else if (wrote) toBottom()
    else if (was.wasAtBottom && span.reachesEnd) element.scrollTop = element.scrollHeight
    measure()
  })

  useLayoutEffect(() => {
    const element = scroller.current
    if (element === null) return
    // The composer grows, the keyboard opens, the window turns: the end stays in sight.
    const observer = new ResizeObserver(() => {
      if (before.current.wasAtBottom) element.scrollTop = element.scrollHeight
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [])

  function measure(): boolean {
    const element = scroller.current
    if (element === null) return true
    const below = element.scrollHeight - element.scrollTop - element.clientHeight
    const isNear = below <= BOTTOM_PX && span.reachesEnd
    before.current.wasAtBottom = isNear
    setAtBottom(isNear)
    setFar(below > element.clientHeight)
    if (isNear) setSeenId(lastId)
    return isNear
  }

  function toBottom(): void {
    span.toEnd()
    before.current.wasAtBottom = true
    const element = scroller.current
    if (element !== null) element.scrollTop = element.scrollHeight
  }

  /** Where it is now: when messages come, `isAtBottom` is still what it was before them until the next render. */
  const isAtEndNow = (): boolean => before.current.wasAtBottom

  return {
    span,
    isAtBottom,
    isAtEndNow,
    isFar,
    seenId,
    toBottom,
    onScroll: () => span.follow(measure()),
  }
}

function showUnreadOrEnd(element: HTMLElement): void {
  const line = element.querySelector<HTMLElement>('.unread-line')
  element.scrollTop = element.scrollHeight
  if (line === null) return
  const above = line.offsetTop - element.clientHeight / 3
  if (above < element.scrollTop) element.scrollTop = above
}
