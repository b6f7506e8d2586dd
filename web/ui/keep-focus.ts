const FOCUSABLE =
  'a[href], button, input, select, textarea, summary, [tabindex]:not([tabindex="-1"])'
/** Of the whole page, the chat one would come to by the Tab key. */
const HOME = '.chat-list a[tabindex="0"]'

/** What had the focus last, and what it stands in, from inside out; nothing if it was given up. */
let path: Element[] = []
let isLooking = false

/**
 * Sees to it that the focus is never lost. What has it may go away, as a message does or a page that is
 * left, or be of no use for a moment, as a button that is at work: then the focus goes to what is next
 * around it, or back. Without this, the Tab key would begin at the top of the page again.
 */
export function keepFocus(): void {
  addEventListener('focusin', ({ target }) => {
    path = []
    for (let at = target instanceof Element ? target : null; at !== null; at = at.parentElement) {
      path.push(at)
    }
  })
  // Somebody clicked beside everything: that is no loss.
  addEventListener('pointerdown', () => setTimeout(() => hasFocus() || (path = [])))
  new MutationObserver(look).observe(document.body, {
    childList: true,
    subtree: true,
    attributeFilter: ['disabled'],
  })
}

function look(): void {
  if (isLooking || path.length === 0) return
  isLooking = true
  // After the frame: whoever puts the focus somewhere has done so, and the browser took it from what is gone.
  requestAnimationFrame(() =>
    setTimeout(() => {
      isLooking = false
      if (!hasFocus()) giveBack()
    }),
  )
}

function hasFocus(): boolean {
  const { activeElement } = document
  return activeElement !== null && activeElement !== document.body
}

function giveBack(): void {
  const [had] = path
  if (had === undefined || (had.isConnected && had.matches(':disabled') && isShown(had))) return
  const again = had.id === '' ? null : document.getElementById(had.id)
  for (const around of [...(again === null ? [] : [again]), ...path]) {
    if (around === document.body) break
    const target = isUsable(around) ? around : within(around)
    if (target instanceof HTMLElement) return target.focus({ preventScroll: true })
  }
}

function within(around: Element): Element | undefined {
  const [home] = around.querySelectorAll(HOME)
  return [home, ...around.querySelectorAll(FOCUSABLE)].find(
    (element) => element !== undefined && isUsable(element),
  )
}

function isUsable(element: Element): boolean {
  const takesFocus = element.matches(FOCUSABLE) || element.matches('[tabindex]')
  return element.isConnected && takesFocus && !element.matches(':disabled') && isShown(element)
}

function isShown(element: Element): boolean {
  return element.checkVisibility({ visibilityProperty: true })
}
