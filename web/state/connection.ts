import { computed, signal } from '@preact/signals'
import { client } from './client.ts'

/** A connection that is back within this was never worth a word. */
const PATIENCE_MS = 3000

const isOnline = signal(navigator.onLine)
const isLate = signal(false)
const isOutdated = signal(false)
let timer: ReturnType<typeof setTimeout> | undefined

export const connection = computed<'fine' | 'connecting' | 'offline' | 'outdated'>(() => {
  if (isOutdated.value) return 'outdated'
  if (!isLate.value) return 'fine'
  return isOnline.value ? 'connecting' : 'offline'
})

client.on('connection', (state) => {
  clearTimeout(timer)
  if (state === 'connecting') timer = setTimeout(() => (isLate.value = true), PATIENCE_MS)
  else isLate.value = false
})
client.on('ended', (reason) => (isOutdated.value = reason === 'outdated'))

addEventListener('online', () => {
  isOnline.value = true
  client.wake()
})
addEventListener('offline', () => (isOnline.value = false))

/** Whether somebody can see the page. */
export const pageVisible = signal(document.visibilityState === 'visible')

document.addEventListener('visibilitychange', () => {
  pageVisible.value = document.visibilityState === 'visible'
  if (pageVisible.value) client.wake()
})
