import { signal } from '@preact/signals'
import { navigate, route } from '../router.ts'

/** The search beside the chats: open in one of them or in all, or closed. */
export const search = signal<{ channelId: string | null } | null>(null)

/** What had the focus when the search opened, and gets it back. */
let opener: Element | null = null

export function openSearch(channelId: string | null): void {
  opener ??= document.activeElement
  search.value = { channelId }
  // On a narrow page the list, where the search is, and the chat take turns.
  if (route.value.name !== 'home' && !matchMedia('(min-width: 900px)').matches) navigate('/')
}

export function closeSearch(): void {
  search.value = null
  if (opener instanceof HTMLElement && opener.isConnected) opener.focus()
  opener = null
}

/** Ctrl or ⌘ F: the search of the open chat; a second time it is the browser's own. */
export function searchOnKey(event: KeyboardEvent): void {
  const isKey = event.key.toLowerCase() === 'f' && (event.ctrlKey || event.metaKey)
  if (!isKey || event.shiftKey || event.altKey || search.value !== null) return
  if (document.querySelector('dialog[open]') !== null) return
  event.preventDefault()
  openSearch(route.value.name === 'channel' ? route.value.channelId : null)
}
