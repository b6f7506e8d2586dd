import type { Page } from 'playwright-core'

/** What people wrote may be longer than its place; it ends with an ellipsis there. */
const CONTENT = [
  '.chat-row-name',
  '.chat-row-line',
  '.conversation-title h1',
  '.quote-name',
  '.quote-line',
  '.composer-quote',
  '.hit-chat',
  '.hit-text',
  '.search-scope span',
  '.invite-code',
  '.palette-name',
  '.palette-line',
  // Without a glyph for it, an emoji of several people is as wide as all of them.
  '.emoji-row button',
]

/** The words on the page that are not seen in full: outside of the page, or of what they stand in. */
export async function cutOff(page: Page): Promise<string[]> {
  return await page.evaluate((content) => {
    const found = new Set<string>()
    const isHidden = (element: Element) =>
      !element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) ||
      element.closest('.visually-hidden, [aria-hidden=true], noscript, option') !== null

    for (const box of document.querySelectorAll<HTMLElement>('*')) {
      const { overflowX } = getComputedStyle(box)
      const scrolls = overflowX === 'auto' || overflowX === 'scroll'
      if (box.matches('html, body') || (scrolls && !box.matches('textarea, input'))) {
        if (box.scrollWidth > box.clientWidth) found.add(`scrolls sideways: ${nameOf(box)}`)
      }
    }

    // A dialog or a menu that is open covers the rest.
    const top = document.querySelector('dialog[open], :popover-open') ?? document.body
    const walker = document.createTreeWalker(top, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const parent = node.parentElement
      if (parent === null || node.textContent?.trim() === '' || isHidden(parent)) continue
      if (parent.closest(content) !== null) continue
      const range = document.createRange()
      range.selectNodeContents(node)
      for (const words of range.getClientRects()) look(node.textContent ?? '', words, parent)
    }
    return [...found]

    function look(text: string, words: DOMRect, parent: Element): void {
      if (words.left < -1 || words.right > innerWidth + 1) found.add(`beside the page: ${text}`)
      for (let box: Element | null = parent; box !== null; box = box.parentElement) {
        const style = getComputedStyle(box)
        const place = box.getBoundingClientRect()
        const isBeside = words.left < place.left - 1 || words.right > place.right + 1
        const clips = style.overflowX === 'hidden' || style.overflowX === 'clip'
        const holds = clips || box.matches('button, a, label, summary, li, h1, h2, p, article')
        // An inline box is as large as its words.
        if (style.display !== 'inline' && holds && isBeside) {
          found.add(`beside ${nameOf(box)}: ${text}`)
        }
        const isBelow = words.bottom > place.bottom + 4 || words.top < place.top - 4
        if (box.matches('button, a.button') && isBelow) found.add(`below ${nameOf(box)}: ${text}`)
        if (style.position === 'fixed') break
      }
    }

    function nameOf(element: Element): string {
      return `${element.localName}.${element.classList.value.replaceAll(' ', '.')}`
    }
  }, CONTENT.join(', '))
}
