import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { describeInBrowser } from './support/browser.ts'
import { newcomer } from './support/chat-window.ts'

/** How light a colour of the page is, 0 to 100. */
async function lightness(page: Page, selector: string, property = 'background-color') {
  return await page.evaluate(
    ([of, name]) => {
      const value = getComputedStyle(document.querySelector(of!)!).getPropertyValue(name!)
      const canvas = document.createElement('canvas').getContext('2d')!
      canvas.fillStyle = value
      canvas.fillRect(0, 0, 1, 1)
      const [red, green, blue] = canvas.getImageData(0, 0, 1, 1).data
      return Math.round((100 * (red! + green! + blue!)) / (3 * 255))
    },
    [selector, property],
  )
}

describeInBrowser('the appearance', (windows) => {
  it('is chosen in the settings, counts at once, and outlives log-out and reload', async () => {
    const window = await windows.open({ colorScheme: 'light' })
    const { page } = window
    await window.signUp(newcomer('Ana'))
    expect(await lightness(page, 'body')).toBeGreaterThan(90)
    await page.getByRole('link', { name: 'Settings' }).click()
    const theme = page.getByRole('combobox', { name: 'Theme' })
    await theme.selectOption('Dark')
    expect(await lightness(page, 'body')).toBeLessThan(20)
    await window.button('Log out').click()
    await page.getByRole('heading', { name: 'Log in' }).waitFor()
    await page.reload()
    await page.getByRole('heading', { name: 'Log in' }).waitFor()
    expect(await lightness(page, 'body')).toBeLessThan(20)
  })

  it('follows the system otherwise', async () => {
    const { page } = await windows.open({ colorScheme: 'dark' })
    expect(await lightness(page, 'body')).toBeLessThan(20)
    await page.emulateMedia({ colorScheme: 'light' })
    expect(await lightness(page, 'body')).toBeGreaterThan(90)
  })

  it('is there before the page has run: nothing flashes', async () => {
    const { page } = await windows.open({ colorScheme: 'light' })
    await page.evaluate(() => localStorage.setItem('parley.theme', 'dark'))
    let letRun = (): void => undefined
    const held = new Promise<void>((resolve) => (letRun = resolve))
    await page.route('**/assets/*.js', async (route) => {
      await held
      await route.continue()
    })
    await page.reload({ waitUntil: 'commit' })
    await page.waitForFunction(() => document.body !== null && document.styleSheets.length > 0)
    expect(await page.locator('#app').evaluate((app) => app.childElementCount)).toBe(0)
    expect(await lightness(page, 'body')).toBeLessThan(20)
    expect(await page.locator('meta[name=theme-color]').first().getAttribute('content')).toBe(
      '#1b1d22',
    )
    letRun()
    await page.getByRole('heading', { level: 1 }).waitFor()
  })

  it('has more contrast and no motion where that is asked for', async () => {
    const { page } = await windows.open({ colorScheme: 'light' })
    await page.getByRole('heading', { name: 'Create your account' }).waitFor()
    const motion = () =>
      page.locator('.button').evaluate((button) => getComputedStyle(button).transitionDuration)
    const [hint, moves] = [await lightness(page, '.note', 'color'), await motion()]
    await page.emulateMedia({ contrast: 'more', reducedMotion: 'reduce' })
    expect(await lightness(page, '.note', 'color')).toBeLessThan(hint)
    expect(moves).not.toBe('0s')
    expect(await motion()).toBe('0s')
  })
})
