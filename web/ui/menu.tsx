import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'

interface Item {
  label: string
  icon: ComponentChildren
  danger?: boolean
  onSelect: () => void
}

interface Props {
  label: string
  icon: ComponentChildren
  items: readonly Item[]
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
      <div
        ref={menu}
        id={id}
        class="menu"
        role="menu"
        aria-label={label}
        popover="auto"
        onToggle={(event) => {
          if (event.newState === 'open') open(menu.current, button.current)
        }}
        onKeyDown={(event) => moveFocus(event, menu.current)}
      >
        {items.map((item) => (
          <button
            key={item.label}
            type="button"
            role="menuitem"
            class={item.danger ? 'menu-item menu-item-danger' : 'menu-item'}
            onClick={() => {
              menu.current?.hidePopover()
              item.onSelect()
            }}
          >
            {item.icon}
            {item.label}
          </button>
        ))}
      </div>
    </>
  )
}

/** Below the button, its right edge under the button's, and within the page. */
function open(menu: HTMLElement | null, button: HTMLElement | null): void {
  if (menu === null || button === null) return
  const place = button.getBoundingClientRect()
  const left = Math.max(8, Math.min(place.right, innerWidth - 8) - menu.offsetWidth)
  menu.style.setProperty('left', `${left}px`)
  menu.style.setProperty('top', `${place.bottom + 4}px`)
}

function moveFocus(event: KeyboardEvent, menu: HTMLElement | null): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  if (step === undefined || menu === null) return
  event.preventDefault()
  const items = [...menu.querySelectorAll<HTMLElement>('[role=menuitem]')]
  const at = items.findIndex((item) => item === document.activeElement)
  items[(at + step + items.length) % items.length]?.focus()
}
