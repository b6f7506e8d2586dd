import type { Locator } from 'playwright-core'
import { beforeAll, expect, inject, it } from 'vitest'
import { describeInBrowser } from './support/browser.ts'
import type { ChatWindow } from './support/chat-window.ts'
import { PASSWORD, Person } from './support/person.ts'

const url = inject('serverUrl')

describeInBrowser('without a pointer', (windows) => {
  let [ana, bob]: Person[] = []
  let groupId = ''
  let window: ChatWindow

  beforeAll(async () => {
    ;[ana, bob] = await Promise.all([Person.signUp(url, 'ana'), Person.signUp(url, 'bob')])
    const group = await bob!.makeGroup('Hut by the lake', [ana!])
    groupId = group.channelId
    await bob!.send(groupId, 'Who brings the tea?')
    await ana!.openDm(bob!)
    window = await windows.open()
  })

  const press = (key: string) => window.page.keyboard.press(key)
  const type = (text: string) => window.page.keyboard.type(text)

  async function focused(target: Locator): Promise<void> {
    await target.waitFor()
    await expect
      .poll(() => target.evaluate((element) => element === document.activeElement))
      .toBe(true)
  }

  /** Presses a key until the target has the focus. */
  async function reach(target: Locator, key = 'Tab'): Promise<void> {
    await target.waitFor()
    for (let stop = 0; stop < 40; stop++) {
      if (await target.evaluate((element) => element === document.activeElement)) return
      await press(key)
      await expectFocus()
    }
    throw new Error(`${key} does not lead there`)
  }

  /** Something that is seen has the focus. */
  async function expectFocus(): Promise<void> {
    await expect
      .poll(() =>
        window.page.evaluate(() => {
          const { activeElement: at } = document
          return at !== null && at !== document.body && at.checkVisibility()
        }),
      )
      .toBe(true)
  }

  const item = (name: string) => window.page.getByRole('menuitem', { name })

  it('one logs in and comes into a chat', async () => {
    await window.goTo('/login')
    await reach(window.page.getByRole('textbox', { name: 'E-mail or handle' }))
    await type(ana!.handle)
    await reach(window.page.getByRole('textbox', { name: 'Password' }))
    await type(PASSWORD)
    await press('Enter')
    await window.row('Hut by the lake').waitFor()
    await expectFocus()
    await reach(window.list.locator('a[tabindex="0"]'))
    await reach(window.row('Hut by the lake'), 'ArrowDown')
    await press('Enter')
    await focused(window.composer)
  })

  it('one sends, and hears politely what others write', async () => {
    await type('I do')
    await press('Enter')
    await window.tick('I do').waitFor()
    await focused(window.composer)
    const said = window.page.locator('[aria-live=polite]')
    for (const count of [1, 2]) {
      await said.evaluate((element) => {
        element.removeAttribute('data-heard')
        new MutationObserver(() => element.setAttribute('data-heard', '')).observe(element, {
          childList: true,
          subtree: true,
          characterData: true,
        })
      })
      await bob!.send(groupId, 'Good')
      await expect.poll(() => said.getAttribute('data-heard'), { message: `${count}` }).toBe('')
      expect(await said.textContent()).toBe('bob: Good')
    }
  })

  it('one reacts, replies and edits', async () => {
    await reach(window.log, 'Shift+Tab')
    await press('ArrowUp')
    const message = window.message('Good').last()
    await focused(message)
    await press('Enter')
    await focused(item('React…'))
    await press('Enter')
    await focused(window.button('React with 👍'))
    await press('Enter')
    const reaction = message.getByRole('button', { name: '👍 1' })
    await reaction.waitFor()
    await focused(message)
    await reach(reaction)
    await press('Enter')
    await reaction.waitFor({ state: 'detached' })
    await expectFocus()

    await reach(message, 'ArrowUp')
    await press('Enter')
    await reach(item('Reply'), 'ArrowDown')
    await press('Enter')
    await focused(window.composer)
    await type('Grean')
    await press('Enter')
    await window.tick('Grean').waitFor()
    await focused(window.composer)
    await press('ArrowUp')
    const field = window.page.getByRole('textbox', { name: 'Edited message' })
    await focused(field)
    await press('Control+a')
    await type('Green')
    await press('Enter')
    await window.message('Green').waitFor()
    await focused(window.composer)
  })

  it('one deletes, and the focus is where the message was', async () => {
    await reach(window.log, 'Shift+Tab')
    await press('ArrowUp')
    const message = window.message('Green')
    await focused(message)
    await press('Enter')
    await reach(item('Delete…'), 'ArrowDown')
    await press('Enter')
    const confirm = window.button('Delete message')
    await reach(confirm)
    await press('Enter')
    await window.log.getByText('Message deleted').waitFor()
    await window.dialog('Delete this message?').waitFor({ state: 'detached' })
    await focused(window.log.getByRole('article').last())
  })

  it('one jumps to a chat by its name, and to a message by its words', async () => {
    const jump = window.page.getByRole('combobox', { name: 'Jump to a person, group or message' })
    // A new message can be found after a few seconds.
    await expect
      .poll(async () => (await ana!.call('GET', '/v1/search?q=brings+tea')).body)
      .toMatchObject({ hits: [{}] })
    await press('Control+k')
    await focused(jump)
    await type('bob')
    await press('Enter')
    await window.title('bob').waitFor()
    await press('Control+k')
    await focused(jump)
    await type('brings tea')
    const hit = window.page.getByRole('option').filter({ hasText: 'Who brings the tea?' })
    await hit.waitFor()
    await press('Enter')
    await window.title('Hut by the lake').waitFor()
    await focused(window.message('Who brings the tea?'))
    await press('?')
    await window.dialog('Keyboard shortcuts').waitFor()
    await press('Escape')
    await focused(window.message('Who brings the tea?'))
    await window.goTo(`/c/${groupId}`)
    await focused(window.composer)
  })

  it('one opens the details, where a choice has the focus again once it is stored', async () => {
    await reach(window.button('More'), 'Shift+Tab')
    await press('Enter')
    await focused(item('Details'))
    await press('Enter')
    const details = window.page.getByRole('region', { name: 'Details' })
    await details.waitFor()
    await reach(details.getByRole('radio', { name: 'All messages' }))
    await press('ArrowDown')
    await expect
      .poll(async () => (await ana!.call('GET', `/v1/channels/${groupId}`)).body)
      .toMatchObject({ channel: { notify: 'mentions' } })
    await focused(details.getByRole('radio', { name: 'Mentions only' }))
  })

  it('one leaves, and the focus is in the list', async () => {
    const details = window.page.getByRole('region', { name: 'Details' })
    await reach(details.getByRole('button', { name: 'Leave group' }))
    await press('Enter')
    const dialog = window.dialog('Leave “Hut by the lake”?')
    await reach(dialog.getByRole('button', { name: 'Leave group' }))
    await press('Enter')
    await dialog.waitFor({ state: 'detached' })
    await expectFocus()
    const inList = () => window.page.evaluate(() => document.activeElement!.closest('nav') !== null)
    await expect.poll(inList).toBe(true)
  })

  it('on a narrow page, where list and content take turns, the focus goes along', async () => {
    await window.page.setViewportSize({ width: 390, height: 844 })
    await window.goHome()
    await reach(window.page.getByRole('link', { name: 'Settings' }))
    await press('Enter')
    await window.title('Settings').waitFor()
    await expectFocus()
    await press('Escape')
    await window.list.waitFor()
    await expectFocus()
  })
})
