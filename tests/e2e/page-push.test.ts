import type { CDPSession, Worker } from 'playwright-core'
import { beforeAll, expect, it, vi } from 'vitest'
import type { Channel } from '../../protocol/objects.ts'
import { pushPayloadSchema } from '../../protocol/push.ts'
import { CheckingPushService, type CheckedSubscription } from '../checking-push-service.ts'
import { describeInBrowser, picture } from './support/browser.ts'
import { newcomer, type ChatWindow } from './support/chat-window.ts'
import { Person } from './support/person.ts'
import { removeFolder, startServer, type Server } from './support/server.ts'

/**
 * The whole way of a push: from sending it, by queue and encryption, to a push service of others' making, and
 * from there into the service worker. Chromium without Google's service cannot subscribe, so its
 * subscription is one of that service; and what arrives there is delivered to it by the debugger.
 */
describeInBrowser('a browser that gets pushes', (windows) => {
  let server: Server
  let service: CheckingPushService
  let ana: ChatWindow
  let bob: Person
  let dm: Channel
  let checked: CheckedSubscription
  let debuggerOf: CDPSession
  let registrationId = ''
  let delivered = 0

  beforeAll(async () => {
    vi.spyOn(console, 'log').mockReturnValue()
    service = await CheckingPushService.start()
    server = await startServer({ vars: { PUSH_ENDPOINTS: 'any' } })
    bob = await Person.signUp(server.url, 'bob')
    const { body } = await bob.call<{ pushPublicKey: string }>('GET', '/v1/discover')
    checked = await service.subscribe(body.pushPublicKey)
    return async () => {
      vi.restoreAllMocks()
      service.stop()
      await server.stop()
      removeFolder(server)
    }
  })

  const worker = (): Worker => ana.page.context().serviceWorkers()[0]!
  const shown = () =>
    worker().evaluate(async () => {
      const { registration } = globalThis as unknown as ServiceWorkerGlobalScopeLike
      const all = await registration.getNotifications()
      return all.map(({ title, body, tag }) => ({ title, body, tag }))
    })
  const openSettings = async () => {
    await ana.page.getByRole('link', { name: 'Settings' }).click()
    await ana.title('Settings').waitFor()
  }

  /** Says whether somebody looks at the page, which a browser under test always takes for granted. */
  async function look(on: boolean): Promise<void> {
    await worker().evaluate((isFocused) => {
      const { prototype } = (globalThis as unknown as { WindowClient: { prototype: object } })
        .WindowClient
      Object.defineProperty(prototype, 'focused', { get: () => isFocused, configurable: true })
    }, on)
    await ana.page.evaluate(async (isFocused) => {
      document.hasFocus = () => isFocused
      dispatchEvent(new Event(isFocused ? 'focus' : 'blur'))
      // Goes to where the frame went, after it.
      await fetch('/v1/channels')
    }, on)
  }

  /** Waits for the next push at the service, and hands it to the browser. */
  async function deliver(kind: 'show' | 'clear') {
    const next = async () => (await checked.messages())[delivered]
    await expect.poll(next).toBeDefined()
    const data = (await next())!
    delivered++
    const payload = pushPayloadSchema.parse(JSON.parse(data))
    expect(payload.kind).toBe(kind)
    const origin = new URL(server.url).origin
    await debuggerOf.send('ServiceWorker.deliverPushMessage', { origin, registrationId, data })
    return payload
  }

  /** What the system does when somebody clicks on the notification. */
  async function click(action: string): Promise<void> {
    await worker().evaluate(async (chosen) => {
      const scope = globalThis as unknown as ServiceWorkerGlobalScopeLike
      const [notification] = await scope.registration.getNotifications()
      const event = new scope.NotificationEvent('notificationclick', {
        notification,
        action: chosen,
      })
      // It does not wait for events that are made up.
      const done = new Promise((resolve) => {
        event.waitUntil = (promise: Promise<unknown>) => resolve(promise)
      })
      scope.dispatchEvent(event)
      await done
    }, action)
  }

  it('asks for nothing by itself, and registers once its person wants that', async () => {
    ana = await windows.open({ at: server.url })
    const context = ana.page.context()
    await context.addInitScript(fakePushManager, checked.subscription)
    const newAna = newcomer('Ana')
    await ana.signUp(newAna)
    const { body } = await bob.call<{ users: { userId: string }[] }>(
      'GET',
      `/v1/users?handle=${newAna.handle}`,
    )
    dm = await bob.openDm(body.users[0]!)
    await bob.send(dm.channelId, 'Before')
    await ana.openChat('bob')
    await ana.message('Before').waitFor()
    expect(await ana.page.evaluate(() => Notification.permission)).not.toBe('granted')
    expect(await ana.page.evaluate(() => localStorage.getItem('fake-subscription'))).toBe(null)

    await openSettings()
    await picture(ana, 'notifications-off')
    await context.grantPermissions(['notifications'], { origin: server.url })
    debuggerOf = await context.newCDPSession(ana.page)
    debuggerOf.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      registrationId = registrations[0]?.registrationId ?? registrationId
    })
    await debuggerOf.send('ServiceWorker.enable')
    await ana.button('Turn on for this device').click()
    await ana.button('Turn off for this device').waitFor()
    await picture(ana, 'notifications-on')
    await expect.poll(() => registrationId).not.toBe('')
    await expect.poll(() => context.serviceWorkers().length).toBe(1)
  })

  it('is buzzed by nothing while its person looks at the page', async () => {
    await ana.openChat('bob')
    await bob.send(dm.channelId, 'Seen')
    await ana.message('Seen').waitFor()
    await openSettings()
    await look(false)
    await bob.send(dm.channelId, 'Unseen')
    const payload = await deliver('show')
    expect(payload).toMatchObject({ body: 'Unseen', count: 1, unread: 1 })
    await expect.poll(shown).toEqual([{ title: 'bob', body: 'Unseen', tag: dm.channelId }])
  })

  it('shows one notification for several messages, with the newest and how many', async () => {
    await bob.send(dm.channelId, 'And')
    await bob.send(dm.channelId, 'another')
    await deliver('show')
    await expect.poll(shown).toMatchObject([{ body: 'another\n3 new messages' }])
  })

  it('opens the message in the window that is there when it is clicked', async () => {
    const { messageId } = await bob.send(dm.channelId, 'Click me')
    await deliver('show')
    await expect.poll(shown).toMatchObject([{ body: 'Click me\n4 new messages' }])
    await click('')
    await ana.page.waitForURL(`**/c/${dm.channelId}/m/${messageId}`)
    await ana.message('Click me').waitFor()
    await expect.poll(shown).toEqual([])
    await ana.openChat('bob')
    await deliver('clear')
  })

  it('marks as read without opening anything, which takes it back everywhere', async () => {
    await openSettings()
    const { messageId } = await bob.send(dm.channelId, 'Read me')
    await deliver('show')
    await expect.poll(shown).toHaveLength(1)
    await click('read')
    await expect.poll(shown).toEqual([])
    await expect
      .poll(
        async () =>
          (
            await bob.call<{ channel: Channel }>('GET', `/v1/channels/${dm.channelId}`)
          ).body.channel.members?.find(({ name }) => name === 'Ana')?.readMessageId,
      )
      .toBeGreaterThanOrEqual(messageId)
    await deliver('clear')
  })

  it('takes a notification back when it is read elsewhere, and shows it no more if it comes late', async () => {
    const { messageId } = await bob.send(dm.channelId, 'Elsewhere')
    await deliver('show')
    await expect.poll(shown).toHaveLength(1)
    const late = (await checked.messages())[delivered - 1]!
    // By another device of Ana's: any call in her name will do.
    await ana.page.evaluate(
      async ({ channelId, id }) => {
        await fetch(`/v1/channels/${channelId}/read`, {
          method: 'PUT',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ messageId: id }),
        })
      },
      { channelId: dm.channelId, id: messageId },
    )
    await deliver('clear')
    await expect.poll(shown).toEqual([])
    const origin = new URL(server.url).origin
    await debuggerOf.send('ServiceWorker.deliverPushMessage', {
      origin,
      registrationId,
      data: late,
    })
    await bob.send(dm.channelId, 'After')
    await deliver('show')
    await expect.poll(shown).toMatchObject([{ body: 'After' }])
  })

  it('keeps quiet hours and previews as they are set', async () => {
    await openSettings()
    const { page } = ana
    const saved = () => page.waitForResponse((response) => response.request().method() === 'PATCH')
    let answer = saved()
    await page.getByRole('checkbox', { name: 'Show what messages say' }).uncheck()
    expect(await (await answer).json()).toMatchObject({ pushPreviews: false })
    answer = saved()
    await page.getByRole('checkbox', { name: 'Quiet hours' }).check()
    expect(await (await answer).json()).toMatchObject({ quietHours: { from: '22:00' } })
    answer = saved()
    await page.getByLabel('From').fill('21:30')
    await page.getByLabel('From').blur()
    expect(await (await answer).json()).toMatchObject({
      quietHours: { from: '21:30', to: '07:00' },
    })
    await page
      .getByText(/^Every day, by the time of .+ Notifications wait until quiet hours end\.$/)
      .waitFor()
    for (const width of [390, 1440]) {
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.setViewportSize({ width, height: 900 })
        await page.emulateMedia({ colorScheme })
        await page.getByRole('heading', { name: 'Notifications' }).scrollIntoViewIfNeeded()
        expect(await ana.overhang()).toBe(0)
        await picture(ana, `notifications-${width}-${colorScheme}`)
      }
    }
    answer = saved()
    await page.getByRole('checkbox', { name: 'Quiet hours' }).uncheck()
    await answer
    await bob.send(dm.channelId, 'Secret')
    expect(await deliver('show')).toMatchObject({ title: 'bob', body: null })
  })

  it('gets nothing any more once it is turned off', async () => {
    await openSettings()
    await ana.button('Turn off for this device').click()
    await ana.button('Turn on for this device').waitFor()
    await expect.poll(shown).toEqual([])
    await bob.send(dm.channelId, 'Nobody is told')
    await ana.row('bob').getByText('Nobody is told').waitFor()
    expect(await checked.messages()).toHaveLength(delivered)
  })

  it('is nobody’s any more once its person logs out', async () => {
    await openSettings()
    await ana.button('Turn on for this device').click()
    await ana.button('Turn off for this device').waitFor()
    await look(false)
    const { messageId } = await bob.send(dm.channelId, 'The last one')
    // Had anything been pushed while it was turned off, that would come first.
    expect((await deliver('show')).messageId).toBe(messageId)
    await expect.poll(shown).toHaveLength(1)
    await ana.button('Log out').click()
    await ana.page.waitForURL('**/login')
    await expect.poll(shown).toEqual([])
    const isSubscribed = () => ana.page.evaluate(() => localStorage.getItem('fake-subscription'))
    await expect.poll(isSubscribed).toBe(null)
    // What is on its way nevertheless is shown to nobody.
    const payload = pushPayloadSchema.parse(JSON.parse((await checked.messages()).at(-1)!))
    const data = JSON.stringify({ ...payload, messageId: 1_000_000 })
    const origin = new URL(server.url).origin
    await debuggerOf.send('ServiceWorker.deliverPushMessage', { origin, registrationId, data })
    expect(await shown()).toEqual([])
  })

  it('says why nothing can be turned on where the browser refuses', async () => {
    const other = await windows.open({ at: server.url })
    await other.page.context().addInitScript(() => {
      Object.defineProperty(Notification, 'permission', { value: 'denied' })
    })
    await other.signUp(newcomer('Eve'))
    await other.page.getByRole('link', { name: 'Settings' }).click()
    await other.page.getByText('Your browser blocks notifications from this page.').waitFor()
    expect(await other.button('Turn on for this device').count()).toBe(0)
    await picture(other, 'notifications-denied')
  })
})

