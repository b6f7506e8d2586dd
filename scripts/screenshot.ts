import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Browser, BrowserContextOptions } from 'playwright-core'
import { ChatWindow } from '../tests/e2e/support/chat-window.ts'
import { findChromium, launchChromium } from '../tests/e2e/support/chromium.ts'
import { ROOT, stop } from './tools.ts'

/**
 * Makes the pictures of the README, in `docs/images/`: the product itself with the people of the demo. With
 * `npm run dev` in another terminal, on a new folder so that nothing but the demo is there, and with a font for
 * emoji installed:
 *
 *     npm run demo -- --fill-only
 *     node scripts/screenshot.ts
 *
 * `--url` names another server, `--out` another folder.
 */

const WIDE = { width: 1120, height: 700 }
const PHONE = { width: 390, height: 700 }
/** More than this nobody wants to load with a README. */
const MAX_BYTES = 150_000

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: 'http://localhost:8787' },
    out: { type: 'string', default: join(ROOT, 'docs', 'images') },
  },
})

const chromium = findChromium() ?? stop('No Chromium is installed: install `chromium`.')
const browser = await launchChromium(chromium)
try {
  mkdirSync(values.out, { recursive: true })
  const group = 'Hut by the lake'
  await shot(browser, 'wide-light', 'ana', group, { viewport: WIDE, colorScheme: 'light' })
  await shot(browser, 'wide-dark', 'bob', 'Ana Duarte', { viewport: WIDE, colorScheme: 'dark' })
  await shot(browser, 'phone-list', 'ana', null, { viewport: PHONE })
  await shot(browser, 'phone-chat', 'cleo', group, { viewport: PHONE })
} finally {
  await browser.close()
}

/** @param chat the one that is open; null for the list alone */
async function shot(
  from: Browser,
  name: string,
  handle: string,
  chat: string | null,
  options: BrowserContextOptions,
): Promise<void> {
  const context = await from.newContext(options)
  const window = await ChatWindow.open(context, values.url)
  await window.logIn(handle, 'parley-demo')
  await window.row(chat ?? 'Hut by the lake').waitFor()
  if (chat !== null) {
    await window.openChat(chat)
    // As it is for somebody who has read it.
    await window.log.getByRole('article').last().waitFor()
    await window.log.evaluate((log) => log.scrollTo(0, log.scrollHeight))
    await window.page.locator('[aria-current] .badge').waitFor({ state: 'detached' })
    await window.page.reload()
    await window.log.getByRole('article').last().waitFor()
  }
  await window.page.mouse.move(0, 0)
  const path = join(values.out, `${name}.png`)
  await window.page.screenshot({ path, animations: 'disabled' })
  await context.close()
  const { size } = statSync(path)
  if (size > MAX_BYTES) stop(`${path} has ${size} bytes: more than ${MAX_BYTES}`)
  console.log(path)
}
