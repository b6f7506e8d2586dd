import { expect, inject, it } from 'vitest'
import { describeInBrowser } from './support/browser.ts'
import { ChatWindow, newcomer } from './support/chat-window.ts'
import { Person } from './support/person.ts'
import { UserSockets } from './support/user-sockets.ts'

/** Waits until a window is ready to share its connection, which is a little after its first chat is on screen. */
async function shares({ page }: ChatWindow): Promise<void> {
  await expect
    .poll(() =>
      page.evaluate(async () => (await navigator.locks.query()).held?.map(({ name }) => name)),
    )
    .toContain('parley.link.1')
}

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

  it('have one connection: what comes is in all, and when the window that has it is closed the next goes on', async () => {
    const bob = await Person.signUp(inject('serverUrl'), 'bob')
    const one = await windows.open()
    const context = one.page.context()
    const sockets = new UserSockets(context)
    await one.signUp(newcomer('Ana'))
    await one.chatWith({ name: 'bob', handle: bob.handle })
    await one.say('Hello')
    await one.tick('Hello').waitFor()
    const at = one.page.url()
    const channelId = at.split('/').at(-1) ?? ''
    await shares(one)
    const two = windows.add(await ChatWindow.open(context, at))
    const three = windows.add(await one.another())
    await two.tick('Hello').waitFor()
    await three.row('bob').waitFor()

    await bob.send(channelId, 'Hello all')
    await one.message('Hello all').waitFor()
    await two.message('Hello all').waitFor()
    await three.row('bob').getByText('Hello all').waitFor()
    expect(sockets.count).toBe(1)
    expect([two, three].map(({ page }) => sockets.openedBy(page))).toEqual([0, 0])

    await Promise.all([one.page.close(), bob.send(channelId, 'In between')])
    await two.message('In between').waitFor()
    await three.row('bob').getByText('In between').waitFor()
    await expect.poll(() => sockets.count).toBe(1)
    await three.openChat('bob')
    await three.say('Still here')
    await three.tick('Still here').waitFor()
    await two.tick('Still here').waitFor()
    await bob.send(channelId, 'So am I')
    await two.message('So am I').waitFor()
    await three.message('So am I').waitFor()
    expect(sockets.count).toBe(1)
  })

  it('that are put to sleep leave the connection to those that are awake, and have missed nothing later', async () => {
    const bob = await Person.signUp(inject('serverUrl'), 'bob')
    const one = await windows.open()
    const context = one.page.context()
    const sockets = new UserSockets(context)
    await one.signUp(newcomer('Ana'))
    await one.chatWith({ name: 'bob', handle: bob.handle })
    const at = one.page.url()
    const channelId = at.split('/').at(-1) ?? ''
    await one.goHome()
    await shares(one)
    const two = windows.add(await ChatWindow.open(context, at))
    await two.title('bob').waitFor()
    // A window that a test drives counts as seen, and no browser freezes it: it is told so instead.
    await one.page.evaluate(() => document.dispatchEvent(new Event('freeze')))
    await bob.send(channelId, 'Are you there?')
    await two.message('Are you there?').waitFor()
    await expect.poll(() => sockets.openedBy(two.page)).toBe(1)
    await bob.send(channelId, 'Wake up')
    await two.message('Wake up').waitFor()
    await one.page.evaluate(() => document.dispatchEvent(new Event('resume')))
    await one.row('bob').getByText('Wake up').waitFor()
    await expect.poll(() => sockets.count).toBe(1)
    await bob.send(channelId, 'Good morning')
    await one.row('bob').getByText('Good morning').waitFor()
    await two.message('Good morning').waitFor()
    expect(sockets.openedBy(two.page)).toBe(1)
  })

  it('are logged out together, and in again', async () => {
    const ana = newcomer('Ana')
    const one = await windows.open()
    const sockets = new UserSockets(one.page.context())
    await one.signUp(ana)
    await one.start('Saved messages')
    await one.say('A note')
    await one.tick('A note').waitFor()
    await shares(one)
    const two = windows.add(await one.another())
    const three = windows.add(await one.another())
    await two.row('Saved messages').waitFor()
    await three.row('Saved messages').waitFor()

    await two.logOut()
    for (const { page } of [one, two, three]) {
      await page.getByRole('heading', { name: 'Log in' }).waitFor()
      expect(await page.getByText('A note').count()).toBe(0)
    }
    await expect.poll(() => sockets.count).toBe(0)
    // Whoever had the connection, or was about to have it, asks why it was refused.
    for (const { troubles } of [one, two, three]) troubles.forget(/401/)

    await three.logIn(ana.handle)
    for (const window of [one, two, three]) await window.row('Saved messages').waitFor()
    await one.openChat('Saved messages')
    await one.message('A note').waitFor()
    await one.say('Another')
    await one.tick('Another').waitFor()
    for (const window of [two, three])
      await window.row('Saved messages').getByText('Another').waitFor()
    await expect.poll(() => sockets.count).toBe(1)
  })

  it('that slept while somebody logged out and in again begin anew', async () => {
    const window = await windows.open()
    const { page } = window
    await window.signUp(newcomer('Ana'))
    await window.start('Saved messages')
    await window.title('Saved messages').waitFor()
    const anew = page.waitForEvent('domcontentloaded')
    await page.evaluate(() => {
      const key = 'parley.loggedIn'
      localStorage.setItem(key, 'later')
      dispatchEvent(new StorageEvent('storage', { key }))
    })
    await anew
    await window.title('Saved messages').waitFor()
  })

  it('that were kept for going back begin anew with another login, and at the log-in with none', async () => {
    const window = await windows.open()
    const { page } = window
    await window.signUp(newcomer('Ana'))
    await window.start('Saved messages')
    await window.title('Saved messages').waitFor()
    // Nobody tells such a page of what other windows store, and no browser that is driven keeps one.
    const comesBack = (login: string | null): Promise<void> =>
      page.evaluate((stored) => {
        if (stored === null) localStorage.removeItem('parley.loggedIn')
        else localStorage.setItem('parley.loggedIn', stored)
        dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))
      }, login)
    const anew = page.waitForEvent('domcontentloaded')
    await comesBack('later')
    await anew
    await window.title('Saved messages').waitFor()
    await comesBack(null)
    await page.getByRole('heading', { name: 'Log in' }).waitFor()
  })
})
