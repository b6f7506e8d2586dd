import { beforeAll, expect, inject, it } from 'vitest'
import { describeInBrowser } from './support/browser.ts'
import { newcomer, type ChatWindow } from './support/chat-window.ts'
import { Person } from './support/person.ts'

describeInBrowser('a second device', (windows) => {
  const ana = newcomer('Ana')
  let first: ChatWindow
  let second: ChatWindow
  let bob: Person
  let channelId: string

  beforeAll(async () => {
    bob = await Person.signUp(inject('serverUrl'), 'bob')
    first = await windows.open()
    await first.signUp(ana)
    await first.chatWith({ name: 'bob', handle: bob.handle })
    channelId = first.page.url().split('/').at(-1) ?? ''
    await first.say('From the first device')
    await first.tick('From the first device').waitFor()
  })

  it('has everything from before it, and what comes', async () => {
    second = await windows.open()
    await second.logIn(ana.handle)
    await second.openChat('bob')
    await second.tick('From the first device').waitFor()
    await second.say('From the second')
    await first.tick('From the second').waitFor()
    await bob.send(channelId, 'To both')
    for (const window of [first, second]) await window.message('To both').waitFor()
  })

  it('that was away catches up with all of it, each once and in order', async () => {
    await second.page.close()
    const texts = Array.from({ length: 60 }, (_, index) => `Meanwhile ${index}`)
    for (const text of texts) await bob.send(channelId, text)
    await first.message('Meanwhile 59').waitFor()
    second = windows.add(await second.another())
    await second.openChat('bob')
    await second.message('Meanwhile 59').waitFor()
    const shown = await second.log
      .getByRole('article')
      .getByText(/^Meanwhile \d+$/)
      .allInnerTexts()
    expect(shown).toEqual(texts.slice(-shown.length))
    await second.page.getByText('Meanwhile 30', { exact: true }).scrollIntoViewIfNeeded()
  })

  it('knows what was read on the other, and shows it as read', async () => {
    await second.goHome()
    await first.openChat('bob')
    await bob.send(channelId, 'Seen on the first')
    await first.message('Seen on the first').waitFor()
    await second.row('bob').getByText('Seen on the first').waitFor()
    await second.badge('bob').waitFor({ state: 'detached' })
  })
})
