import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import { MenuItems, placeBelow, type MenuItem } from './menu-items.tsx'

interface Props {
  label: string
  icon: ComponentChildren
  items: readonly MenuItem[]
}

/** A button with a menu. The browser closes it on Escape and beside it, and gives the focus back. */
export function Menu({ label, icon, items }: Props) {
  const id = useId()
  const button = useRef<HTMLButtonElement>(null)
  const menu = useRef<HTMLDivElement>(null)

  useEffect(() => {
    // For the moment the menu opens: as part of the markup, it would be tried when the page appears.
    menu.current?.querySelector('[role=menuitem]')?.setAttribute('autofocus', '')
  }, [])

  return (
    <>
      <button
        ref={button}
        type="button"
        class="icon-button"
        aria-label={label}
        aria-haspopup="menu"
        popovertarget={id}
      >
        {icon}
      </button>
      <MenuItems
        ref={menu}
        id={id}
        label={label}
        items={items}
        onToggle={(isOpen) => isOpen && placeBelow(menu.current, button.current)}
      />
    </>
  )
}
