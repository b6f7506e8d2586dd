import { beforeAll, inject, it } from 'vitest'
import { describeInBrowser, picture } from './support/browser.ts'
import type { ChatWindow } from './support/chat-window.ts'
import { Person } from './support/person.ts'

const url = inject('serverUrl')
const OLD = 'The spare key is under the blue pot'

describeInBrowser('two people who have known each other for long', (windows) => {
  let [ana, bob]: Person[] = []
  let anas: ChatWindow
  let bobs: ChatWindow

  const online = (window: ChatWindow, name: string) =>
    window.row(name).getByRole('img', { name: 'Online' })
  const choose = async (window: ChatWindow, message: string, item: string) => {
    await window.message(message).hover()
    await window.message(message).getByRole('button', { name: 'Message actions' }).click()
    await window.page.getByRole('menuitem', { name: item }).click()
  }

  beforeAll(async () => {
    ;[ana, bob] = await Promise.all([Person.signUp(url, 'ana'), Person.signUp(url, 'bob')])
    const { channelId } = await bob!.openDm(ana!)
    await bob!.send(channelId, OLD)
    for (let i = 1; i <= 200; i++) await (i % 2 ? ana! : bob!).send(channelId, `Day ${i}`)
    ;[anas, bobs] = [await windows.open(), await windows.open()]
    await anas.logIn(ana!.handle)
    await anas.openChat('bob')
    await anas.page.getByRole('button', { name: /^Jump to latest/ }).click()
    await anas.message('Day 200').waitFor()
  })

  it('become friends', async () => {
    await anas.button('More').click()
    await anas.page.getByRole('menuitem', { name: 'Profile' }).click()
    await anas.button('Ask to be friends').click()
    await anas.page.getByText('You have asked to be friends.').waitFor()
    await bobs.logIn(bob!.handle)
    await bobs.page.getByRole('link', { name: 'People, 1 request' }).click()
    await bobs.button('Accept').click()
    await anas.page.getByText('You are friends.').waitFor()
  })

  it('see each other come and go', async () => {
    await online(anas, 'bob').waitFor()
    await online(bobs, 'ana').waitFor()
    await bobs.logOut()
    await online(anas, 'bob').waitFor({ state: 'detached' })
    await bobs.logIn(bob!.handle)
    await online(anas, 'bob').waitFor()
  })

  it('type, write and read', async () => {
    await anas.openChat('bob')
    await bobs.openChat('ana')
    await bobs.composer.pressSequentially('Where was that ke')
    await anas.page.getByText('bob is writing…').waitFor()
    await bobs.composer.fill('Where was that key?')
    await bobs.composer.press('Enter')
    await anas.message('Where was that key?').waitFor()
    const read = bobs.message('Where was that key?').getByRole('img', { name: 'Read' })
    await read.waitFor()
  })

  it('find a sentence from far back and jump to it', async () => {
    await anas.page.keyboard.press('Control+f')
    await anas.page.getByRole('textbox', { name: 'Search messages' }).fill('spare key')
    await anas.page.getByRole('list', { name: 'Search results' }).getByRole('link').click()
    const found = anas.log.getByRole('article').filter({ hasText: OLD })
    await found.waitFor()
    await anas.message('Day 1').waitFor()
    await picture(anas, 'story-found')
  })

  it('answer it, edit the answer, and react', async () => {
    await choose(anas, OLD, 'Reply')
    await anas.say('Under the pott')
    await bobs.message('Under the pott').getByText(OLD).waitFor()
    await anas.composer.press('ArrowUp')
    const field = await anas.editField()
    await field.fill('Under the blue pot')
    await field.press('Enter')
    await bobs.message('Under the blue pot').getByText('edited').waitFor()
    await choose(bobs, 'Under the blue pot', 'React…')
    await bobs.button('React with 👍').click()
    const thanks = anas.message('Under the blue pot').getByRole('button', { name: '👍 1' })
    await thanks.waitFor()
    await picture(anas, 'story-end')
  })
})
