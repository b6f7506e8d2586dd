import type { Member } from '../../protocol/objects.ts'
import { channelNow, chats } from './chats.ts'

/** Who is in a chat, or in any of mine as far as their members are known, by name. */
export function peopleIn(channelId: string | null): Member[] {
  const channels = channelId === null ? chats.value : [channelNow(channelId)]
  const people = new Map<string, Member>()
  for (const channel of channels) {
    if (channel === null || channel.leftAt !== null) continue
    for (const member of channel.members ?? []) people.set(member.userId, member)
  }
  return [...people.values()].sort((a, b) => a.name.localeCompare(b.name))
}
