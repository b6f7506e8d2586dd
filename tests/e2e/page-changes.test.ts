import { beforeAll, expect, inject, it } from 'vitest'
import { describeInBrowser } from './support/browser.ts'
import { newcomer, type ChatWindow } from './support/chat-window.ts'
import { Person } from './support/person.ts'

const url = inject('serverUrl')

/** What a message says about how far it has got. */
function state(window: ChatWindow, text: string, name: 'Sent' | 'Delivered' | 'Read') {
  return window.message(text).getByRole('img', { name, exact: true })
}

async function openMenu(window: ChatWindow, text: string): Promise<void> {
  await window.message(text).hover()
  await window.message(text).getByRole('button', { name: 'Message actions' }).click()
}

async function choose(window: ChatWindow, item: string): Promise<void> {
  await window.page.getByRole('menuitem', { name: item }).click()
}

describeInBrowser('two people who have a conversation open', (windows) => {
  const [ana, bob] = [newcomer('Ana'), newcomer('Bob')]
  let anas: ChatWindow
  let bobs: ChatWindow

  beforeAll(async () => {
    anas = await windows.open()
    bobs = await windows.open()
    await Promise.all([anas.signUp(ana), bobs.signUp(bob)])
    await anas.chatWith(bob)
  })

  it('see a message delivered, and read once the other one looks at it', async () => {
    await anas.say('Are you there?')
    await state(anas, 'Are you there?', 'Delivered').waitFor()
    await bobs.openChat('Ana')
    await bobs.message('Are you there?').waitFor()
    await state(anas, 'Are you there?', 'Read').waitFor()
  })

  it('see each other writing, until the message comes or nothing more does', async () => {
    const writing = anas.page.getByText('Bob is writing…')
    await bobs.composer.pressSequentially('Yes')
    await writing.waitFor()
    await bobs.composer.press('Enter')
    await anas.message('Yes').waitFor()
    await writing.waitFor({ state: 'hidden' })
    // Others are told at most every three seconds.
    await bobs.page.waitForTimeout(3000)
    await bobs.composer.pressSequentially('And')
    await writing.waitFor()
    await writing.waitFor({ state: 'hidden' })
    await bobs.composer.fill('')
  })

  it('correct what they wrote, and the other one sees that it was', async () => {
    await anas.say('See you at sixx')
    await openMenu(anas, 'See you at sixx')
    await choose(anas, 'Edit')
    const field = await anas.editField()
    expect(await field.inputValue()).toBe('See you at sixx')
    await field.fill('See you at six')
    await field.press('Enter')
    for (const window of [anas, bobs]) {
      await window.message('See you at six').getByText('edited').waitFor()
    }
    await anas.composer.waitFor()
  })

  it('edit the last one with the arrow key, and Escape leaves it as it was', async () => {
    await anas.composer.press('ArrowUp')
    const field = await anas.editField()
    await field.fill('Nothing of it')
    await field.press('Escape')
    await anas.composer.waitFor()
    await anas.title('Bob').waitFor()
    await anas.message('See you at six').waitFor()
  })

  it('take a message back for both, after they were asked', async () => {
    await bobs.say('That was for somebody else')
    await anas.message('That was for somebody else').waitFor()
    await openMenu(bobs, 'That was for somebody else')
    await choose(bobs, 'Delete…')
    const dialog = bobs.dialog('Delete this message?')
    await dialog.getByText('That was for somebody else').waitFor()
    await dialog.getByRole('button', { name: 'Delete message' }).click()
    for (const window of [anas, bobs]) {
      await window.log.getByText('Message deleted').waitFor()
      expect(await window.message('That was for somebody else').count()).toBe(0)
    }
  })

  it('cannot change what the other one wrote', async () => {
    await openMenu(bobs, 'Are you there?')
    const items = bobs.page.getByRole('menuitem')
    expect(await items.allTextContents()).toEqual(['React…', 'Reply', 'Copy', 'Copy link'])
    await bobs.page.keyboard.press('Escape')
  })

  it('reach the menu of a message by keyboard, and come back to it', async () => {
    const { page } = anas
    await anas.log.focus()
    await page.keyboard.press('End')
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('Enter')
    await page.getByRole('menuitem', { name: 'Edit' }).waitFor()
    await page.keyboard.press('Escape')
    const focused = page.locator('article:focus')
    expect(await focused.textContent()).toContain('See you at six')
    await page.keyboard.press('Escape')
    await expect.poll(() => anas.composer.evaluate((node) => node.matches(':focus'))).toBe(true)
  })

  it('find a half-written edit, and later a reply, as they were when the page is loaded again', async () => {
    await anas.composer.press('ArrowUp')
    const field = await anas.editField()
    await field.fill('See you at seven')
    await anas.page.reload()
    const again = await anas.editField()
    expect(await again.inputValue()).toBe('See you at seven')
    await again.press('Escape')
    await openMenu(anas, 'Yes')
    await choose(anas, 'Reply')
    await anas.composer.fill('Yes to')
    await anas.page.reload()
    await anas.page.getByText('Reply to Bob').waitFor()
    expect(await anas.composer.inputValue()).toBe('Yes to')
    // Another chat has nothing of it.
    await anas.start('Saved messages')
    await anas.title('Saved messages').waitFor()
    expect(await anas.page.getByText('Reply to Bob').count()).toBe(0)
    await anas.page.goBack()
    await anas.page.getByText('Reply to Bob').waitFor()
    await anas.composer.fill('Yes to what?')
    await anas.composer.press('Enter')
    const quote = anas.message('Yes to what?').getByRole('button', { name: /Bob/ })
    await quote.getByText('Yes', { exact: true }).waitFor()
    await anas.page.reload()
    await anas.message('Yes to what?').waitFor()
    expect(await anas.page.getByText('Reply to Bob').count()).toBe(0)
    expect(await anas.composer.inputValue()).toBe('')
  })
})

describeInBrowser('a group', (windows) => {
  it('lets an admin delete what a member wrote, and shows who has read what', async () => {
    const [ana, bob] = await Promise.all([Person.signUp(url, 'ana'), Person.signUp(url, 'bob')])
    const group = await ana.makeGroup('Garden', [bob])
    await bob.send(group.channelId, 'Spam')
    const window = await windows.open()
    await window.logIn(ana.handle)
    await window.openChat('Garden')
    await openMenu(window, 'Spam')
    const items = window.page.getByRole('menuitem')
    await expect
      .poll(() => items.allTextContents())
      .toEqual(['React…', 'Reply', 'Copy', 'Copy link', 'Delete…'])
    await choose(window, 'Delete…')
    await window.button('Delete message').click()
    await window.log.getByText('Message deleted').waitFor()
    // The socket may tell of it before the call is answered, and until then nothing behind takes keys.
    await window.page.getByRole('dialog').waitFor({ state: 'detached' })

    await window.say('Be kind')
    await state(window, 'Be kind', 'Sent').waitFor()
    const { messages } = await bob.history(group.channelId)
    const messageId = messages.at(-1)!.messageId
    await bob.call('PUT', `/v1/channels/${group.channelId}/read`, { messageId })
    await expect
      .poll(async () => {
        await openMenu(window, 'Be kind')
        const note = await window.page.getByRole('menu', { name: 'Message actions' }).textContent()
        await window.page.keyboard.press('Escape')
        return note
      })
      .toContain('Read by 1')
  })
})
