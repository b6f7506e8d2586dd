import { may } from '../../protocol/permissions.ts'
import { ALL_MEMBERS, handlesIn } from '../../protocol/text.ts'
import type { ChannelMember } from './members.ts'
import type { ChannelState } from './state.ts'

/**
 * The members whom a text of `sender` names: by their handles, and all others by `@all` if the sender may
 * do that. Of anybody else `@all` is plain text.
 */
export function mentionedIn(state: ChannelState, sender: ChannelMember, text: string): string[] {
  const handles = new Set(handlesIn(text))
  if (handles.size === 0) return []
  const { kind } = state.identity
  const all = handles.has(ALL_MEMBERS) && may({ kind, role: sender.role }, 'mentionAll')
  return state
    .currentMembers()
    .filter(({ userId, handle }) => {
      const isNamed = handle !== null && handles.has(handle)
      return isNamed || (all && userId !== sender.userId)
    })
    .map(({ userId }) => userId)
}
