/** Addresses of the page, for the page itself and for what is shown outside of it. */

export function channelPath(channelId: string, details = false): string {
  return `/c/${encodeURIComponent(channelId)}${details ? '/details' : ''}`
}

/** The chat with one of its messages in sight. */
export function messagePath(channelId: string, messageId: number): string {
  return `${channelPath(channelId)}/m/${messageId}`
}
