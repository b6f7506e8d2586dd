import { reloadMessageSchema, type TakeOver } from '../service-worker/about.ts'
import { newVersion } from './new-version.ts'
import { registerServiceWorker } from './service-worker.ts'

/** A new version is offered, not forced: its worker waits until somebody takes it. */

const CHECK_EVERY_MS = 3_600_000
/** One that takes over by itself has done so by then, and is not worth a word. */
const WAITS_MS = 500

/** Registers the service worker and looks for new versions: now, every hour, and when the page is seen again. */
export async function startUpdates(): Promise<void> {
  navigator.serviceWorker.addEventListener('message', ({ data }) => {
    if (reloadMessageSchema.safeParse(data).success) location.reload()
  })
  const registration = await registerServiceWorker()
  const offer = (): void => {
    const isOther = registration.waiting !== null && navigator.serviceWorker.controller !== null
    newVersion.value = isOther || newVersion.value
  }
  const follow = (): void =>
    registration.installing?.addEventListener('statechange', () => setTimeout(offer, WAITS_MS))
  registration.addEventListener('updatefound', follow)
  follow()
  offer()

  const check = (): void => void look(registration)
  setInterval(check, CHECK_EVERY_MS)
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') check()
  })
}

/** Has the version that waits take over; its worker then tells all windows to reload. */
export async function takeNewVersion(): Promise<void> {
  const registration = await navigator.serviceWorker.getRegistration()
  if (registration !== undefined) await look(registration)
  const next = registration?.waiting ?? registration?.installing
  if (next == null) return location.reload()
  // It has no origin but its own.
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  next.postMessage({ t: 'takeOver' } satisfies TakeOver)
}

async function look(registration: ServiceWorkerRegistration): Promise<void> {
  try {
    await registration.update()
  } catch {
    // Without a net there is nothing new.
  }
}
