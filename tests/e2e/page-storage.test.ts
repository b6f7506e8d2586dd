import { expect, inject, it } from 'vitest'
import { findings } from './support/accessibility.ts'
import { describeInBrowser, picture } from './support/browser.ts'
import { newcomer, type ChatWindow } from './support/chat-window.ts'
import { Person } from './support/person.ts'
import { rowsIn } from './support/stored.ts'

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

  it('is cleared of chats on a click, but not of what one writes, and the page goes on', async () => {
    const [ana, bob] = await Promise.all([
      Person.signUp(inject('serverUrl'), 'ana'),
      Person.signUp(inject('serverUrl'), 'bob'),
    ])
    const { channelId } = await bob.openDm(ana)
    await bob.send(channelId, 'Keep this somewhere')
    const window = await windows.open()
    const { page } = window
    await window.logIn(ana.handle)
    await window.openChat('bob')
    await window.message('Keep this somewhere').waitFor()
    await window.composer.fill('half a thought')
    await expect.poll(() => rowsIn(page, 'recent')).toContain('Keep this somewhere')
    const other = windows.add(await window.another())
    await other.row('bob').waitFor()

    await page.getByRole('link', { name: 'Settings' }).click()
    await window.button('Clear messages kept here…').click()
    const dialog = window.dialog('Clear the messages kept here?')
    expect(await findings(page)).toEqual([])
    await picture(window, 'settings-storage-clear')
    await dialog.getByRole('button', { name: 'Clear messages' }).click()
    await page.getByText(/^\d+ kB of chats and messages cleared\.$/).waitFor()
    await page.getByRole('heading', { name: 'Storage' }).click({ trial: true })
    await window.title('Chats').click({ trial: true })
    await picture(window, 'settings-storage-cleared')
    await window.row('bob').waitFor()
    await window.openChat('bob')
    await window.message('Keep this somewhere').waitFor()
    expect(await window.composer.inputValue()).toBe('half a thought')
    await bob.send(channelId, 'And this')
    await window.message('And this').waitFor()
    await other.row('bob').getByText('And this').waitFor()
    await expect.poll(() => rowsIn(page, 'channels')).toContain('And this')
    await page.reload()
    await window.message('And this').waitFor()
  })
})
