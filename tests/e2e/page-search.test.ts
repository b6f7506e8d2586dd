import { readFileSync } from 'node:fs'
import { beforeAll, expect, inject, it } from 'vitest'
import { messageSchema } from '../../protocol/objects.ts'
import { describeInBrowser, picture } from './support/browser.ts'
import type { ChatWindow } from './support/chat-window.ts'
import { Person } from './support/person.ts'

const url = inject('serverUrl')
const NEEDLE = 'The Zürich ferry leaves at noon'

describeInBrowser('finding what was said', (windows) => {
  let [ana, bob]: Person[] = []
  let window: ChatWindow
  let channelId: string

  beforeAll(async () => {
    ;[ana, bob] = await Promise.all([Person.signUp(url, 'ana'), Person.signUp(url, 'bob')])
    channelId = (await bob!.makeGroup('Harbour', [ana!])).channelId
    await bob!.send(channelId, NEEDLE)
    for (let i = 1; i <= 140; i++) await bob!.send(channelId, `wave number ${i}`)
    await bob!.send(channelId, `Over to you @${ana!.handle}`)
    window = await windows.open({ viewport: { width: 1440, height: 900 } })
    await window.logIn(ana!.handle)
    await window.openChat('Harbour')
    await window.message('wave number 140').waitFor()
  })

  /** Keeps a picture of each theme and width, and sees that nothing sticks out. */
  async function look(view: string): Promise<void> {
    for (const width of [390, 1440]) {
      await window.page.setViewportSize({ width, height: 900 })
      for (const colorScheme of ['light', 'dark'] as const) {
        await window.page.emulateMedia({ colorScheme })
        await picture(window, `${view}-${width}-${colorScheme}`)
      }
      expect(await window.overhang()).toBeLessThanOrEqual(0)
    }
  }

  const field = () => window.page.getByRole('textbox', { name: 'Search messages' })

  it('is possible a few seconds after it was said', async () => {
    await expect
      .poll(async () => {
        const path = `/v1/search?q=${encodeURIComponent('wave "number 140"')}`
        return (await ana!.call<{ hits: unknown[] }>('GET', path)).body.hits.length
      })
      .toBe(1)
  })

  it('leads from a word to a sentence from far back, in its place', async () => {
    const { page } = window
    expect(await window.message(NEEDLE).count()).toBe(0)
    await page.keyboard.press('Control+f')
    await field().fill('zurich fer')
    const hit = page.getByRole('list', { name: 'Search results' }).getByRole('link')
    await hit.waitFor()
    expect(await hit.locator('mark').allTextContents()).toEqual(['Zürich', 'ferry'])
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      await picture(window, `search-1440-${colorScheme}`)
    }
    await hit.click()
    await window.message(NEEDLE).waitFor()
    await expect.poll(() => window.message(NEEDLE).getAttribute('data-found')).toBe('')
    const box = (await window.message(NEEDLE).boundingBox())!
    expect(box.y).toBeGreaterThan(0)
    await window.message('wave number 3').waitFor()
    await picture(window, 'search-jumped')
    await window.button('Jump to latest').click()
    await window.message('wave number 140').waitFor()
  })

  it('opens a message by its link, and goes on from there up and down', async () => {
    const { messages } = await ana!.history(channelId, '?after=0&limit=80')
    const target = messages.find(({ text }) => text === 'wave number 60')!
    await window.page.goto(`${url}/c/${channelId}/m/${target.messageId}`)
    await window.message('wave number 60').waitFor()
    expect(await window.message('wave number 5').count()).toBe(0)
    await window.log.hover()
    await expect
      .poll(async () => {
        await window.page.mouse.wheel(0, -2_000)
        return await window.message(NEEDLE).count()
      })
      .toBe(1)
    await expect
      .poll(async () => {
        await window.page.mouse.wheel(0, 3_000)
        return await window.message('wave number 140').isVisible()
      })
      .toBe(true)
  })

  it('leads to a day, from its first message on', async () => {
    const { page } = window
    await window.goHome()
    await window.openChat('Harbour')
    await window.button('More').click()
    await page.getByRole('menuitem', { name: 'Jump to a date…' }).click()
    const dialog = window.dialog('Jump to a date')
    const today = await page.evaluate(() => new Date().toLocaleDateString('sv'))
    await dialog.getByLabel('Date').fill(today)
    await look('search-date')
    await dialog.getByRole('button', { name: 'Jump', exact: true }).click()
    await dialog.waitFor({ state: 'detached' })
    await window.log.getByText('made the group “Harbour”').waitFor()
    await window.message(NEEDLE).waitFor()
    expect(await window.message('wave number 140').count()).toBe(0)
    expect(new URL(page.url()).pathname).toBe(`/c/${channelId}/m/1`)
  })

  it('can be narrowed down to who wrote it, and when', async () => {
    const { page } = window
    await window.openChat('Harbour')
    await window.button('Search in this chat').click()
    await field().fill('zurich')
    const hits = page.getByRole('list', { name: 'Search results' }).getByRole('link')
    const none = page.getByText('Nothing found.')
    await hits.waitFor()
    await page.getByText('Narrow down').click()
    const sender = page.getByRole('combobox', { name: 'Written by' })
    await sender.selectOption({ value: ana!.userId })
    await none.waitFor()
    await sender.selectOption({ value: bob!.userId })
    await hits.waitFor()
    const day = async (offset: number): Promise<string> =>
      await page.evaluate(
        (days) => new Date(Date.now() + days * 86_400_000).toLocaleDateString('sv'),
        offset,
      )
    const [since, until] = [page.getByLabel('From'), page.getByLabel('Up to')]
    await until.fill(await day(-2))
    await none.waitFor()
    await until.fill(await day(0))
    await hits.waitFor()
    await since.fill(await day(0))
    await picture(window, 'search-filters')
    await hits.waitFor()
    await since.fill(await day(2))
    await none.waitFor()
    await window.button('Anyone, any time').click()
    await hits.waitFor()
    await field().press('Escape')
  })

  it('leads to the first unread message, however many came since', async () => {
    const { channelId: quayId } = await bob!.makeGroup('Quay', [ana!])
    for (let i = 1; i <= 130; i++) await bob!.send(quayId, `gull number ${i}`)
    await window.goHome()
    await window.openChat('Quay')
    await window.message('gull number 130').waitFor()
    expect(await window.message('gull number 1').count()).toBe(0)
    await look('search-unread')
    await window.button('Jump to first unread').click()
    await window.message('gull number 1').waitFor()
    await expect.poll(() => window.message('gull number 1').getAttribute('data-found')).toBe('')
    await window.newLine.waitFor()
    await look('search-unread-jumped')
  })

  it('lists the mentions, and Escape gives the focus back', async () => {
    await window.goHome()
    await window.button('Search').click()
    const mention = window.page.getByRole('list', { name: 'Mentions of you' }).getByRole('link')
    await mention.waitFor()
    expect(await mention.locator('mark').textContent()).toBe(`@${ana!.handle}`)
    await field().press('Escape')
    await field().waitFor({ state: 'detached' })
    await expect
      .poll(() => window.button('Search').evaluate((node) => node === document.activeElement))
      .toBe(true)
  })

  it('saves all of a chat as a file', async () => {
    await window.openChat('Harbour')
    const details = await window.openDetails()
    const [download] = await Promise.all([
      window.page.waitForEvent('download'),
      details.getByRole('button', { name: 'Export messages' }).click(),
    ])
    expect(download.suggestedFilename()).toBe('Harbour.jsonl')
    const lines = readFileSync(await download.path(), 'utf8')
      .trimEnd()
      .split('\n')
    const texts = lines.map((line) => messageSchema.parse(JSON.parse(line)).text)
    expect(texts).toContain(NEEDLE)
    expect(texts.filter((text) => text.startsWith('wave'))).toHaveLength(140)
    await details.getByText(/messages saved/).waitFor()
    await picture(window, 'search-export')
  })

  it('has room on a phone', async () => {
    const phone = await windows.open({
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
    })
    await phone.logIn(ana!.handle)
    await phone.row('Harbour').tap()
    await phone.button('Search in this chat').tap()
    await phone.page.getByRole('textbox', { name: 'Search messages' }).fill('ferry')
    const hit = phone.page.getByRole('list', { name: 'Search results' }).getByRole('link')
    await hit.waitFor()
    expect(await phone.overhang()).toBeLessThanOrEqual(0)
    await picture(phone, 'search-390')
    await phone.page.getByText('Narrow down').tap()
    expect(await phone.overhang()).toBeLessThanOrEqual(0)
    await picture(phone, 'search-filters-390')
    await hit.tap()
    await phone.message(NEEDLE).waitFor()
    expect(await phone.overhang()).toBeLessThanOrEqual(0)
  })
})