/** Of a service worker what these stories touch, which is not in the library of a page. */
interface ServiceWorkerGlobalScopeLike {
  registration: { getNotifications(): Promise<Notification[]> }
  NotificationEvent: new (
    type: string,
    init: { notification: Notification | undefined; action: string },
  ) => Event & { waitUntil(promise: Promise<unknown>): void }
  dispatchEvent(event: Event): boolean
}

/** Runs in the page: subscribing gives a subscription of the service that checks. */
function fakePushManager(json: { endpoint: string; keys: { p256dh: string; auth: string } }): void {
  const KEY = 'fake-subscription'
  const bytesOf = (base64url: string): ArrayBuffer =>
    Uint8Array.from(atob(base64url.replaceAll('-', '+').replaceAll('_', '/')), (char) =>
      char.charCodeAt(0),
    ).buffer
  const current = () => {
    const key = localStorage.getItem(KEY)
    if (key === null) return null
    return {
      endpoint: json.endpoint,
      options: { applicationServerKey: bytesOf(key) },
      toJSON: () => json,
      unsubscribe: async () => {
        localStorage.removeItem(KEY)
        return true
      },
    }
  }
  Object.assign(PushManager.prototype, {
    getSubscription: async () => current(),
    subscribe: async ({ applicationServerKey }: { applicationServerKey: string }) => {
      localStorage.setItem(KEY, applicationServerKey)
      return current()
    },
  })
}
