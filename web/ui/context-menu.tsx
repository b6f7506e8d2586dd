import { useLayoutEffect, useRef } from 'preact/hooks'
import { MenuItems, placeBelow, type MenuItem } from './menu-items.tsx'

interface Props {
  label: string
  items: readonly MenuItem[]
  note?: string | null
  /** What it belongs to; it gets the focus back. */
  anchor: HTMLElement
  onClose: () => void
}

/** A menu for one of many things, open as long as it is there. */
export function ContextMenu({ label, items, note = null, anchor, onClose }: Props) {
  const menu = useRef<HTMLDivElement>(null)

  useLayoutEffect(() => {
    const element = menu.current
    if (element === null) return
    // The browser gives the focus back to whatever had it before.
    anchor.focus({ preventScroll: true })
    element.querySelector('[role=menuitem]')?.setAttribute('autofocus', '')
    element.showPopover()
    placeBelow(element, visibleButton(anchor) ?? anchor)
  }, [])

  return (
    <MenuItems
      ref={menu}
      label={label}
      items={items}
      note={note}
      onToggle={(isOpen) => !isOpen && onClose()}
    />
  )
}

/** The button that opens the menu with a mouse; there is none to see on a touch screen. */
function visibleButton(anchor: HTMLElement): HTMLElement | null {
  const button = anchor.querySelector<HTMLElement>('[data-anchor]')
  return button !== null && button.getClientRects().length > 0 ? button : null
}
