import { expect, it } from 'vitest'
import { describeInBrowser, picture } from './support/browser.ts'
import { newcomer, type ChatWindow } from './support/chat-window.ts'

describeInBrowser('the storage of the browser', (windows) => {
  /** Opens the settings of a newcomer in a browser that says so when it is asked to keep what is stored. */
  async function settings(answer: boolean): Promise<ChatWindow> {
    const window = await windows.open()
    await window.page.addInitScript((isSafe) => {
      let asked = false
      navigator.storage.persist = async () => {
        asked = true
        return isSafe
      }
      navigator.storage.persisted = async () => asked && isSafe
    }, answer)
    await window.page.reload()
    await window.signUp(newcomer('Ana'))
    await window.page.getByRole('link', { name: 'Settings' }).click()
    await window.page.getByText('your browser may clear it').waitFor()
    return window
  }

  it('is told in the settings, as much as there is', async () => {
    const { page } = await settings(true)
    const line = page.getByText(/^Parley uses [\d.,]+ [kM]B in this browser/)
    await expect
      .poll(async () => Number(/[\d.]+/.exec(await line.innerText())?.[0]))
      .toBeGreaterThan(0)
  })

  it('is made safe by the browser on a click', async () => {
    const window = await settings(true)
    await window.button('Keep it safe').click()
    await window.page.getByText('Your browser keeps it until you clear it.').waitFor()
    expect(await window.button('Keep it safe').count()).toBe(0)
  })

  it('is not, where the browser says no, which is explained', async () => {
    const window = await settings(false)
    await window.button('Keep it safe').click()
    await window.page.getByText('Your browser does not promise that now.').waitFor()
    await window.button('Keep it safe').waitFor()
    await window.page.locator('#settings-storage').scrollIntoViewIfNeeded()
    await picture(window, 'settings-storage')
  })
})
