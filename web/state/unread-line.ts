/**
 * The first message of a chat that was unread when somebody jumped to it. By then it counts as read: the
 * chat had been opened at its end.
 */
const lines = new Map<string, number>()

export function unreadLineOf(channelId: string): number | null {
  return lines.get(channelId) ?? null
}

export function setUnreadLine(channelId: string, messageId: number): void {
  lines.set(channelId, messageId)
}

export function forgetUnreadLines(): void {
  lines.clear()
}
