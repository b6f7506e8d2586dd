import { expect, inject, it } from 'vitest'
import { describeInBrowser } from './support/browser.ts'
import { ChatWindow, newcomer } from './support/chat-window.ts'
import { Person } from './support/person.ts'

/** What a browser says about a network that is not there. */
const NO_NETWORK = /ERR_INTERNET_DISCONNECTED/

const url = inject('serverUrl')

describeInBrowser('what a browser keeps', (windows) => {
  it('is sent from a new window when the one it was written in was closed without a network', async () => {
    const bob = await Person.signUp(url, 'bob')
    const window = await windows.open()
    const context = window.page.context()
    await window.signUp(newcomer('Ana'))
    await window.chatWith({ name: 'bob', handle: bob.handle })
    await window.say('Before')
    await window.tick('Before').waitFor()
    await context.setOffline(true)
    await window.say('Into the dark')
    await window.message('Into the dark').getByRole('img', { name: 'Sending' }).waitFor()
    await expect.poll(async () => (await keptRows(window)).join()).toContain('"Into the dark"')
    window.troubles.forget(NO_NETWORK)
    const at = window.page.url()
    await window.page.close()
    await context.setOffline(false)

    const again = windows.add(await ChatWindow.open(context, at))
    await again.tick('Into the dark').waitFor()
    const { messages } = await bob.history(at.split('/').at(-1) ?? '')
    expect(messages.map(({ text }) => text).filter(Boolean)).toEqual(['Before', 'Into the dark'])
  })

  it('is on the page before the network answers: the chats and their newest messages', async () => {
    const bob = await Person.signUp(url, 'bob')
    const window = await windows.open()
    await window.signUp(newcomer('Dan'))
    await window.chatWith({ name: 'bob', handle: bob.handle })
    await window.say('Kept for later')
    await window.tick('Kept for later').waitFor()
    await window.row('bob').getByText('Kept for later').waitFor()
    await expect.poll(async () => (await keptRows(window)).join()).toContain('"Kept for later"')
    const { page } = window
    const answers: (() => Promise<void>)[] = []
    await page.route('**/v1/**', (route) => {
      answers.push(() => route.continue())
    })
    await page.routeWebSocket('**/v1/**', () => {})
    await page.reload()
    await window.message('Kept for later').waitFor()
    await window.row('bob').getByText('Kept for later').waitFor()
    await page.unrouteAll()
    await Promise.allSettled(answers.map((answer) => answer()))
  })

  it('is all there is where nothing has changed since: an empty list says so', async () => {
    const window = await windows.open()
    await window.signUp(newcomer('Eve'))
    const nothing = window.page.getByText('No chats yet')
    await nothing.waitFor()
    await window.page.reload()
    await nothing.waitFor()
  })

  it('is read on from where nothing has changed since', async () => {
    const [ana, bob] = await Promise.all([Person.signUp(url, 'ana'), Person.signUp(url, 'bob')])
    const { channelId } = await bob.openDm(ana)
    for (let n = 1; n <= 120; n++) await bob.send(channelId, `Line ${n}.`)
    const window = await windows.open()
    await window.logIn(ana.handle)
    await window.openChat('bob')
    await window.message('Line 120.').waitFor()
    await window.page.reload()
    await window.message('Line 120.').waitFor()
    const first = window.log.getByText('Line 1.', { exact: true })
    await expect
      .poll(async () => {
        await window.log.evaluate((log) => (log.scrollTop = 0))
        return await first.isVisible()
      })
      .toBe(true)
  })

  it('is nothing any more after logging out', async () => {
    const window = await windows.open()
    await window.signUp(newcomer('Cyd'))
    await window.start('Saved messages')
    await window.say('for my eyes only')
    await window.tick('for my eyes only').waitFor()
    expect(await keptRows(window)).not.toEqual([])
    await window.logOut()
    await window.page.getByRole('heading', { name: 'Log in' }).waitFor()
    await expect.poll(async () => (await keptRows(window)).length).toBe(0)
  })
})

/** Everything in the page's database, each row as JSON. */
async function keptRows({ page }: ChatWindow): Promise<string[]> {
  return await page.evaluate(async () => {
    const done = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.addEventListener('success', () => resolve(request.result))
        request.addEventListener('error', () => reject(request.error))
      })
    const database = await done(indexedDB.open('parley'))
    const names = [...database.objectStoreNames]
    const read = database.transaction(names)
    const rows = await Promise.all(names.map((name) => done(read.objectStore(name).getAll())))
    database.close()
    return rows.flat().map((row) => JSON.stringify(row))
  })
}
