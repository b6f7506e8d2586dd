import type { Channel } from '../../../protocol/objects.ts'
import { may } from '../../../protocol/permissions.ts'
import { ALL_MEMBERS } from '../../../protocol/text.ts'
import { text } from '../../text.ts'
import { isSelf } from '../../ui/names.ts'

const MAX_SUGGESTIONS = 6

export interface Suggestion {
  handle: string
  name: string
  userId: string | null
}

/** Whom of a channel the beginning of a handle or name could mean. */
export function suggest(channel: Channel, begun: string): Suggestion[] {
  const wanted = begun.toLowerCase()
  const people = (channel.members ?? []).flatMap(({ userId, handle, name }) => {
    if (handle === null || isSelf(userId)) return []
    const words = [handle, ...name.toLowerCase().split(/\s+/)]
    return words.some((word) => word.startsWith(wanted)) ? [{ handle, name, userId }] : []
  })
  const isAll = may(channel, 'mentionAll') && ALL_MEMBERS.startsWith(wanted)
  const all = { handle: ALL_MEMBERS, name: text.conversation.everyone, userId: null }
  return [...(isAll ? [all] : []), ...people].slice(0, MAX_SUGGESTIONS)
}
