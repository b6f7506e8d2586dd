import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { beforeAll, expect, inject, it } from 'vitest'
import { describeInBrowser, picture } from './support/browser.ts'
import { newcomer, type ChatWindow } from './support/chat-window.ts'

const url = inject('serverUrl')
const root = new URL('../../', import.meta.url).pathname

const WIDTHS = [390, 1440]
const SCHEMES = ['light', 'dark'] as const

describeInBrowser('the looks of each view', (windows) => {
  let window: ChatWindow

  beforeAll(async () => {
    const fill = ['scripts/demo.ts', '--url', url, '--fill-only']
    await promisify(execFile)(process.execPath, fill, { cwd: root })
    window = await windows.open()
  })

  /** Pictures for people to look at; what a machine can tell is that nothing sticks out. */
  async function look(view: string): Promise<void> {
    const { page } = window
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: width < 900 ? 844 : 900 })
      for (const colorScheme of SCHEMES) {
        await page.emulateMedia({ colorScheme })
        await picture(window, `${view}-${width}-${colorScheme}`)
      }
      expect(await window.overhang()).toBeLessThanOrEqual(0)
    }
  }

  it('signing up, with what is wrong with the fields', async () => {
    await window.page.getByRole('heading', { name: 'Create your account' }).waitFor()
    await look('sign-up')
    await window.button('Create account').click()
    await window.page.getByText('Enter your name.').waitFor()
    await look('sign-up-errors')
  })

  it('logging in', async () => {
    await window.page.getByRole('link', { name: 'Log in' }).click()
    await window.page.getByRole('heading', { name: 'Log in' }).waitFor()
    await look('log-in')
    await window.logIn('ana', 'parley-demo')
  })

  it('the list of chats', async () => {
    await window.row('Bob Lindqvist').waitFor()
    await look('list')
    await window.button('New chat').click()
    await look('menu')
    await window.page.keyboard.press('Escape')
  })

  it('a chat of two', async () => {
    await window.goHome()
    await window.openChat('Bob Lindqvist')
    await window.message('See you at six, then.').waitFor()
    await look('dm')
  })

  it('a group and its details', async () => {
    await window.goHome()
    await window.openChat('Hut by the lake')
    await window.message('And the chess board.').waitFor()
    await look('group')
    await window.openDetails()
    await look('details')
  })

  it('the dialogs', async () => {
    await window.goHome()
    await window.start('Find someone by handle')
    const find = window.dialog('Find someone by handle')
    await find.getByRole('textbox', { name: 'Handle' }).fill('cleo')
    await find.getByRole('button', { name: 'Find', exact: true }).click()
    await find.getByRole('button', { name: 'Start chat' }).waitFor()
    await look('find')
    await window.page.keyboard.press('Escape')
    await window.start('New group')
    const group = window.dialog('New group')
    const people = group.getByRole('textbox', { name: 'People' })
    await people.fill('cleo')
    await people.press('Enter')
    await group.getByRole('button', { name: 'Remove Cleo Okafor' }).waitFor()
    await look('new-group')
    await window.page.keyboard.press('Escape')
  })

  it('people, and a profile', async () => {
    await window.goHome()
    await window.page.getByRole('link', { name: 'People' }).click()
    await window.title('People').waitFor()
    await look('people-none')
    await window.button('Find someone').click()
    const find = window.dialog('Find someone by handle')
    await find.getByRole('textbox', { name: 'Handle' }).fill('cleo')
    await find.getByRole('button', { name: 'Find', exact: true }).click()
    await find.getByRole('link', { name: 'Cleo Okafor' }).click()
    await window.button('Ask to be friends').click()
    await window.page.getByText('You have asked to be friends.').waitFor()
    await look('profile')
    await window.goTo('/people')
    await window.button('Take back').waitFor()
    await look('people')
  })

  it('the settings', async () => {
    await window.goHome()
    await window.page.getByRole('link', { name: 'Settings' }).click()
    await window.page.getByText('This device', { exact: true }).waitFor()
    await window.page.getByText('Who may add you to groups').waitFor()
    await look('settings')
  })

  it('a list that is empty', async () => {
    const { page } = window
    await window.button('Log out').click()
    await page.getByRole('link', { name: 'Create an account' }).click()
    await window.signUp(newcomer('Dora Lind'))
    await look('empty')
  })
})
