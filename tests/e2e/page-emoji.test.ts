import { beforeAll, expect, inject, it } from 'vitest'
import { findings, smallTargets } from './support/accessibility.ts'
import { describeInBrowser, picture } from './support/browser.ts'
import type { ChatWindow } from './support/chat-window.ts'
import { Person } from './support/person.ts'

describeInBrowser('emoji', (windows) => {
  let window: ChatWindow
  const picker = () => window.dialog('Emoji')

  beforeAll(async () => {
    const [ana, bob] = await Promise.all([
      Person.signUp(inject('serverUrl'), 'ana'),
      Person.signUp(inject('serverUrl'), 'bob'),
    ])
    const group = await bob.makeGroup('Hut', [ana])
    await bob.send(group.channelId, 'Lake or hut?')
    window = await windows.open()
    await window.logIn(ana.handle)
    await window.openChat('Hut')
  })

  async function open(): Promise<void> {
    await window.button('Emoji').click()
    await picker().getByRole('region', { name: 'Smileys & Emotion' }).waitFor()
  }

  it('are found by name and come where the caret is', async () => {
    await window.composer.fill('so good')
    await window.composer.evaluate((field) =>
      (field as HTMLTextAreaElement).setSelectionRange(3, 3),
    )
    await open()
    await picker().getByRole('textbox', { name: 'Search emoji' }).fill('party popper')
    await picker().getByRole('button', { name: 'party popper' }).waitFor()
    await picker().getByRole('textbox', { name: 'Search emoji' }).press('Enter')
    await expect.poll(() => window.composer.inputValue()).toBe('so 🎉good')
    expect(await window.composer.evaluate((field) => field === document.activeElement)).toBe(true)
    await window.composer.press('Control+z')
    expect(await window.composer.inputValue()).toBe('so good')
  })

  it('are led through by arrows, the recent ones first', async () => {
    await open()
    await picker().getByRole('region', { name: 'Recent' }).getByRole('button').first().waitFor()
    await window.page.keyboard.press('ArrowDown')
    const focused = () =>
      window.page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '')
    expect(await focused()).toBe('party popper')
    await window.page.keyboard.press('ArrowDown')
    expect(await focused()).toBe('grinning face')
    await window.page.keyboard.press('End')
    await window.page.keyboard.press('ArrowRight')
    await window.page.keyboard.press('ArrowUp')
    expect(await focused()).toBe('grinning face')
    await window.page.keyboard.press('Escape')
    await picker().waitFor({ state: 'detached' })
    expect(await focused()).toBe('Emoji')
  })

  it('have a button for each kind, which leads there and is marked while one is there', async () => {
    await open()
    const kinds = picker().getByRole('toolbar', { name: 'Kinds of emoji' })
    const kind = (name: string) => kinds.getByRole('button', { name })
    const marked = kinds.locator('[aria-current="true"]')
    const focused = () =>
      window.page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '')
    expect(await kinds.getByRole('button').count()).toBe(10)
    expect(await marked.getAttribute('aria-label')).toBe('Recent')

    await kind('Food & drink').click()
    await picker().getByRole('button', { name: 'grapes', exact: true }).click({ trial: true })
    await expect.poll(() => marked.getAttribute('aria-label')).toBe('Food & drink')
    await picker()
      .getByRole('region', { name: 'Symbols' })
      .evaluate((region) => region.scrollIntoView())
    await expect.poll(() => marked.getAttribute('aria-label')).toBe('Symbols')

    await picker().getByRole('textbox', { name: 'Search emoji' }).focus()
    await window.page.keyboard.press('Tab')
    expect(await focused()).toBe('Symbols')
    await window.page.keyboard.press('ArrowRight')
    await window.page.keyboard.press('Enter')
    expect(await focused()).toBe('chequered flag')
    await expect.poll(() => marked.getAttribute('aria-label')).toBe('Flags')
    // From there back to the kinds, and again to where one was.
    await window.page.keyboard.press('ArrowRight')
    await window.page.keyboard.press('Shift+Tab')
    expect(await focused()).toBe('Flags')
    await window.page.keyboard.press('Tab')
    expect(await focused()).toBe('triangular flag')
    await window.page.keyboard.press('Escape')
  })

  it('keep the skin tone that was chosen', async () => {
    await open()
    await picker().getByRole('radio', { name: 'Skin tone 3' }).check()
    await picker().getByRole('textbox', { name: 'Search emoji' }).fill('thumbs up')
    await picker().getByRole('button', { name: 'thumbs up' }).click()
    await expect.poll(() => window.composer.inputValue()).toContain('👍🏽')
    await window.composer.fill('')
  })

  it('are offered by name while one writes, where a word begins with a colon', async () => {
    const { page, composer } = window
    const offered = page.getByRole('listbox', { name: 'Emoji' }).getByRole('option')
    await composer.fill('')
    await composer.pressSequentially('At 10:30 :smil')
    await offered.first().waitFor()
    expect(await offered.first().getAttribute('aria-selected')).toBe('true')
    expect(await composer.getAttribute('aria-activedescendant')).toBe(
      await offered.first().getAttribute('id'),
    )
    expect(await findings(page)).toEqual([])
    await composer.press('ArrowDown')
    expect(await offered.nth(1).getAttribute('aria-selected')).toBe('true')
    await composer.press('ArrowUp')
    await picture(window, 'emoji-suggestions')
    await composer.press('Enter')
    expect(await composer.inputValue()).toBe('At 10:30 😄 ')
    expect(await offered.count()).toBe(0)

    await composer.pressSequentially('(:thumbsup:')
    await page.getByRole('option', { name: 'thumbs up' }).waitFor()
    await composer.press('Tab')
    // In the tone that was chosen in the picker.
    expect(await composer.inputValue()).toBe('At 10:30 😄 (👍🏽 ')

    await composer.pressSequentially(':tada')
    await offered.first().waitFor()
    await composer.press('Escape')
    expect(await offered.count()).toBe(0)
    await window.title('Hut').waitFor()
    for (const none of ['10:30', 'http://tada', ':-D', ':t', '`a :tada']) {
      await composer.fill('')
      await composer.pressSequentially(none)
      expect([none, await offered.count()]).toEqual([none, 0])
    }
    await composer.press('Enter')
    await window.log.getByText('`a :tada').waitFor()
  })

  it('fit on a phone and in both themes, over the field that is written in', async () => {
    for (const width of [390, 1440]) {
      await window.page.setViewportSize({ width, height: 844 })
      await open()
      const [sheet, field] = await Promise.all([
        picker().boundingBox(),
        window.composer.boundingBox(),
      ])
      expect(sheet!.y + sheet!.height).toBeLessThanOrEqual(field!.y)
      expect(sheet!.x).toBeGreaterThanOrEqual(0)
      expect(sheet!.x + sheet!.width).toBeLessThanOrEqual(width)
      expect(await smallTargets(window.page)).toEqual([])
      for (const colorScheme of ['light', 'dark'] as const) {
        await window.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
        expect(await findings(window.page)).toEqual([])
        await picture(window, `emoji-${width}-${colorScheme}`)
      }
      await window.page.keyboard.press('Escape')
    }
  })

  it('are forgotten with the login', async () => {
    const kept = () => window.page.evaluate(() => localStorage.getItem('parley.emoji'))
    expect(await kept()).toBe('👍🏽 😄 🎉')
    await window.goTo('/settings')
    await window.button('Log out').click()
    await window.page.getByRole('heading', { name: 'Log in' }).waitFor()
    expect(await kept()).toBeNull()
  })
})
