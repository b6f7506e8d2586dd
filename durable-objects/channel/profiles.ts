import { ok, type Result } from '../../protocol/errors.ts'
import type { User } from '../../protocol/objects.ts'
import type { ChannelState } from './state.ts'

/**
 * Takes over how a member is called and looks now. Takes a version of its own and leaves no message:
 * everybody gets the list of members anew with their next delivery. Nothing happens for who is not a
 * member, or if it is known already.
 */
export function updateProfile(state: ChannelState, user: User): Result<null> {
  const member = state.member(user.userId)
  if (!member) return ok(null)
  const { handle, name, image } = user
  if (member.handle === handle && member.name === name && member.image === image) return ok(null)
  const version = state.nextVersion()
  state.saveMember({ ...member, handle, name, image, version, listedVersion: version })
  return ok(null)
}
