import { expect, inject, it } from 'vitest'
import { describeInBrowser } from './support/browser.ts'
import { ChatWindow, newcomer } from './support/chat-window.ts'
import { Person } from './support/person.ts'

/** What a browser says about a network that is not there. */
const NO_NETWORK = /ERR_INTERNET_DISCONNECTED/

describeInBrowser('two windows of one browser', (windows) => {
  it('share an outbox: what waits is in both, and goes out once, in order, whichever is closed', async () => {
    const bob = await Person.signUp(inject('serverUrl'), 'bob')
    const one = await windows.open()
    const context = one.page.context()
    await one.signUp(newcomer('Ana'))
    await one.chatWith({ name: 'bob', handle: bob.handle })
    await one.say('Before')
    await one.tick('Before').waitFor()
    const at = one.page.url()
    const two = windows.add(await ChatWindow.open(context, at))
    await two.tick('Before').waitFor()

    await context.setOffline(true)
    await one.say('From the first')
    await two.message('From the first').getByRole('img', { name: 'Sending' }).waitFor()
    await two.say('From the second')
    await one.message('From the second').getByRole('img', { name: 'Sending' }).waitFor()
    one.troubles.forget(NO_NETWORK)
    await one.page.close()
    await context.setOffline(false)

    await two.tick('From the second').waitFor()
    await two.tick('From the first').waitFor()
    two.troubles.forget(NO_NETWORK)
    const { messages } = await bob.history(at.split('/').at(-1) ?? '')
    expect(messages.map(({ text }) => text).filter(Boolean)).toEqual([
      'Before',
      'From the first',
      'From the second',
    ])
  })
})
