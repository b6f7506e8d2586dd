import { beforeAll, expect, inject, it } from 'vitest'
import { describeInBrowser } from './support/browser.ts'
import type { ChatWindow } from './support/chat-window.ts'
import { Person } from './support/person.ts'

const url = inject('serverUrl')
const LINES = 1_200
/** What five blocks and the outgoing ones may be; see web/screens/conversation/span.ts. */
const MOST_ARTICLES = 200

/** Some take several lines, so that heights cannot be guessed. */
const line = (i: number) =>
  i % 7 === 0 ? `Line ${i}. ${'And on it goes. '.repeat(12)}` : `Line ${i}.`

describeInBrowser('a long chat', (windows) => {
  let window: ChatWindow

  beforeAll(async () => {
    const [ana, bob] = await Promise.all([Person.signUp(url, 'ana'), Person.signUp(url, 'bob')])
    const { channelId } = await bob.openDm(ana)
    const device = await bob.connect()
    for (let i = 1; i <= LINES; i += 20) {
      const many = Array.from({ length: 20 }, (_, j) => i + j)
      await Promise.all(
        many.map((n) => device.ask({ t: 'send', channelId, clientId: `line-${n}`, text: line(n) })),
      )
    }
    device.close()
    window = await windows.open()
    await window.logIn(ana.handle)
    await window.openChat('bob')
    await window.log.getByText(`Line ${LINES}.`, { exact: true }).waitFor()
  })

  /** Scrolls by so many pixels, step by step, and returns by how much a message in sight ever jumped. */
  const scroll = (pixels: number, times: number) =>
    window.log.evaluate(
      async (log, [by, steps]) => {
        const frame = () => new Promise((resolve) => requestAnimationFrame(resolve))
        const inSight = () =>
          [...log.querySelectorAll('article')].find(
            (article) =>
              article.getBoundingClientRect().bottom > log.getBoundingClientRect().top + 200,
          )
        let [jumped, most] = [0, 0]
        for (let i = 0; i < steps; i++) {
          const article = inSight()
          const [top, scrolled] = [article?.getBoundingClientRect().top ?? 0, log.scrollTop]
          log.scrollTop += by
          // What is at an end does not move.
          const moved = log.scrollTop - scrolled
          await frame()
          await frame()
          if (article?.isConnected) {
            const off = article.getBoundingClientRect().top - (top - moved)
            jumped = Math.max(jumped, Math.abs(off))
          }
          most = Math.max(most, log.querySelectorAll('article').length)
        }
        return { jumped, most }
      },
      [pixels, times] as const,
    )

  it('is read up to its beginning, older ones loading above, with a bounded number of nodes and no jump', async () => {
    const start = window.log.getByText('This is where the chat begins.')
    let [jumped, most] = [0, 0]
    await expect
      .poll(
        async () => {
          const seen = await scroll(-450, 20)
          jumped = Math.max(jumped, seen.jumped)
          most = Math.max(most, seen.most)
          const top = await window.log.evaluate((log) => log.scrollTop)
          return top === 0 && (await start.isVisible())
        },
        { timeout: 90_000, interval: 0 },
      )
      .toBe(true)
    expect(jumped).toBeLessThan(2)
    expect(most).toBeLessThanOrEqual(MOST_ARTICLES)
    await window.log.getByText('Line 1.', { exact: true }).waitFor()
  })

  it('shows the messages of wherever the scroll bar is dragged to', async () => {
    for (const part of [0.5, 0.9, 0.2]) {
      await window.log.evaluate((log, at) => (log.scrollTop = log.scrollHeight * at), part)
      await expect
        .poll(() =>
          window.log.evaluate((log) => {
            const box = log.getBoundingClientRect()
            return document
              .elementsFromPoint(box.left + box.width / 2, box.top + box.height / 2)
              .some((element) => element.closest('.timeline-rows') !== null)
          }),
        )
        .toBe(true)
      expect(await window.log.getByRole('article').count()).toBeLessThanOrEqual(MOST_ARTICLES)
    }
  })

  it('goes back to its end by the button, and on from there', async () => {
    await window.page.getByRole('button', { name: /^Jump to latest/ }).click()
    await window.log.getByText(`Line ${LINES}.`, { exact: true }).waitFor()
    await window.say('Well read')
    await window.tick('Well read').waitFor()
    const below = await window.log.evaluate(
      (log) => log.scrollHeight - log.scrollTop - log.clientHeight,
    )
    expect(below).toBeLessThan(2)
    expect((await scroll(-300, 30)).jumped).toBeLessThan(2)
    expect((await scroll(300, 40)).jumped).toBeLessThan(2)
    await window.message('Well read').waitFor()
  })
})

describeInBrowser('a chat with more that is unread than fits', (windows) => {
  it('begins at the first of it, and is read once its end was seen and not before', async () => {
    const [ana, bob] = await Promise.all([Person.signUp(url, 'ana'), Person.signUp(url, 'bob')])
    const { channelId } = await bob.openDm(ana)
    for (let n = 1; n <= 40; n++) await bob.send(channelId, `News ${n}.`)
    const { page, log, ...window } = await opened(ana)
    await log.getByText('News 1.', { exact: true }).waitFor()
    const toEnd = page.getByRole('button', { name: /^Jump to latest/ })
    await toEnd.waitFor()
    // Whatever it says of what was read has come by the time that what was asked later is answered.
    await page.evaluate(() => fetch('/v1/channels'))
    expect(await readBy(ana, channelId)).toBe(0)
    await window.row.getByText('40', { exact: true }).waitFor()
    await toEnd.click()
    await expect.poll(() => readBy(ana, channelId)).toBeGreaterThan(0)
    await window.row.getByText('40', { exact: true }).waitFor({ state: 'detached' })
  })

  async function opened(ana: Person) {
    const window = await windows.open()
    await window.logIn(ana.handle)
    await window.openChat('bob')
    return { page: window.page, log: window.log, row: window.row('bob') }
  }

  async function readBy(person: Person, channelId: string): Promise<number> {
    const answer = await person.call<{ channel: { readMessageId: number } }>(
      'GET',
      `/v1/channels/${channelId}`,
    )
    return answer.body.channel.readMessageId
  }
})
