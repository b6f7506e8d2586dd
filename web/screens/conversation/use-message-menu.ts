import { useState } from 'preact/hooks'
import type { Message } from '../../../protocol/objects.ts'
import { client } from '../../state/client.ts'
import { useLongPress } from '../../ui/use-long-press.ts'

export interface MenuTarget {
  message: Message
  /** The message on the page. */
  article: HTMLElement
}

const STEPS: Record<string, number> = { ArrowUp: -1, ArrowDown: 1, Home: -Infinity, End: Infinity }

/**
 * The menu of the messages in a log: which message it is open for, and the handlers that open it, by
 * its button, a finger that stays, or Enter on a message that arrows have led to.
 */
export function useMessageMenu(channelId: string) {
  const [target, setTarget] = useState<MenuTarget | null>(null)

  function open(at: EventTarget | null): boolean {
    const article = articleOf(at)
    const message = client.timeline(channelId).get(Number(article?.dataset['message']))
    if (article === null || message === null || message.deletedAt !== null) return false
    setTarget({ message, article })
    return true
  }

  function onKeyDown(event: KeyboardEvent & { currentTarget: HTMLElement }) {
    const { currentTarget: log, target: at, key } = event
    // What stands in a message has keys of its own.
    if (at !== log && at !== articleOf(at)) return
    const isMenuKey = key === 'Enter' || key === 'ContextMenu' || (key === 'F10' && event.shiftKey)
    const step = STEPS[key]
    if (isMenuKey && at !== log) open(at)
    else if (step !== undefined) focusMessage(log, articleOf(at), step)
    else if (key === 'Escape' && at !== log) {
      log.closest('section')?.querySelector('textarea')?.focus()
    } else return
    event.preventDefault()
  }

  const longPress = useLongPress(open)
  return {
    target,
    close: () => setTarget(null),
    handlers: {
      ...longPress,
      onKeyDown,
      onClick(event: MouseEvent) {
        const { target: at } = event
        if (at instanceof Element && at.closest('[data-anchor]') !== null) open(at)
      },
    },
  }
}

function articleOf(at: EventTarget | null): HTMLElement | null {
  return at instanceof Element ? at.closest<HTMLElement>('article') : null
}

/** From the log itself the way leads to the newest message. */
function focusMessage(log: HTMLElement, from: HTMLElement | null, step: number): void {
  const articles = [...log.querySelectorAll<HTMLElement>('article')]
  const start = from === null ? articles.length : articles.indexOf(from)
  const at = Math.max(0, Math.min(articles.length - 1, start + step))
  articles[at]?.focus()
}
