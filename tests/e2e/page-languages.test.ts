import { beforeAll, expect, inject, it } from 'vitest'
import { pseudo } from '../../web/language/pseudo.ts'
import { ENGLISH, GERMAN, type Words } from '../words.ts'
import { describeInBrowser, picture } from './support/browser.ts'
import { newcomer, type ChatWindow } from './support/chat-window.ts'
import { cutOff } from './support/cut-off.ts'
import { PASSWORD } from './support/person.ts'
import { setScene, type Scene } from './support/scene.ts'
import { INSIDE, OUTSIDE, settled, type Viewer } from './support/views.ts'

const WIDTHS = [390, 1440]

const LANGUAGES: [name: string, tag: string, words: Words, dir: 'ltr' | 'rtl'][] = [
  ['German', 'de', GERMAN, 'ltr'],
  ['accents and longer words', 'en-XA', pseudo(ENGLISH), 'ltr'],
  ['lines that begin at the right', 'ar-XB', pseudo(ENGLISH), 'rtl'],
]

describeInBrowser('another language', (windows) => {
  let scene: Scene

  beforeAll(async () => {
    scene = await setScene(inject('serverUrl'))
  })

  for (const [name, tag, words, dir] of LANGUAGES) {
    let window: ChatWindow
    const viewer = (): Viewer => ({ page: window.page, scene, words })

    async function look(views: typeof INSIDE, view: string): Promise<void> {
      for (const width of WIDTHS) {
        await window.page.setViewportSize({ width, height: width < 900 ? 844 : 900 })
        await views[view]!(viewer())
        await settled(window.page)
        await picture(window, `${tag}/${view}-${width}`)
        expect(await cutOff(window.page), `${view} at ${width}`).toEqual([])
      }
      // What a view is about may be that something is refused.
      window.troubles.forget(/40[34]/)
    }

    it(`${name}: is what the page begins with`, async () => {
      window = await windows.open({ language: tag })
      const root = window.page.locator('html')
      await window.page.getByRole('heading', { name: words.account.signUpTitle }).waitFor()
      expect(await root.getAttribute('lang')).toBe(tag)
      expect(await root.getAttribute('dir')).toBe(dir)
    })

    it.for(Object.keys(OUTSIDE))(`${name}: nothing is cut off in %s`, (view) => look(OUTSIDE, view))

    it(`${name}: one logs in`, async () => {
      const { page } = window
      await page.goto(new URL('/login', page.url()).href)
      await page.getByRole('textbox', { name: words.account.who }).fill(scene.ana.handle)
      await page.getByRole('textbox', { name: words.account.password }).fill(PASSWORD)
      await page.getByRole('button', { name: words.account.logIn, exact: true }).click()
      await page.getByRole('navigation', { name: words.chats.list }).waitFor()
    })

    it.for(Object.keys(INSIDE))(`${name}: nothing is cut off in %s`, (view) => look(INSIDE, view))
  }
})

describeInBrowser('the choice of a language', (windows) => {
  it('is that of the browser, with German not loaded for others', async () => {
    const anas = await windows.open({ locale: 'en-GB' })
    expect(await loadsGerman(anas)).toBe(false)
    await anas.page.getByRole('heading', { name: 'Create your account' }).waitFor()

    const bobs = await windows.open({ locale: 'de-AT' })
    expect(await loadsGerman(bobs)).toBe(true)
    await bobs.page.getByRole('heading', { name: 'Konto anlegen' }).waitFor()
    expect(await bobs.page.locator('html').getAttribute('lang')).toBe('de')
    expect(await bobs.page.locator('html').getAttribute('dir')).toBe('ltr')
  })

  async function loadsGerman({ page }: ChatWindow): Promise<boolean> {
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    await page.reload()
    await page.getByRole('heading').first().waitFor()
    return asked.some((url) => url.includes('text.de'))
  }

  it('changes at once in the settings, where the focus stays, and is kept', async () => {
    const window = await windows.open()
    const { page } = window
    await window.signUp(newcomer('Ana'))
    await page.getByRole('link', { name: 'Settings' }).click()
    const choice = page.getByRole('combobox', { name: 'Language' })
    await choice.focus()
    await choice.selectOption('Deutsch')
    const chosen = page.getByRole('combobox', { name: 'Sprache' })
    await chosen.waitFor()
    await page.getByRole('heading', { level: 1, name: 'Einstellungen' }).waitFor()
    await expect
      .poll(() => chosen.evaluate((select) => select === document.activeElement))
      .toBe(true)

    await page.getByRole('button', { name: 'Abmelden', exact: true }).click()
    await page.getByRole('heading', { name: 'Anmelden' }).waitFor()
    await page.reload()
    await page.getByRole('heading', { name: 'Anmelden' }).waitFor()
    await page.getByRole('textbox', { name: 'E-Mail oder Handle' }).fill('nobody_there')
    await page.getByRole('textbox', { name: 'Passwort' }).fill('wrong password')
    await page.getByRole('button', { name: 'Anmelden', exact: true }).click()
    await page.getByText('Das passt zu keinem Konto. Prüf beide Felder.').waitFor()
    window.troubles.forget(/401/)
  })
})
