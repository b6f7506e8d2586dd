import { useCallback, useLayoutEffect, useRef, useState } from 'preact/hooks'

/** As close to the end as counts as being there. */
const BOTTOM_PX = 48

/**
 * Keeps the reading position: at the bottom while one is there, and where the eye is when older
 * messages load above.
 * @param firstId the oldest message shown
 * @param outgoingId the newest message on its way: who writes wants to see it
 * @param lastId the newest message stored
 */
export function useScroll(
  firstId: number | undefined,
  outgoingId: string | undefined,
  lastId: number,
) {
  const scroller = useRef<HTMLDivElement>(null)
  const [isAtBottom, setAtBottom] = useState(true)
  const [isFar, setFar] = useState(false)
  const [seenId, setSeenId] = useState(lastId)
  const before = useRef({ firstId, outgoingId, height: 0, wasAtBottom: true, opened: false })

  useLayoutEffect(() => {
    const element = scroller.current
    if (element === null) return
    const was = before.current
    const wrote = outgoingId !== undefined && outgoingId !== was.outgoingId
    if (!was.opened && firstId !== undefined) {
      was.opened = true
      showUnreadOrEnd(element)
    } else if (was.wasAtBottom || wrote) {
      element.scrollTop = element.scrollHeight
    } else if (firstId !== was.firstId) {
      element.scrollTop += element.scrollHeight - was.height
    }
    was.firstId = firstId
    was.outgoingId = outgoingId
    was.height = element.scrollHeight
    measure()
  })

  useLayoutEffect(() => {
    const element = scroller.current
    if (element === null) return
    // The composer grows, the keyboard opens, the window turns: the end stays in sight.
    const observer = new ResizeObserver(() => {
      if (before.current.wasAtBottom) element.scrollTop = element.scrollHeight
      before.current.height = element.scrollHeight
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [])

  function measure() {
    const element = scroller.current
    if (element === null) return
    const below = element.scrollHeight - element.scrollTop - element.clientHeight
    const isNear = below <= BOTTOM_PX
    before.current.wasAtBottom = isNear
    setAtBottom(isNear)
    setFar(below > element.clientHeight)
    if (isNear) setSeenId(lastId)
  }

  const toBottom = useCallback(() => {
    const element = scroller.current
    if (element !== null) element.scrollTop = element.scrollHeight
  }, [])

  return { scroller, isAtBottom, isFar, seenId, toBottom, onScroll: measure }
}

function showUnreadOrEnd(element: HTMLElement): void {
  const line = element.querySelector<HTMLElement>('.unread-line')
  element.scrollTop = element.scrollHeight
  if (line === null) return
  const above = line.offsetTop - element.clientHeight / 3
  if (above < element.scrollTop) element.scrollTop = above
}
