import type { ComponentChildren, Ref } from 'preact'

export interface MenuItem {
  label: string
  icon: ComponentChildren
  danger?: boolean
  onSelect: () => void
}

interface Props {
  ref: Ref<HTMLDivElement>
  id?: string
  label: string
  items: readonly MenuItem[]
  /** A line above the items. */
  note?: string | null
  onToggle: (isOpen: boolean) => void
}

/** The menu itself: arrows move, choosing closes it. */
export function MenuItems({ ref, id, label, items, note = null, onToggle }: Props) {
  return (
    <div
      ref={ref}
      id={id}
      class="menu"
      role="menu"
      aria-label={label}
      popover="auto"
      onToggle={(event) => onToggle(event.newState === 'open')}
      onKeyDown={moveFocus}
    >
      {note !== null && <p class="menu-note">{note}</p>}
      {items.map((item) => (
        <button
          key={item.label}
          type="button"
          role="menuitem"
          class={item.danger ? 'menu-item menu-item-danger' : 'menu-item'}
          onClick={(event) => {
            event.currentTarget.closest<HTMLElement>('[popover]')?.hidePopover()
            item.onSelect()
          }}
        >
          {item.icon}
          {item.label}
        </button>
      ))}
    </div>
  )
}

/** Below `anchor`, its end under the anchor's, and within the page; above where there is no room. */
export function placeBelow(menu: HTMLElement | null, anchor: HTMLElement | null): void {
  if (menu === null || anchor === null) return
  const place = anchor.getBoundingClientRect()
  const isFromRight = getComputedStyle(anchor).direction === 'rtl'
  // From the side where lines begin.
  const end = isFromRight ? innerWidth - place.left : place.right
  const start = Math.max(8, Math.min(end, innerWidth - 8) - menu.offsetWidth)
  const below = place.bottom + 4
  const fits = below + menu.offsetHeight <= innerHeight - 8
  const top = fits ? below : Math.max(8, place.top - 4 - menu.offsetHeight)
  menu.style.setProperty('inset-inline-start', `${start}px`)
  menu.style.setProperty('top', `${Math.min(top, innerHeight - 8 - menu.offsetHeight)}px`)
  menu.dataset['placed'] = ''
}

function moveFocus(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  if (step === undefined) return
  event.preventDefault()
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('[role=menuitem]')]
  const at = items.findIndex((item) => item === document.activeElement)
  items[(at + step + items.length) % items.length]?.focus()
}
