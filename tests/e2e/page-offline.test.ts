import { beforeAll, expect, inject, it, onTestFinished } from 'vitest'
import type { Channel } from '../../protocol/objects.ts'
import { brokenWords } from './support/broken-words.ts'
import { describeInBrowser, picture } from './support/browser.ts'
import { newcomer, type ChatWindow } from './support/chat-window.ts'
import { Person } from './support/person.ts'
import { Wire } from './support/wire.ts'

/** What a browser says about a network that is not there. */
const NO_NETWORK =
  /net::ERR_|WebSocket connection to|before receiving a handshake|fetching the script|imported module/
/** The longest pause between two attempts to connect, and then some. */
const BACK_WITHIN = { timeout: 60_000 }
/** Two to three seconds, and what a busy machine adds. */
const SOON = { timeout: 10_000 }

describeInBrowser('a window without a network', (windows) => {
  const ana = newcomer('Ana')
  let window: ChatWindow
  let wire: Wire
  let bob: Person
  let dm: Channel

  beforeAll(async () => {
    const url = inject('serverUrl')
    wire = await Wire.to(url)
    bob = await Person.signUp(url, 'bob')
    window = await windows.open({ at: wire.url })
    await window.signUp(ana)
    await window.chatWith({ name: 'bob', handle: bob.handle })
    await window.say('Before')
    await window.tick('Before').waitFor()
    const { body } = await bob.call<{ channels: Channel[] }>('GET', '/v1/channels')
    dm = body.channels[0]!
    return () => wire.pull()
  })

  async function textsAtTheServer(): Promise<string[]> {
    const { messages } = await bob.history(dm.channelId)
    return messages.filter(({ kind }) => kind === 'text').map(({ text }) => text)
  }

  it('keeps what is typed while the network is away, says so, and sends it once afterwards', async () => {
    const { page } = window
    const context = page.context()
    onTestFinished(() => context.setOffline(false))
    await context.setOffline(true)
    await window.say('While I was away')
    await window.message('While I was away').getByRole('img', { name: 'Sending' }).waitFor()
    await page.getByText('Offline: messages are sent when you are back').first().waitFor(SOON)
    await page.getByRole('heading', { level: 1, name: 'Chats', exact: true }).waitFor()
    expect(await brokenWords(page)).toEqual([])
    await picture(window, 'offline-1280')
    await bob.send(dm.channelId, 'Are you there?')
    await context.setOffline(false)
    await window.tick('While I was away').waitFor(SOON)
    await window.message('Are you there?').waitFor()
    await page.getByText('Offline').first().waitFor({ state: 'detached' })
    expect(await textsAtTheServer()).toEqual(['Before', 'Are you there?', 'While I was away'])
    expect(await window.message('While I was away').count()).toBe(1)
    window.troubles.forget(NO_NETWORK)
  }, 120_000)

  it('says that it is connecting when the server is out of reach, and comes back by itself', async () => {
    await wire.pull()
    await window.say('Into the void')
    await window.say('And once more')
    await window.page.getByText('Connecting…').first().waitFor()
    await window.message('And once more').getByRole('img', { name: 'Sending' }).waitFor()
    expect(await brokenWords(window.page)).toEqual([])
    await picture(window, 'connecting-1280')
    await bob.send(dm.channelId, 'Still there?')
    await wire.plugIn()
    await window.tick('And once more').waitFor(BACK_WITHIN)
    await window.message('Still there?').waitFor()
    await window.page.getByText('Connecting…').first().waitFor({ state: 'detached' })
    const texts = await textsAtTheServer()
    expect(texts.slice(3)).toEqual(['Still there?', 'Into the void', 'And once more'])
    window.troubles.forget(NO_NETWORK)
  }, 120_000)

  it.for([
    ['en', 'Connecting…', 'Offline: messages are sent when you are back'],
    ['de', 'Verbinden…', 'Offline: Nachrichten gehen raus, sobald du wieder Netz hast'],
  ] as const)(
    'breaks no word of its bars on a narrow page, in %s',
    { timeout: 120_000 },
    async ([tag, ...words]) => {
      const { page } = window
      const context = page.context()
      await page.evaluate((to) => localStorage.setItem('parley.language', to), tag)
      await page.goto(new URL('/', page.url()).href)
      await window.row('bob').waitFor()
      const cuts = [
        { off: () => wire.pull(), on: () => wire.plugIn() },
        { off: () => context.setOffline(true), on: () => context.setOffline(false) },
      ]
      for (const [at, { off, on }] of cuts.entries()) {
        await page.setViewportSize({ width: 1280, height: 720 })
        const state = page.locator('.sidebar').getByText(words[at] ?? '')
        await off()
        await state.waitFor()
        for (const width of [1280, 390, 320]) {
          await page.setViewportSize({ width, height: 720 })
          expect([width, await brokenWords(page)]).toEqual([width, []])
          await picture(window, `bars-${at}-${width}-${tag}`)
        }
        await on()
        await state.waitFor({ state: 'detached', ...BACK_WITHIN })
      }
      window.troubles.forget(NO_NETWORK)
    },
  )
})
