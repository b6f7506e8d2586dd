import type { Page } from 'playwright-core'
import { expect, inject, it } from 'vitest'
import { describeInBrowser } from './support/browser.ts'
import { Person } from './support/person.ts'

const url = inject('serverUrl')

const KB = 1000
const BUDGET = { script: 70 * KB, stylesheet: 15 * KB }

/** Without a service worker, which keeps the page's files and then fetches none. */
const UNKEPT = { serviceWorkers: 'block' } as const

interface Fetched {
  script: number
  stylesheet: number
  paths: string[]
}

/** What the browser has fetched since it loaded the page: bytes as they came over the wire. */
async function fetched(page: Page): Promise<Fetched> {
  return await page.evaluate(() => {
    const entries = performance.getEntriesByType('resource') as PerformanceResourceTiming[]
    const of = (end: string) => entries.filter(({ name }) => new URL(name).pathname.endsWith(end))
    const sum = (end: string) => of(end).reduce((bytes, entry) => bytes + entry.encodedBodySize, 0)
    const paths = [...of('.js'), ...of('.css')].map(({ name }) => new URL(name).pathname)
    return { script: sum('.js'), stylesheet: sum('.css'), paths }
  })
}

describeInBrowser('the first load', (windows) => {
  for (const [language, locale, lists] of [
    ['English', 'en-GB', 'Chats'],
    ['German', 'de-DE', 'Chats'],
  ] as const) {
    it(`stays within its budget until a chat is on screen, in ${language}`, async () => {
      const [ana, bob] = await Promise.all([Person.signUp(url, 'ana'), Person.signUp(url, 'bob')])
      const { channelId } = await bob.openDm(ana)
      await bob.send(channelId, 'Is this quick?')
      const window = await windows.open({ locale, ...UNKEPT })
      const { page } = window
      if (language === 'English') await window.logIn(ana.handle)
      else {
        await page.goto(new URL('/login', page.url()).href)
        await page.getByRole('textbox', { name: 'E-Mail oder Handle' }).fill(ana.handle)
        await page.getByRole('textbox', { name: 'Passwort' }).fill('correct horse battery')
        await page.getByRole('button', { name: 'Anmelden', exact: true }).click()
      }
      await page.getByRole('navigation', { name: lists }).getByRole('link').first().waitFor()

      await page.goto(new URL(`/c/${channelId}`, page.url()).href)
      await page.getByRole('log').getByText('Is this quick?').waitFor()
      const { script, stylesheet, paths } = await fetched(page)
      console.log(`first load, ${language}: ${script} of JavaScript, ${stylesheet} of CSS`)
      expect(script).toBeGreaterThan(10 * KB)
      expect(script).toBeLessThanOrEqual(BUDGET.script)
      // Of all languages the one that is shown.
      expect(paths.filter((path) => path.includes('/text.'))).toHaveLength(1)
      expect(stylesheet).toBeGreaterThan(KB)
      expect(stylesheet).toBeLessThanOrEqual(BUDGET.stylesheet)
      const early = paths.filter((path) =>
        /settings|people|person|search|details|join|dialog|picker|account|group/.test(path),
      )
      expect(early).toEqual([])
    })
  }
})

describeInBrowser('a part of the page that comes later', (windows) => {
  it('shows its outline on its way, and where it does not come a way on', async () => {
    const ana = await Person.signUp(url, 'ana')
    const window = await windows.open(UNKEPT)
    const { page } = window
    await window.logIn(ana.handle)
    let letGo = (): void => undefined
    const held = new Promise<void>((resolve) => (letGo = resolve))
    await page.route('**/assets/settings-*.js', async (route) => {
      await held
      await route.abort('connectionfailed')
    })
    await page.getByRole('link', { name: 'Settings' }).click()
    await page.getByRole('status', { name: 'Loading', exact: true }).waitFor()
    letGo()
    await page.getByRole('alert').getByText('could not be loaded').waitFor()
    await page.unroute('**/assets/settings-*.js')
    await page.getByRole('button', { name: 'Reload' }).click()
    await window.title('Settings').waitFor()
    window.troubles.forget(/ERR_CONNECTION_FAILED|Failed to load/)
  })
})
