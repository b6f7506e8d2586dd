import type { Channel, Member, Message } from '../../protocol/objects.ts'
import { client } from '../state/client.ts'
import { stranger } from '../state/strangers.ts'
import { text } from '../text.ts'

/** How channels and people are called here. */

export function isSelf(userId: string): boolean {
  return userId === client.userId
}

/** The other person of a DM; null while unknown, and in notes to oneself. */
export function otherIn(channel: Channel): Member | null {
  return channel.members?.find(({ userId }) => !isSelf(userId)) ?? null
}

export function isNoteToSelf(channel: Channel): boolean {
  return channel.kind === 'dm' && channel.members !== null && otherIn(channel) === null
}

/** Empty while a DM's other person is not known yet. */
export function channelName(channel: Channel): string {
  if (channel.kind === 'group') return channel.title ?? ''
  if (isNoteToSelf(channel)) return text.chats.noteToSelf
  const other = otherIn(channel)
  return other === null ? '' : nameOf(other)
}

/** What the hue of a channel's avatar hangs on: the person's in a DM. */
export function channelFace(channel: Channel): string {
  if (channel.kind === 'group') return channel.channelId
  return otherIn(channel)?.userId ?? client.userId ?? ''
}

export function personName(userId: string): string {
  const person = client.person(userId) ?? stranger(userId)
  return person === null ? text.system.someone : nameOf(person)
}

/** Only an account that was deleted has no handle. */
export function nameOf({ handle, name }: Pick<Member, 'handle' | 'name'>): string {
  return handle === null ? text.system.deletedAccount : name
}

/** A line of the log in words. */
export function systemWords({ userId, system }: Message): string {
  if (system === null) return ''
  const words = text.system
  const actor = isSelf(userId) ? null : personName(userId)
  const whoId = system.userId ?? userId
  const who = isSelf(whoId) ? null : personName(whoId)
  switch (system.action) {
    case 'created':
      return system.title === null ? words.createdPlain(actor) : words.created(actor, system.title)
    case 'added':
      return words.added(actor, who)
    case 'joined':
      return words.joined(who)
    case 'left':
      return words.left(who)
    case 'removed':
      return words.removed(actor, who)
    case 'renamed':
      return words.renamed(actor, system.title ?? '')
    case 'role':
      return words.role(actor, who)
  }
}
