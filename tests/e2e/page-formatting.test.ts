import { beforeAll, expect, inject, it } from 'vitest'
import { findings } from './support/accessibility.ts'
import { describeInBrowser, picture } from './support/browser.ts'
import type { ChatWindow } from './support/chat-window.ts'
import { Person } from './support/person.ts'

const CODE =
  'const hut = await find("by the lake", { beds: 6, stove: true, boat: "the green one", price: 120 })'
const MESSAGE = `**Saturday**, _not_ ~~Friday~~: see https://hut.example/a_b_c and run \`npm ci\`\n\`\`\`ts\n${CODE}\n\`\`\``

describeInBrowser('the formatting of messages', (windows) => {
  let window: ChatWindow
  let ana: Person
  let bob: Person
  let channelId: string

  beforeAll(async () => {
    ;[ana, bob] = await Promise.all([
      Person.signUp(inject('serverUrl'), 'ana'),
      Person.signUp(inject('serverUrl'), 'bob'),
    ])
    const group = await bob.makeGroup('Hut', [ana])
    channelId = group.channelId
    window = await windows.open({ permissions: ['clipboard-read', 'clipboard-write'] })
    await window.logIn(ana.handle)
    await window.openChat('Hut')
  })

  it('is shown by elements, with links that lead out of the page', async () => {
    await bob.send(channelId, `${MESSAGE}\n@${ana.handle} look`)
    const bubble = window.log.locator('.bubble').last()
    await bubble.locator('strong').getByText('Saturday', { exact: true }).waitFor()
    expect(await bubble.locator('em').allTextContents()).toEqual(['not'])
    expect(await bubble.locator('s').allTextContents()).toEqual(['Friday'])
    expect(await bubble.locator('code').allTextContents()).toEqual(['npm ci', CODE])
    expect(await bubble.locator('.mention-own').textContent()).toBe(`@${ana.handle}`)
    const link = bubble.getByRole('link', { name: 'https://hut.example/a_b_c' })
    expect(await link.getAttribute('target')).toBe('_blank')
    expect(await link.getAttribute('rel')).toContain('noopener')
  })

  it('is left out in the list', async () => {
    await window.row('Hut').getByText('Saturday, not Friday').waitFor()
  })

  it('has blocks of code that scroll by themselves and can be copied', async () => {
    for (const width of [390, 1440]) {
      await window.page.setViewportSize({ width, height: 844 })
      expect(await window.overhang()).toBeLessThanOrEqual(0)
      for (const colorScheme of ['light', 'dark'] as const) {
        await window.page.emulateMedia({ colorScheme })
        expect(await findings(window.page)).toEqual([])
        await picture(window, `formatting-${width}-${colorScheme}`)
      }
    }
    await window.button('Copy code').click()
    await window.button('Copied').waitFor()
    expect(await window.page.evaluate(() => navigator.clipboard.readText())).toBe(CODE)
  })

  it('stays in what is copied of a message', async () => {
    await bob.send(channelId, '**As** it was written')
    await window.message('As it was written').click({ position: { x: 2, y: 2 } })
    await window.message('As it was written').hover()
    await window
      .message('As it was written')
      .getByRole('button', { name: 'Message actions' })
      .click()
    await window.page.getByRole('menuitem', { name: 'Copy', exact: true }).click()
    await expect
      .poll(() => window.page.evaluate(() => navigator.clipboard.readText()))
      .toBe('**As** it was written')
  })

  it('is put around what is selected by Ctrl B, I and E, and taken away again', async () => {
    await window.composer.fill('so good')
    for (const [key, written] of [
      ['b', 'so **good**'],
      ['b', 'so good'],
      ['i', 'so _good_'],
      ['i', 'so good'],
      ['e', 'so `good`'],
    ] as const) {
      if (written === 'so **good**') {
        await window.composer.evaluate((field) =>
          (field as HTMLTextAreaElement).setSelectionRange(3, 7),
        )
      }
      await window.composer.press(`Control+${key}`)
      expect(await window.composer.inputValue()).toBe(written)
    }
    await window.composer.press('Control+z')
    expect(await window.composer.inputValue()).toBe('so good')
    await window.composer.fill('')
  })

  it('makes a few emoji large, and a link to a message stays on the page', async () => {
    const { messageId } = await bob.send(channelId, '🎉')
    await window.log.locator('.only-emoji').getByText('🎉').waitFor()
    const href = new URL(`/c/${channelId}/m/${messageId}`, window.page.url()).href
    await window.say(href)
    await window.page.locator(`.bubble a[href$="/m/${messageId}"]`).click()
    await window.page.waitForURL(href)
    expect(window.page.context().pages()).toHaveLength(1)
  })
})
