import { fail, ok, type Result } from '../../protocol/errors.ts'
import { may, RIGHTS, type Action } from '../../protocol/permissions.ts'
import type { ChannelMember } from './members.ts'
import type { ChannelState } from './state.ts'

/**
 * The member who wants to do something, if they may. Refuses `not_found` for whoever is not in the
 * channel (any more), `forbidden` for what the table of rights does not give them.
 */
export function permit(state: ChannelState, userId: string, action: Action): Result<ChannelMember> {
  const member = state.member(userId)
  if (!member) return fail('not_found', 'No such channel')
  const { kind } = state.identity
  if (may({ kind, role: member.role }, action)) return ok(member)
  return fail('forbidden', `You may not ${RIGHTS[action].does}`)
}
