/** Addresses of the page, for the page itself and for what is shown outside of it. */

export function channelPath(channelId: string, details = false): string {
  return `/c/${encodeURIComponent(channelId)}${details ? '/details' : ''}`
}

/** The chat with one of its messages in sight. */
export function messagePath(channelId: string, messageId: number): string {
  return `${channelPath(channelId)}/m/${messageId}`
}

/** What a path of the page begins with; nothing at all is the list of chats. */
export const SCREENS = [
  'c',
  'join',
  'people',
  'u',
  'settings',
  'signup',
  'login',
  'forgot',
  'reset',
] as const

/** Whether the page itself is behind a path, and not the server. */
export function isPagePath(pathname: string): boolean {
  const first = pathname.split('/')[1] ?? ''
  return first === '' || SCREENS.some((name) => name === first)
}
