import { useLayoutEffect, useRef } from 'preact/hooks'
import type { Message } from '../../../protocol/objects.ts'
import { useSpan } from './use-span.ts'

interface Options {
  messages: readonly Message[]
  /** The message to show, in the middle. */
  messageId: number
  /** The person has come close to the upper or lower end of what is held. */
  onTop: () => void
  onBottom: () => void
}

/** As close to an end as counts as being there. */
const END_PX = 48

/** Shows a message once it is there, and marks it. */
export function usePastScroll({ messages, messageId, onTop, onBottom }: Options) {
  const span = useSpan(messages, messageId)
  const { scroller } = span
  const isShown = useRef(false)

  useLayoutEffect(() => {
    if (isShown.current) return
    const article = scroller.current?.querySelector<HTMLElement>(`[data-message="${messageId}"]`)
    if (!article) return
    isShown.current = true
    article.dataset['found'] = ''
    article.scrollIntoView({ block: 'center' })
    article.focus({ preventScroll: true })
  })

  /** Only what the person scrolls to counts: being shown a message near the end is not going there. */
  const lastTop = useRef<number | null>(null)
  function onScroll() {
    const element = scroller.current
    if (element === null || !isShown.current) return
    span.follow(false)
    const { scrollTop, clientHeight, scrollHeight } = element
    const from = lastTop.current
    lastTop.current = scrollTop
    if (from === null) return
    if (scrollTop < from && scrollTop < clientHeight) onTop()
    if (scrollTop > from && scrollHeight - scrollTop - clientHeight < END_PX) onBottom()
  }

  return { span, onScroll }
}
