import type { Channel, Message } from '../protocol/objects.ts'

/** What has become of a stored message: there, on a device of the other person, seen by them. */
export type MessageState = 'sent' | 'delivered' | 'read'

/**
 * How far a message has got with the other person of a DM. In a group it stays `sent`: a hundred
 * people are never all there, and `readersOf` tells who has seen it.
 */
export function messageState(channel: Channel, message: Message): MessageState {
  const other = channel.kind === 'dm' && channel.members?.find(isAnother(message))
  if (!other) return 'sent'
  if (other.readMessageId >= message.messageId) return 'read'
  return (other.deliveredMessageId ?? 0) >= message.messageId ? 'delivered' : 'sent'
}

/** User ids of those who have seen a message, its sender left out. */
export function readersOf(channel: Channel, message: Message): string[] {
  const readers = channel.members?.filter(
    (member) => isAnother(message)(member) && member.readMessageId >= message.messageId,
  )
  return readers?.map(({ userId }) => userId) ?? []
}

function isAnother(message: Message) {
  return ({ userId }: { userId: string }) => userId !== message.userId
}
