import { ok, type Result } from '../../protocol/errors.ts'
import type { Profile } from '../shared/profile.ts'
import type { ChannelState } from './state.ts'

/**
 * Takes over how a member is called and looks now, and whether they have read receipts on. What others
 * see takes a version of its own and leaves no message: everybody gets the list of members anew with
 * their next delivery. Nothing happens for who is not a member, or if it is known already.
 */
export function updateProfile(state: ChannelState, profile: Profile): Result<null> {
  const member = state.member(profile.userId)
  if (!member) return ok(null)
  const { handle, name, image } = profile
  const { hiddenReads } = state
  const isHidden = hiddenReads.has(member.userId)
  // What somebody did not tell is not told by deleting the account, and with it the settings.
  const receipts = handle === null ? !isHidden : profile.receipts
  const showsAgain = receipts && isHidden
  hiddenReads.set(state, member.userId, receipts)
  const isSame = member.handle === handle && member.name === name && member.image === image
  if (isSame && !showsAgain) return ok(null)
  const version = state.nextVersion()
  state.saveMember({ ...member, handle, name, image, version, listedVersion: version })
  return ok(null)
}
