import { effect } from '@preact/signals'
import { upToDate } from './chats.ts'

/**
 * Once the first chat is on screen, or this version is kept here already: the service worker, which keeps the
 * page's files. What it fetches must not hold up what somebody waits for.
 */
export function keepPage(): void {
  if (!('serviceWorker' in navigator)) return
  const stop = effect(() => {
    if (!upToDate.value && navigator.serviceWorker.controller === null) return
    queueMicrotask(() => stop())
    setTimeout(() => void start(), 1000)
  })
}

/** Takes the new version, in all windows of this browser. What is being written is kept. */
export async function takeNewVersion(): Promise<void> {
  try {
    await (await import('./updates.ts')).takeNewVersion()
  } catch {
    // Without a worker, or without a net.
    location.reload()
  }
}

async function start(): Promise<void> {
  try {
    await (await import('./updates.ts')).startUpdates()
  } catch {
    // Switched off, or without a net: the page works as long as there is one.
  }
}
