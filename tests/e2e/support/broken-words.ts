import type { Page } from 'playwright-core'

/** The words of the bars at the edges that are on two lines, stick out or are cut off. */
export async function brokenWords(page: Page): Promise<string[]> {
  return await page.evaluate(() => {
    const found: string[] = []
    for (const bar of document.querySelectorAll(
      '.sidebar-head, .sidebar-note, .conversation-head',
    )) {
      const box = bar.getBoundingClientRect()
      const texts = document.createTreeWalker(bar, NodeFilter.SHOW_TEXT)
      while (texts.nextNode()) {
        const text = texts.currentNode
        const parent = text.parentElement
        if (parent === null || !parent.checkVisibility()) continue
        if (parent.closest('.visually-hidden, [aria-hidden]') !== null) continue
        for (const { 0: word, index } of (text.textContent ?? '').matchAll(/\S+/g)) {
          const range = document.createRange()
          range.setStart(text, index)
          range.setEnd(text, index + word.length)
          const lines = new Set([...range.getClientRects()].map(({ top }) => Math.round(top)))
          const { top, bottom, left, right } = range.getBoundingClientRect()
          const around = parent.getBoundingClientRect()
          const isCut = left < around.left - 1 || right > around.right + 1
          const isOut = top < box.top - 1 || bottom > box.bottom + 1
          if (lines.size > 1 || isCut || isOut) found.push(word)
        }
      }
    }
    return found
  })
}
