import '../jitless.ts'
import { aboutSchema, takeOverSchema, type ReloadMessage } from './about.ts'
import { Marks } from './marks.ts'
import { open, type PageWindows } from './open.ts'
import { READ_ACTION, receive, type Screen } from './receive.ts'
import { call, renew } from './renew.ts'
import { answer, dropOlderShells, hasOlderShell, keepShell, shellPath } from './shell.ts'
import { wordsIn } from './words.ts'

/**
 * Runs without a page, woken by pushes and by what is done with notifications; and answers for the page's own
 * files (shell.ts). Calls of the API never come by here.
 */

declare const self: ServiceWorkerGlobalScope

const marks = new Marks()

const windows: PageWindows = {
  all: () => self.clients.matchAll({ type: 'window', includeUncontrolled: true }),
  open: (path) => self.clients.openWindow(path),
}

const screen: Screen = {
  show: (title, options) => self.registration.showNotification(title, options),
  shown: (tag) => self.registration.getNotifications({ tag }),
  async setBadge(count) {
    // Not every browser has one.
    if ('setAppBadge' in navigator) await navigator.setAppBadge(count)
  },
  async isLookedAt() {
    return (await windows.all()).some(({ focused }) => focused)
  },
}

self.addEventListener('install', (event) => event.waitUntil(install()))
self.addEventListener('activate', (event) => event.waitUntil(activate()))

self.addEventListener('message', (event) => {
  if (takeOverSchema.safeParse(event.data).success) event.waitUntil(self.skipWaiting())
})

self.addEventListener('fetch', (event) => {
  const path = shellPath(event.request)
  if (path !== null) event.respondWith(answer(path, event.request))
})

self.addEventListener('push', (event) => {
  event.waitUntil(receive(event.data?.text() ?? '', marks, screen))
})

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  const about = aboutSchema.safeParse(event.notification.data)
  if (!about.success) return
  const done =
    event.action === READ_ACTION
      ? markRead(event.notification, about.data)
      : open(windows, about.data)
  event.waitUntil(done)
})

self.addEventListener('pushsubscriptionchange', (event) => {
  const { newSubscription } = event as PushSubscriptionChangeEvent
  event.waitUntil(renew(self.registration.pushManager, newSubscription))
})

/** A new version waits until somebody takes it, or nobody has the page open. */
async function install(): Promise<void> {
  await keepShell()
  // The first one, or after one that answered for no files: no page depends on what was there before.
  if (!(await hasOlderShell())) await self.skipWaiting()
}

/** Files of another version are gone from here on, so pages that are open begin anew. */
async function activate(): Promise<void> {
  await self.clients.claim()
  if (!(await dropOlderShells())) return
  for (const client of await self.clients.matchAll({ type: 'window' })) {
    // As in open.ts.
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    client.postMessage({ t: 'reload' } satisfies ReloadMessage)
  }
}

/** Marks as read; without a connection the notification comes back, for it is still unread. */
async function markRead(
  { title, body, icon, tag, data }: Notification,
  { channelId, messageId }: { channelId: string; messageId: number },
): Promise<void> {
  try {
    await call('PUT', `/v1/channels/${encodeURIComponent(channelId)}/read`, { messageId })
  } catch {
    const words = wordsIn(await marks.languages())
    const actions = [{ action: READ_ACTION, title: words.markRead }]
    await screen.show(title, { body, icon, tag, data, silent: true, actions })
  }
}
