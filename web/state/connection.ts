import { computed, signal } from '@preact/signals'
import { client } from './client.ts'

/** A connection that is back within this was never worth a word, counted from the first sign of trouble. */
const PATIENCE_MS = 3000

/** What the browser thinks, which knows of cables and not of what lies behind them. */
const isOnline = signal(navigator.onLine)
const isConnecting = signal(false)
const isLate = signal(false)
const isOutdated = signal(false)
let timer: ReturnType<typeof setTimeout> | undefined

export const connection = computed<'fine' | 'connecting' | 'offline' | 'outdated'>(() => {
  if (isOutdated.value) return 'outdated'
  if (!isConnecting.value || !isLate.value) return 'fine'
  return isOnline.value ? 'connecting' : 'offline'
})

client.on('connection', (state) => {
  isConnecting.value = state === 'connecting'
  lookForTrouble()
})
client.on('ended', (reason) => (isOutdated.value = reason === 'outdated'))

addEventListener('online', () => {
  isOnline.value = true
  lookForTrouble()
  client.wake()
})
addEventListener('offline', () => {
  isOnline.value = false
  lookForTrouble()
  client.check()
})
addEventListener('focus', () => client.wake())

function lookForTrouble(): void {
  if (isConnecting.value || !isOnline.value) {
    timer ??= setTimeout(() => (isLate.value = true), PATIENCE_MS)
    return
  }
  clearTimeout(timer)
  timer = undefined
  isLate.value = false
}

/** Whether somebody can see the page. */
export const pageVisible = signal(document.visibilityState === 'visible')

document.addEventListener('visibilitychange', () => {
  pageVisible.value = document.visibilityState === 'visible'
  if (pageVisible.value) client.wake()
})
