import { computed, signal } from '@preact/signals'
import { SCREENS } from './paths.ts'

export { channelPath, messagePath } from './paths.ts'

/** What the address bar says. */
export type Route =
  | { name: 'home' }
  | { name: 'channel'; channelId: string; details: boolean; messageId: number | null }
  | { name: 'join'; code: string }
  | { name: 'people' }
  | { name: 'person'; userId: string }
  | { name: 'settings' }
  | { name: 'signUp' }
  | { name: 'logIn' }
  | { name: 'forgot' }
  | { name: 'reset'; token: string | null }

const address = signal(currentAddress())

export const route = computed<Route>(() => parseRoute(address.value))

addEventListener('popstate', () => (address.value = currentAddress()))

export function parseRoute(path: string): Route {
  const url = new URL(path, 'https://page.invalid')
  const [first, second, third, fourth] = url.pathname.split('/').filter((part) => part !== '')
  switch (SCREENS.find((name) => name === first)) {
    case 'c':
      if (second === undefined) return { name: 'home' }
      return {
        name: 'channel',
        channelId: decoded(second),
        details: third === 'details',
        messageId: third === 'm' ? messageIdIn(fourth) : null,
      }
    case 'join':
      return second === undefined ? { name: 'home' } : { name: 'join', code: decoded(second) }
    case 'people':
      return { name: 'people' }
    case 'u':
      if (second === undefined) return { name: 'people' }
      return { name: 'person', userId: decoded(second) }
    case 'settings':
      return { name: 'settings' }
    case 'signup':
      return { name: 'signUp' }
    case 'login':
      return { name: 'logIn' }
    case 'forgot':
      return { name: 'forgot' }
    case 'reset':
      return { name: 'reset', token: url.searchParams.get('token') }
    default:
      return { name: 'home' }
  }
}

/** Where an invite link leads. */
export function joinPath(code: string): string {
  return `/join/${encodeURIComponent(code)}`
}

export function personPath(userId: string): string {
  return `/u/${encodeURIComponent(userId)}`
}

/** A part of a path that somebody may have mistyped. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    // Not percent-encoded text: then it is what it looks like, and leads nowhere.
    return part
  }
}

function messageIdIn(part: string | undefined): number | null {
  return /^[1-9]\d{0,14}$/.test(part ?? '') ? Number(part) : null
}

/** Goes to a path of the page; with `replace`, going back skips the present one. */
export function navigate(path: string, replace = false): void {
  if (path === currentAddress()) return
  // As long as a dialog is there nothing behind it takes the focus, not even a message that is jumped to.
  for (const dialog of document.querySelectorAll<HTMLDialogElement>('dialog[open]')) dialog.close()
  if (replace) history.replaceState({ inside: true }, '', path)
  else history.pushState({ inside: true }, '', path)
  address.value = path
}

/** Goes back if that stays within the page, or else to `path`: a shared link has nothing behind it. */
export function back(path: string): void {
  const state: unknown = history.state
  if (typeof state === 'object' && state !== null && 'inside' in state) history.back()
  else navigate(path, true)
}

function currentAddress(): string {
  return location.pathname + location.search
}
