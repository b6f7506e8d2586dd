import { expect, it, onTestFinished } from 'vitest'
import { describeInBrowser } from './support/browser.ts'
import { newcomer } from './support/chat-window.ts'
import { Person } from './support/person.ts'
import { removeFolder, startServer } from './support/server.ts'

/** What a browser says about a server that is not there. */
const NO_SERVER =
  /net::ERR_|WebSocket connection to|before receiving a handshake|fetching the script|imported module/
/** The longest pause between two attempts to connect, and then some. */
const BACK_WITHIN = { timeout: 60_000 }

describeInBrowser('a server that is started again while somebody writes', (windows) => {
  it('loses nothing: they write on, and see a thin bar at most', { timeout: 240_000 }, async () => {
    const first = await startServer()
    onTestFinished(() => removeFolder(first))
    const bob = await Person.signUp(first.url, 'bob')
    const window = await windows.open({ at: first.url })
    const { page } = window
    await window.signUp(newcomer('Ana'))
    await window.chatWith({ name: 'bob', handle: bob.handle })
    await window.say('Before')
    await window.tick('Before').waitFor()
    const at = page.url()
    const channelId = at.split('/').at(-1) ?? ''

    await window.composer.pressSequentially('Half a sen')
    await first.kill()
    await window.composer.pressSequentially('tence')
    await window.composer.press('Enter')
    await window.message('Half a sentence').getByRole('img', { name: 'Sending' }).waitFor()
    await window.composer.pressSequentially('And the next')
    await page.getByText('Connecting…').first().waitFor()
    expect(await page.getByRole('dialog').count()).toBe(0)

    const port = Number(new URL(first.url).port)
    const second = await startServer({ persistTo: first.persistTo, port })
    onTestFinished(() => second.stop())
    await window.tick('Half a sentence').waitFor(BACK_WITHIN)
    await page.getByText('Connecting…').first().waitFor({ state: 'detached' })
    expect(page.url()).toBe(at)
    expect(await window.composer.inputValue()).toBe('And the next')
    expect(await window.composer.evaluate((field) => field === document.activeElement)).toBe(true)
    await window.composer.press('Enter')
    await window.tick('And the next').waitFor()
    await bob.send(channelId, 'All here')
    await window.message('All here').waitFor()
    const { messages } = await bob.history(channelId)
    expect(messages.map(({ text }) => text).filter(Boolean)).toEqual([
      'Before',
      'Half a sentence',
      'And the next',
      'All here',
    ])
    window.troubles.forget(NO_SERVER)
  })
})
