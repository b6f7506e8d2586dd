import { useRef } from 'preact/hooks'

const LONG_MS = 450
/** A finger that moves further scrolls. */
const STILL_PX = 10

/**
 * Handlers for a finger that stays. It acts when the finger is lifted: a menu that opened below it
 * would be closed by that.
 * @param action returns whether there was something to do
 */
export function useLongPress(action: (target: EventTarget | null) => boolean) {
  const press = useRef<{ at: number; x: number; y: number } | null>(null)
  return {
    onTouchStart(event: TouchEvent) {
      const [touch] = event.touches
      const isOne = touch !== undefined && event.touches.length === 1
      press.current = isOne ? { at: event.timeStamp, x: touch.clientX, y: touch.clientY } : null
    },
    onTouchMove(event: TouchEvent) {
      const [touch] = event.touches
      const from = press.current
      if (touch === undefined || from === null) return
      const moved = Math.hypot(touch.clientX - from.x, touch.clientY - from.y)
      if (moved > STILL_PX) press.current = null
    },
    onTouchEnd(event: TouchEvent) {
      const from = press.current
      press.current = null
      if (from === null || event.timeStamp - from.at < LONG_MS) return
      // No click follows, which would close again what was opened.
      if (action(event.target)) event.preventDefault()
    },
    onContextMenu(event: MouseEvent) {
      // The browser's own menu of a long press; with a mouse nothing is pressed here.
      if (press.current !== null) event.preventDefault()
    },
  }
}
