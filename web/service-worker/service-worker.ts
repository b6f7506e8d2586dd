import '../jitless.ts'
import { aboutSchema } from './about.ts'
import { Marks } from './marks.ts'
import { open, type PageWindows } from './open.ts'
import { READ_ACTION, receive, type Screen } from './receive.ts'
import { call, renew } from './renew.ts'
import { wordsIn } from './words.ts'

/** Runs without a page, woken by pushes and by what is done with notifications. It serves no files. */

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

// It holds no state that an older one could disagree about: a new one takes over at once.
self.addEventListener('install', () => void self.skipWaiting())
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))

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
