import { beforeAll, expect, inject, it } from 'vitest'
import { describeInBrowser, picture } from './support/browser.ts'
import { newcomer, type ChatWindow } from './support/chat-window.ts'
import { Person } from './support/person.ts'

const PHONE = { width: 390, height: 844 }

/** Each of them sets `ran` on the page, should it ever be more than text. */
const MARKUP = [
  '<img src=x onerror="window.ran=1">',
  '<script>window.ran=1</script>',
  '"><svg/onload=window.ran=1>',
  '<iframe srcdoc="<script>parent.ran=1</script>"></iframe>',
  'javascript:window.ran=1',
  '{{constructor.constructor("window.ran=1")()}}',
]
const LETTERS = {
  'a bidi override': '\u202Egnp.exe\u202C and \u2067more\u2069',
  'a bidi override that is left open': 'open \u202Edrawkcab',
  'right-to-left text': 'שלום, מה שלומך?',
  zalgo: [...'he comes'].map((letter) => letter + '\u0330\u0317\u034E\u0489'.repeat(30)).join(''),
  '500 emoji': '👩‍👩‍👧‍👦'.repeat(500),
  'one word without an end': 'w'.repeat(2000),
  'many lines': Array.from({ length: 60 }, (_, line) => `line ${line}`).join('\n'),
}
const LONGEST = 'ä'.repeat(99_999)

describeInBrowser('what hostile people write', (windows) => {
  const mallory = newcomer('<img src=x onerror=window.ran=1>')
  let mallorys: ChatWindow
  let anas: ChatWindow
  let ana: Person

  beforeAll(async () => {
    ana = await Person.signUp(inject('serverUrl'), 'ana')
    mallorys = await windows.open()
    anas = await windows.open({ viewport: PHONE })
    await mallorys.signUp(mallory)
    await anas.logIn(ana.handle)
    await mallorys.chatWith({ name: 'ana', handle: ana.handle })
    await mallorys.say('hello')
    await anas.openChat(mallory.name)
  })

  async function lastBubble(window: ChatWindow): Promise<string | null> {
    return await window.log.locator('.bubble').last().textContent()
  }

  it.each(MARKUP)('%s is shown as it is, and does nothing', async (markup) => {
    await mallorys.say(markup)
    for (const window of [mallorys, anas]) {
      await expect.poll(() => lastBubble(window)).toBe(markup)
      expect(await window.log.locator('img, script, iframe, a').count()).toBe(0)
      expect(await window.page.evaluate(() => 'ran' in globalThis)).toBe(false)
    }
  })

  it.each(Object.entries(LETTERS))('%s breaks no layout', async (_, letters) => {
    await mallorys.say(letters)
    for (const window of [mallorys, anas]) {
      await expect.poll(() => lastBubble(window)).toBe(letters)
      expect(await window.overhang()).toBeLessThanOrEqual(0)
    }
    const { width } = (await anas.log.locator('.bubble').last().boundingBox())!
    expect(width).toBeLessThan(PHONE.width)
  })

  it('the corner that joins a group stays on its side, whatever the script', async () => {
    for (const [window, corner] of [
      [mallorys, 'border-top-right-radius'],
      [anas, 'border-top-left-radius'],
    ] as const) {
      const text = window.message(LETTERS['right-to-left text']).locator('.bubble')
      const radius = await text.evaluate(
        (bubble, name) => getComputedStyle(bubble).getPropertyValue(name),
        corner,
      )
      expect(radius).toBe('4px')
    }
  })

  it('99,999 characters are sent and shown in full, and the page goes on', async () => {
    await mallorys.say(LONGEST)
    for (const window of [mallorys, anas]) {
      await expect.poll(async () => (await lastBubble(window)) === LONGEST).toBe(true)
      expect(await window.overhang()).toBeLessThanOrEqual(0)
    }
    await mallorys.tick(LONGEST).waitFor()
    await anas.say('I saw all of it')
    await mallorys.message('I saw all of it').waitFor()
  })

  it('one character more cannot be sent, and the page says so', async () => {
    await mallorys.composer.fill(`${LONGEST}!`)
    await mallorys.page.getByText('1 too many').waitFor()
    expect(await mallorys.button('Send').isDisabled()).toBe(true)
    await mallorys.composer.fill('')
  })

  it('the title of a group and the list are as safe as the messages', async () => {
    const group = await ana.makeGroup(`<b>bold</b>${'w'.repeat(50)}`, [])
    await ana.send(group.channelId, MARKUP[0]!)
    await anas.goHome()
    await anas.row(group.title!).waitFor()
    expect(await anas.list.locator('img, script, b').count()).toBe(0)
    expect(await anas.overhang()).toBeLessThanOrEqual(0)
    for (const row of await anas.list.getByRole('link').all()) {
      expect((await row.boundingBox())?.height).toBe(64)
    }
    await picture(anas, 'hostile-list-390')
    await anas.openChat(mallory.name)
    await anas.message('I saw all of it').waitFor()
    await picture(anas, 'hostile-end-390')
    await anas.message(LETTERS.zalgo).evaluate((node) => node.scrollIntoView())
    await picture(anas, 'hostile-messages-390')
    await mallorys.message(LETTERS.zalgo).evaluate((node) => node.scrollIntoView())
    await picture(mallorys, 'hostile-messages-1280')
    expect(await anas.page.evaluate(() => 'ran' in globalThis)).toBe(false)
  })
})
