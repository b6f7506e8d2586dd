import { expect, inject, it } from 'vitest'
import { describeInBrowser } from './support/browser.ts'
import { Person } from './support/person.ts'
import { rowsIn } from './support/stored.ts'

describeInBrowser('a window that dies', (windows) => {
  it('has kept what was written in its very last task', async () => {
    const url = inject('serverUrl')
    const [ana, bob] = await Promise.all([Person.signUp(url, 'ana'), Person.signUp(url, 'bob')])
    const dm = await bob.openDm(ana)
    await bob.send(dm.channelId, 'Quick, tell me')
    const window = await windows.open()
    const { page } = window
    const context = page.context()
    await window.logIn(ana.handle)
    await window.openChat('bob')
    await window.message('Quick, tell me').waitFor()
    // Of the same origin, but no part of the chat.
    const witness = await context.newPage()
    await witness.goto(new URL('/healthz', url).href)
    await context.setOffline(true)
    await window.page.getByText('Offline: messages are sent when you are back').first().waitFor()
    await window.composer.fill('My last words')

    const said = witness.evaluate(
      () =>
        new Promise<void>((resolve) =>
          new BroadcastChannel('last').addEventListener('message', () => resolve()),
        ),
    )
    const died = page.waitForEvent('crash')
    const devTools = await context.newCDPSession(page)
    void page
      .evaluate(() => {
        const enter = { key: 'Enter', bubbles: true, cancelable: true }
        document.querySelector('textarea')?.dispatchEvent(new KeyboardEvent('keydown', enter))
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- it has none
        new BroadcastChannel('last').postMessage('sent')
        // No other task of this page is ever run.
        for (;;);
      })
      .catch(() => undefined)
    await said
    void devTools.send('Page.crash').catch(() => undefined)
    await died
    expect(await rowsIn(witness, 'outgoing')).toContain('My last words')
    window.troubles.forget(/ERR_INTERNET_DISCONNECTED|Failed to load/)
  })
})
