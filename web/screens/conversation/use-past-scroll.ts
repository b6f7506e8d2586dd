import { useLayoutEffect, useRef } from 'preact/hooks'

interface Options {
  /** The message to show, in the middle. */
  messageId: number
  /** The oldest message shown. */
  first: number | undefined
  /** The person has come close to the upper or lower end. */
  onTop: () => void
  onBottom: () => void
}

/** As close to an end as counts as being there. */
const END_PX = 48

/** Shows a message once it is there, marks it, and keeps the place when others load above it. */
export function usePastScroll({ messageId, first, onTop, onBottom }: Options) {
  const scroller = useRef<HTMLDivElement>(null)
  const before = useRef({ first, height: 0, isShown: false })

  useLayoutEffect(() => {
    const element = scroller.current
    if (element === null) return
    const was = before.current
    if (!was.isShown) {
      const article = element.querySelector<HTMLElement>(`[data-message="${messageId}"]`)
      if (article !== null) {
        was.isShown = true
        article.dataset['found'] = ''
        article.scrollIntoView({ block: 'center' })
        article.focus({ preventScroll: true })
      }
    } else if (first !== was.first) {
      element.scrollTop += element.scrollHeight - was.height
    }
    was.first = first
    was.height = element.scrollHeight
  })

  /** Only what the person scrolls to counts: being shown a message near the end is not going there. */
  const lastTop = useRef<number | null>(null)
  function onScroll() {
    const element = scroller.current
    if (element === null || !before.current.isShown) return
    const { scrollTop, clientHeight, scrollHeight } = element
    const from = lastTop.current
    lastTop.current = scrollTop
    if (from === null) return
    if (scrollTop < from && scrollTop < clientHeight) onTop()
    if (scrollTop > from && scrollHeight - scrollTop - clientHeight < END_PX) onBottom()
  }

  return { scroller, onScroll }
}
