import { useState } from 'preact/hooks'
import { useLongPress } from '../../ui/use-long-press.ts'

const RIGHT = 2

/**
 * The menu of a row: what it is open at, and the handlers that open it, by a right click, the menu key, or
 * a finger that stays. It opens when button or finger is lifted, since that would close it again.
 */
export function useRowMenu(hasItems: boolean) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null)

  function open(at: EventTarget | null): boolean {
    const row = at instanceof Element ? at.closest('a') : null
    if (!hasItems || row === null) return false
    setAnchor(row)
    return true
  }

  const longPress = useLongPress(open)
  return {
    anchor,
    close: () => setAnchor(null),
    handlers: {
      ...longPress,
      onAuxClick(event: MouseEvent) {
        if (event.button === RIGHT) open(event.target)
      },
      onContextMenu(event: MouseEvent) {
        longPress.onContextMenu(event)
        if (event.defaultPrevented || !hasItems) return
        event.preventDefault()
        if (event.button !== RIGHT) open(event.target)
      },
    },
  }
}
