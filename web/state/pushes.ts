import { effect, signal } from '@preact/signals'
import { chosenLanguage } from '../language/language.ts'
import { navigate } from '../router.ts'
import { messagePath } from '../paths.ts'
import { aboutSchema, openMessageSchema } from '../service-worker/about.ts'
import { Marks } from '../service-worker/marks.ts'
import { badgeTotal } from './chats.ts'
import { client } from './client.ts'
import { keep, kept, PUSHES_WANTED } from './kept.ts'
import { registerServiceWorker } from './service-worker.ts'

/** Notifications of this browser: asked for by the person, renewed at every start, taken back when read. */

/**
 * - `unsupported`: this browser has none. `install`: it has, once the page is on the home screen.
 * - `denied`: the person, or the browser, has said no for good. `on`: this device gets pushes.
 */
export type Pushes = 'unsupported' | 'install' | 'off' | 'denied' | 'on'

export const pushes = signal<Pushes>(stateNow())

const marks = new Marks()
let ownerId: string | null = null
let stopFollowing: (() => void) | null = null

/** After a login, or at the start when there was one: what was switched on is renewed. */
export async function startPushes(userId: string): Promise<void> {
  ownerId = userId
  pushes.value = stateNow()
  // Without a permission, subscribing would ask for one.
  if (
    kept(PUSHES_WANTED) === null ||
    pushes.value !== 'off' ||
    Notification.permission !== 'granted'
  )
    return
  try {
    if ((await currentSubscription()) !== null) switchedOn(userId)
    await subscribe(userId)
  } catch {
    // The server or the push service is away: the next start makes it good, and what was registered stays.
  }
}

/**
 * Asks the browser's permission and has this device get pushes. To be called by a click. Rejects with what
 * the server or the push service says; a refusal of the person is in `pushes`.
 */
export async function turnPushesOn(userId: string): Promise<void> {
  ownerId = userId
  const permission = await Notification.requestPermission()
  pushes.value = stateNow()
  if (permission !== 'granted') return
  await subscribe(userId)
  keep(PUSHES_WANTED, '1')
}

/** This device gets no pushes any more. Rejects if the server could not be told: then it still does. */
export async function turnPushesOff(): Promise<void> {
  const subscription = await currentSubscription()
  if (subscription !== null) {
    await client.push.unregister(subscription)
    await subscription.unsubscribe()
  }
  keep(PUSHES_WANTED, null)
  await forget()
  pushes.value = stateNow()
}

effect(() => {
  const chosen = chosenLanguage.value
  if (pushes.peek() === 'on') void marks.setLanguage(chosen)
})

/** The session is over, and the server has forgotten where this device is reached: so does the browser. */
export async function endPushes(): Promise<void> {
  ownerId = null
  try {
    // First of all, for unsubscribing fails while the browser's push service is away.
    await forget()
    await (await currentSubscription())?.unsubscribe()
  } catch {
    // What the server does not send any more, and nobody is shown, needs no subscription to end.
  }
  pushes.value = stateNow()
}

function stateNow(): Pushes {
  const has = 'serviceWorker' in navigator && 'Notification' in window && 'PushManager' in window
  if (!has) return isOnApplesPhones() ? 'install' : 'unsupported'
  return Notification.permission === 'denied' ? 'denied' : 'off'
}

/** There a page gets notifications only from the home screen. */
function isOnApplesPhones(): boolean {
  return 'standalone' in navigator && navigator.standalone === false
}

async function subscribe(userId: string): Promise<void> {
  const { pushManager } = await registerServiceWorker()
  const key = await client.push.publicKey()
  const known = await pushManager.getSubscription()
  const isUsable = known !== null && isOfKey(known, key)
  // One that was made for another key of the server's reaches nobody.
  if (known !== null && !isUsable) await known.unsubscribe()
  const subscription = isUsable
    ? known
    : await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key })
  await marks.setOwner(userId)
  await client.push.register(subscription)
  switchedOn(userId)
}

function switchedOn(userId: string): void {
  // Somebody may have logged out meanwhile.
  if (ownerId !== userId) return
  pushes.value = 'on'
  stopFollowing ??= follow()
  void marks.setLanguage(chosenLanguage.peek())
}

function isOfKey({ options }: PushSubscription, key: string | null): boolean {
  if (options.applicationServerKey === null || key === null) return false
  const bytes = String.fromCharCode(...new Uint8Array(options.applicationServerKey))
  return btoa(bytes).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '') === key
}

async function currentSubscription(): Promise<PushSubscription | null> {
  if (!('serviceWorker' in navigator)) return null
  const registration = await navigator.serviceWorker.getRegistration()
  return (await registration?.pushManager?.getSubscription()) ?? null
}

async function forget(): Promise<void> {
  stopFollowing?.()
  stopFollowing = null
  await marks.forget()
  for (const notification of await shown()) notification.close()
  await setBadge(0)
}

/** Keeps badge and notifications as the chats are; goes where a click on a notification leads. */
function follow(): () => void {
  const stopBadge = effect(() => void setBadge(badgeTotal.value))
  const stopChanges = client.on('changed', () => void closeRead())
  navigator.serviceWorker.addEventListener('message', openMessage)
  return () => {
    stopBadge()
    stopChanges()
    navigator.serviceWorker.removeEventListener('message', openMessage)
  }
}

function openMessage({ data }: MessageEvent): void {
  const message = openMessageSchema.safeParse(data)
  if (message.success) navigate(messagePath(message.data.channelId, message.data.messageId))
}

/** Closes the notifications of what was read here, without waiting for the server to say so. */
async function closeRead(): Promise<void> {
  for (const notification of await shown()) {
    const about = aboutSchema.safeParse(notification.data)
    if (!about.success) continue
    const channel = client.channel(about.data.channelId)
    if (channel !== null && channel.readMessageId >= about.data.messageId) notification.close()
  }
}

async function shown(): Promise<Notification[]> {
  const registration = await navigator.serviceWorker.getRegistration()
  return (await registration?.getNotifications()) ?? []
}

async function setBadge(count: number): Promise<void> {
  try {
    if ('setAppBadge' in navigator) await navigator.setAppBadge(count)
  } catch {
    // Only an installed page may have one.
  }
}
