import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, inject } from 'vitest'
import { findings } from './accessibility.ts'
import { ChatWindow } from './chat-window.ts'
import { findChromium, launchChromium } from './chromium.ts'

const SCREENSHOTS = new URL('../../screenshots/', import.meta.url).pathname

const chromium = findChromium()

if (chromium === null) {
  const line = '!'.repeat(72)
  console.warn(
    [
      line,
      '!!  THE BROWSER TESTS ARE SKIPPED: no Chromium is installed.',
      '!!  Install `chromium`, or name a browser of its kind in CHROMIUM.',
      '!!  Until then nothing here shows that the page works.',
      line,
    ].join('\n'),
  )
}

interface OpenOptions {
  at?: string
  /** The tag of the language that was chosen in this browser. */
  language?: string
}

export interface Windows {
  /** A window of a browser profile of its own: for another person, or another device of one. */
  open(options?: BrowserContextOptions & OpenOptions): Promise<ChatWindow>
  /** Holds on to a window that was opened otherwise, for the checks after each story. */
  add(window: ChatWindow): ChatWindow
}

/**
 * Stories of one browser. After each of them no window may have had any trouble that the story did
 * not expect; when one fails, its windows are kept as pictures. At the end axe-core looks at each that is still open.
 */
export function describeInBrowser(name: string, stories: (windows: Windows) => void): void {
  // oxlint-disable-next-line vitest/valid-title -- its type says that it is a string
  describe.skipIf(chromium === null)(name, () => {
    let browser: Browser
    const windows: ChatWindow[] = []
    const crashed = new Set<Page>()

    beforeAll(async () => {
      browser = await launchChromium(chromium ?? '')
    })

    afterAll(async () => {
      const open = windows.filter(({ page }) => !page.isClosed() && !crashed.has(page))
      const found = await Promise.all(open.map(({ page }) => looked(page)))
      await browser.close()
      expect(found.flat(), 'what axe-core finds').toEqual([])
    })

    afterEach(async ({ task }) => {
      if (task.result?.state === 'fail') await keepPictures(task.name)
      const troubles = windows.flatMap((window) => window.troubles.take())
      expect(troubles, 'troubles in the page').toEqual([])
    })

    async function keepPictures(story: string): Promise<void> {
      const slug = story
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '-')
        .slice(0, 60)
      for (const [index, { page }] of windows.entries()) {
        const path = `${SCREENSHOTS}failed/${slug}-${index}.png`
        await page.screenshot({ path }).catch(() => undefined)
      }
    }

    stories({
      async open({ at = inject('serverUrl'), language, ...options } = {}) {
        const context = await browser.newContext(options)
        if (language !== undefined) {
          await context.addInitScript(
            (tag) => localStorage.setItem('parley.language', tag),
            language,
          )
        }
        return this.add(await ChatWindow.open(context, at))
      },
      add(window) {
        windows.push(window)
        window.page.once('crash', (page) => crashed.add(page))
        return window
      },
    })
  })
}

/** What moves while its colours are measured has none. */
async function looked(page: Page): Promise<string[]> {
  await page.emulateMedia({ reducedMotion: 'reduce' })
  return await findings(page)
}

/** Keeps a picture of a view, to look at after a run. */
export async function picture(window: ChatWindow, name: string): Promise<void> {
  await window.page.screenshot({ path: `${SCREENSHOTS}${name}.png`, animations: 'disabled' })
}
