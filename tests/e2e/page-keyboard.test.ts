import type { Locator } from 'playwright-core'
import { beforeAll, expect, inject, it } from 'vitest'
import { describeInBrowser } from './support/browser.ts'
import { newcomer, type ChatWindow } from './support/chat-window.ts'
import { PASSWORD, Person } from './support/person.ts'

const url = inject('serverUrl')

describeInBrowser('the keyboard alone', (windows) => {
  const ana = newcomer('Ana')
  let window: ChatWindow
  let bob: Person

  beforeAll(async () => {
    bob = await Person.signUp(url, 'bob')
    window = await windows.open()
  })

  async function isFocused(target: Locator): Promise<boolean> {
    return await target.evaluate((element) => element === document.activeElement)
  }

  async function focused(target: Locator): Promise<void> {
    await target.waitFor()
    await expect.poll(() => isFocused(target)).toBe(true)
  }

  /** Whether one can see where the focus is: the picture is another one without it. */
  async function showsFocus(): Promise<boolean> {
    const { page } = window
    const at = page.locator(':focus')
    const box = (await at.boundingBox())!
    const clip = {
      x: Math.max(0, box.x - 4),
      y: Math.max(0, box.y - 4),
      width: box.width + 8,
      height: box.height + 8,
    }
    const element = (await at.elementHandle())!
    const withFocus = await page.screenshot({ clip, animations: 'disabled' })
    await element.evaluate((node) => (node as HTMLElement).blur())
    const without = await page.screenshot({ clip, animations: 'disabled' })
    await element.evaluate((node) => (node as HTMLElement).focus())
    return !withFocus.equals(without)
  }

  /** Presses Tab until the target has the focus, which has to be seen at every stop. */
  async function tabTo(target: Locator): Promise<void> {
    await target.waitFor()
    for (let stop = 0; stop < 15; stop++) {
      await window.page.keyboard.press('Tab')
      const where = await window.page.locator(':focus').evaluateAll((nodes) => nodes[0]?.outerHTML)
      expect(await showsFocus(), `focus seen at ${where?.slice(0, 100)}`).toBe(true)
      if (await isFocused(target)) return
    }
    throw new Error('the Tab key does not lead there')
  }

  it('leads from the sign-up to the first message', async () => {
    const { page } = window
    const { keyboard } = page
    await focused(page.getByRole('textbox', { name: 'Name' }))
    await keyboard.type(ana.name)
    await tabTo(page.getByRole('textbox', { name: 'Handle' }))
    await keyboard.type(ana.handle)
    await tabTo(page.getByRole('textbox', { name: 'E-mail' }))
    await keyboard.type(`${ana.handle}@example.org`)
    await tabTo(page.getByRole('textbox', { name: 'Password' }))
    await keyboard.type(PASSWORD)
    await keyboard.press('Enter')
    await tabTo(window.button('Find someone by handle'))
    await keyboard.press('Enter')
    const dialog = window.dialog('Find someone by handle')
    await focused(dialog.getByRole('textbox', { name: 'Handle' }))
    await keyboard.type(bob.handle)
    await keyboard.press('Enter')
    await tabTo(dialog.getByRole('button', { name: 'Start chat' }))
    await keyboard.press('Enter')
    await focused(window.composer)
    await keyboard.type('Hello from the keyboard')
    await keyboard.press('Enter')
    await window.tick('Hello from the keyboard').waitFor()
  })

  it('opens menus and dialogs, and Escape closes them and gives the focus back', async () => {
    const { page } = window
    const { keyboard } = page
    const menu = page.getByRole('menu', { name: 'New chat' })
    await window.button('New chat').focus()
    await keyboard.press('Enter')
    await focused(page.getByRole('menuitem', { name: 'Find someone by handle' }))
    await keyboard.press('Escape')
    await menu.waitFor({ state: 'hidden' })
    await focused(window.button('New chat'))
    await keyboard.press('Enter')
    await focused(page.getByRole('menuitem', { name: 'Find someone by handle' }))
    await keyboard.press('ArrowDown')
    await keyboard.press('Enter')
    const dialog = window.dialog('New group')
    await focused(dialog.getByRole('textbox', { name: 'Title' }))
    await keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    await focused(window.button('New chat'))
    // The chat is still open: the key closed the dialog and nothing behind it.
    await window.title('bob').waitFor()
  })

  it('moves through the list with arrows, opens a chat, and leaves it with Escape', async () => {
    const { page } = window
    const { keyboard } = page
    const group = await bob.makeGroup('Second', [{ userId: await idOf(ana.handle) }])
    await bob.send(group.channelId, 'Welcome')
    await window.badge('Second').waitFor()
    await window.row('Second').focus()
    await keyboard.press('ArrowDown')
    await focused(window.row('bob'))
    await keyboard.press('Home')
    await focused(window.row('Second'))
    await keyboard.press('Enter')
    await window.message('Welcome').waitFor()
    await focused(window.composer)
    await keyboard.press('Escape')
    await window.title('Second').waitFor({ state: 'detached' })
    expect(new URL(page.url()).pathname).not.toContain(group.channelId)
  })

  async function idOf(handle: string): Promise<string> {
    const answer = await bob.call<{ users: { userId: string }[] }>(
      'GET',
      `/v1/users?handle=${handle}`,
    )
    return answer.body.users[0]!.userId
  }
})

describeInBrowser('a phone of 390 pixels', (windows) => {
  it('shows the list or the chat, with a way back', async () => {
    const [ana, bob] = await Promise.all([Person.signUp(url, 'ana'), Person.signUp(url, 'bob')])
    const dm = await bob.openDm(ana)
    await bob.send(dm.channelId, 'Are you on your phone?')
    const phone = await windows.open({
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
    })
    await phone.logIn(ana.handle)
    await phone.row('bob').tap()
    await phone.message('Are you on your phone?').waitFor()
    expect(await phone.list.isVisible()).toBe(false)
    expect(await phone.overhang()).toBeLessThanOrEqual(0)
    await phone.button('Back to chats').tap()
    await phone.list.waitFor()
    expect(await phone.log.count()).toBe(0)
    await phone.row('bob').tap()
    await phone.composer.fill('Yes')
    await phone.button('Send').tap()
    await phone.tick('Yes').waitFor()
    await phone.openDetails()
    expect(await phone.composer.isVisible()).toBe(false)
    expect(await phone.overhang()).toBeLessThanOrEqual(0)
    await phone.button('Close details').tap()
    await phone.composer.waitFor()
    await phone.button('Back to chats').tap()
    await phone.list.waitFor()
  })
})
