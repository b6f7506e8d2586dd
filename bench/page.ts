import { randomUUID } from 'node:crypto'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, CDPSession, Page, Route } from 'playwright-core'
import { ROOT, stop } from '../scripts/tools.ts'
import { ChatWindow } from '../tests/e2e/support/chat-window.ts'
import { findChromium, launchChromium } from '../tests/e2e/support/chromium.ts'
import { fillChannels } from './messages.ts'
import { sendFields, type Timed } from './scenarios.ts'
import { startFilled, type BenchServer } from './servers.ts'
import { BenchSocket } from './socket.ts'

/** The page in a real Chromium, at a chat of 100,000 messages. Times are taken inside of the page. */

const MESSAGES = 100_000
const PASSWORD = 'a password of the bench'
const SIZE = { width: 1280, height: 800 }

export class PageBench {
  readonly server: BenchServer
  private readonly browser: Browser
  private readonly page: Page
  private readonly devtools: CDPSession
  private readonly channelIds: readonly string[]

  private constructor(
    server: BenchServer,
    browser: Browser,
    page: Page,
    devtools: CDPSession,
    channelIds: readonly string[],
  ) {
    this.server = server
    this.browser = browser
    this.page = page
    this.devtools = devtools
    this.channelIds = channelIds
  }

  /** Two DMs of a reader, one with each of two people, both long; the reader's page is at the first one. */
  static async start(port: number): Promise<PageBench> {
    const chromium = findChromium() ?? stop('No Chromium is installed: install `chromium`.')
    const handle = `reader_${randomUUID().slice(0, 8)}`
    const { server, made } = await startFilled(
      'disk',
      2,
      port,
      async (empty) => {
        const token = await signUp(empty, handle)
        return await Promise.all(empty.people.map(({ userId }) => openDm(empty, token, userId)))
      },
      (persistTo, channelIds) => fillChannels(persistTo, channelIds, MESSAGES),
    )
    // The page's files come from here, so for Chromium the server is on another network, and sockets to it are none.
    const browser = await launchChromium(chromium, ['--disable-features=LocalNetworkAccessChecks'])
    const context = await browser.newContext({ viewport: SIZE })
    const url = server.url.replace('ws', 'http')
    await context.route((at) => !/^\/(api|v1)\//.test(at.pathname), servePage)
    const window = await ChatWindow.open(context, url)
    const { page } = window
    const connected = page.waitForEvent('websocket', (socket) => socket.url().includes('/v1/ws'))
    await window.logIn(handle, PASSWORD)
    await (await connected).waitForEvent('framereceived')
    const devtools = await context.newCDPSession(page)
    const bench = new PageBench(server, browser, page, devtools, made)
    for (const channelId of made.toReversed()) {
      await page.locator(`a[href="/c/${channelId}"]`).click()
      await page.locator('article').last().waitFor()
    }
    return bench
  }

  async stop(): Promise<void> {
    await this.browser.close()
    await this.server.stop()
  }

  /** From the click on a chat in the list to the frame that shows its messages. */
  async switchChats(count: number): Promise<Timed> {
    const paths = this.channelIds.map((channelId) => `/c/${channelId}`)
    const latencies = await this.page.evaluate(
      async ([targets, times]) => {
        const frame = () => new Promise((resolve) => requestAnimationFrame(resolve))
        const taken: number[] = []
        let shown = document.querySelector('article')
        for (let i = 1; i <= times; i++) {
          const link = document.querySelector<HTMLElement>(
            `a[href="${targets[i % targets.length]}"]`,
          )
          const start = performance.now()
          link?.click()
          for (;;) {
            await frame()
            const article = document.querySelector('article')
            if (article !== null && article !== shown && !shown?.isConnected) break
          }
          taken.push(performance.now() - start)
          shown = document.querySelector('article')
        }
        return taken
      },
      [paths, count] as const,
    )
    return { latencies, took: sum(latencies) }
  }

  /** From Enter to the frame that shows the message on its way. */
  async send(count: number): Promise<Timed> {
    const latencies = await this.page.evaluate(async (times) => {
      const frame = () => new Promise((resolve) => requestAnimationFrame(resolve))
      const composer = document.querySelector('textarea')
      const taken: number[] = []
      for (let i = 0; i < times; i++) {
        const text = `Sent by the bench ${i} ${performance.now()}`
        if (composer === null) break
        composer.value = text
        composer.dispatchEvent(new InputEvent('input', { bubbles: true }))
        await frame()
        const start = performance.now()
        composer.dispatchEvent(
          new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }),
        )
        for (;;) {
          await frame()
          const last = [...document.querySelectorAll('article')].at(-1)
          if (last?.textContent.includes(text)) break
        }
        taken.push(performance.now() - start)
      }
      return taken
    }, count)
    return { latencies, took: sum(latencies) }
  }

  /** Scrolls up through the chat, so many frames long; latencies are those between frames. */
  async scroll(frames: number): Promise<Timed & { most: number; messages: number }> {
    return await this.page.evaluate(async (times) => {
      const log = document.querySelector<HTMLElement>('[role=log]')
      const frame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve))
      const latencies: number[] = []
      let most = 0
      const seen = new Set<string>()
      const start = await frame()
      let before = start
      for (let i = 0; i < times; i++) {
        if (log !== null) log.scrollTop -= 100
        const now = await frame()
        latencies.push(now - before)
        before = now
        const articles = document.querySelectorAll<HTMLElement>('article')
        most = Math.max(most, articles.length)
        for (const { dataset } of articles) seen.add(dataset['message'] ?? '')
      }
      return { latencies, took: before - start, most, messages: seen.size }
    }, frames)
  }

  /**
   * How long keys take while 50 messages a second arrive: to the frame that shows them, as the browser itself times
   * it, and until the page has done with them (`handled`). What lies between is drawing, which has no graphics card.
   */
  async type(seconds: number): Promise<Timed & { handled: number[] }> {
    await this.page.locator('textarea').fill('')
    const taken = await this.page.evaluateHandle(() => {
      const shown: number[] = []
      const handled: number[] = []
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
          if (entry.name === 'keydown') shown.push(entry.duration)
        }
        // The least that a browser reports; whatever is faster is not seen.
      }).observe({
        type: 'event',
        durationThreshold: 16,
        buffered: false,
      } as PerformanceObserverInit)
      const note = ({ timeStamp }: Event): number => handled.push(performance.now() - timeStamp)
      // After every listener of the page's own, and after what a key puts into the field.
      addEventListener('keydown', note)
      addEventListener('input', note)
      return { shown, handled }
    })
    const sending = this.arrive(seconds)
    const keys = seconds * 10
    await this.page.locator('textarea').pressSequentially('a'.repeat(keys), { delay: 100 })
    await sending
    const { shown, handled } = await taken.jsonValue()
    await this.page.locator('textarea').fill('')
    const fast = Array.from({ length: Math.max(0, keys - shown.length) }, () => 16)
    return { latencies: [...shown, ...fast], took: seconds * 1000, handled }
  }

  /** Megabytes of the page's heap after a collection. */
  async heap(): Promise<number> {
    await this.devtools.send('HeapProfiler.collectGarbage')
    const { usedSize } = await this.devtools.send('Runtime.getHeapUsage')
    return usedSize / 1024 / 1024
  }

  /** Has 50 messages a second come to the chat that is open. */
  async arrive(seconds: number): Promise<void> {
    const [person] = this.server.people
    const [channelId] = this.channelIds
    if (person === undefined || channelId === undefined) throw new Error('nobody is there to write')
    const socket = await BenchSocket.open(
      `${this.server.url}/v1/channels/${channelId}/ws`,
      person.token,
    )
    const start = performance.now()
    for (let i = 0; i < seconds * 50; i++) {
      const wait = start + i * 20 - performance.now()
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
      await socket.ask(sendFields())
    }
    socket.close()
  }
}

/** The server under test has no files of the page: the bare Worker answers the calls alone. */
async function servePage(route: Route): Promise<void> {
  const { pathname } = new URL(route.request().url())
  const file = join(ROOT, 'dist', 'web', pathname)
  const isFile = existsSync(file) && statSync(file).isFile()
  await route.fulfill({ path: isFile ? file : join(ROOT, 'dist', 'web', 'index.html') })
}

async function signUp({ url }: BenchServer, handle: string): Promise<string> {
  const response = await fetch(`${url.replace('ws', 'http')}/api/auth/sign-up/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      name: 'Reader',
      username: handle,
      email: `${handle}@example.org`,
      password: PASSWORD,
    }),
  })
  const token = response.headers.get('set-auth-token')
  if (token === null) throw new Error(`${response.status} ${await response.text()}`)
  return token
}

async function openDm({ url }: BenchServer, token: string, userId: string): Promise<string> {
  const response = await fetch(`${url.replace('ws', 'http')}/v1/channels`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ kind: 'dm', userId }),
  })
  const text = await response.text()
  const channelId = /"channelId":"([^"]+)"/.exec(text)?.[1]
  if (channelId === undefined) throw new Error(`${response.status} ${text}`)
  return channelId
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
