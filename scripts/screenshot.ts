import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Browser } from 'playwright-core'
import { ChatWindow } from '../tests/e2e/support/chat-window.ts'
import { findChromium, launchChromium } from '../tests/e2e/support/chromium.ts'
import { ROOT, stop } from './tools.ts'

/**
 * Makes `docs/images/two-windows.png` for the README: Ana at the group, and Bob at his chat with her.
 * With `npm run dev` in another terminal, on a new folder so that nothing but the demo is there:
 *
 *     npm run demo -- --fill-only
 *     node scripts/screenshot.ts
 *
 * `--url` names another server, `--out` another file.
 */

const WINDOW = { width: 960, height: 660 }
/** Of a picture that is 1600 pixels wide, both windows, the gap between and the margin beside them. */
const SHOWN = { width: 1600, margin: 24, gap: 24 }

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: 'http://localhost:8787' },
    out: { type: 'string', default: join(ROOT, 'docs', 'images', 'two-windows.png') },
  },
})

const chromium = findChromium() ?? stop('No Chromium is installed: install `chromium`.')
const browser = await launchChromium(chromium)
try {
  const group = await shot(browser, 'ana', 'Hut by the lake')
  const dm = await shot(browser, 'bob', 'Ana Duarte')
  mkdirSync(dirname(values.out), { recursive: true })
  writeFileSync(values.out, await sideBySide(browser, [group, dm]))
  console.log(values.out)
} finally {
  await browser.close()
}

async function shot(from: Browser, handle: string, chat: string): Promise<string> {
  const context = await from.newContext({ viewport: WINDOW, deviceScaleFactor: 2 })
  const window = await ChatWindow.open(context, values.url)
  await window.logIn(handle, 'parley-demo')
  await window.openChat(chat)
  await window.log.getByRole('article').last().waitFor()
  await window.page.mouse.move(0, 0)
  const picture = await window.page.screenshot({ animations: 'disabled' })
  await context.close()
  return `data:image/png;base64,${picture.toString('base64')}`
}

/** The page refuses to be framed, so two pictures of it are put side by side. */
async function sideBySide(from: Browser, pictures: string[]): Promise<Buffer> {
  const { width, margin, gap } = SHOWN
  const page = await from.newPage({ viewport: { width, height: 10 } })
  const images = pictures.map((src) => `<img src="${src}">`).join('')
  await page.setContent(`<!doctype html><style>
    body { margin: 0; padding: ${margin}px; display: flex; gap: ${gap}px; align-items: start; background: #d9dcdb; }
    img { flex: 1; min-width: 0; border-radius: 8px; }
  </style>${images}`)
  for (const image of await page.locator('img').all()) {
    await image.evaluate((element) => (element as HTMLImageElement).decode())
  }
  return await page.screenshot({ fullPage: true })
}
