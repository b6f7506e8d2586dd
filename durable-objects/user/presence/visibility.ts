import type { UserState } from '../state.ts'
import { contactState } from '../contacts.ts'

/**
 * The one place that says whether somebody may see this person's presence. Whoever hides from somebody
 * sees nothing of them either, so the object of the one who looks asks this too, of itself.
 */
export function mayBeSeenBy(state: UserState, otherId: string, isTogether: () => boolean): boolean {
  if (state.isDeleted) return false
  const relation = contactState(state, otherId)
  if (relation === 'blocked') return false
  switch (state.settings.presence) {
    case 'nobody':
      return false
    case 'friends':
      return relation === 'friend'
    case 'everyone':
      return relation === 'friend' || isTogether()
  }
}

/** Whether somebody is a friend or in a channel of this person's: nobody else gets to watch them. */
export function isAcquainted(state: UserState, otherId: string, dmId: string): boolean {
  return contactState(state, otherId) === 'friend' || sharesChannel(state, otherId, dmId)
}

/**
 * Whether the two are in a channel together, as far as this person's inbox has been told. The DM is looked
 * up; the groups are searched as text, which is a hundred times cheaper than reading their lists.
 */
export function sharesChannel(state: UserState, otherId: string, dmId: string): boolean {
  if (!state.exists) return false
  const dm = state.sql.exec(
    "SELECT 1 FROM channels WHERE channel_id = ? AND channel ->> 'leftAt' IS NULL",
    dmId,
  )
  if (!dm.next().done) return true
  const group = state.sql.exec(
    `SELECT 1 FROM channel_members m JOIN channels c USING (channel_id)
     WHERE instr(m.members, ?) > 0 AND c.channel ->> 'leftAt' IS NULL LIMIT 1`,
    // An id has no character that JSON would write in another way.
    `"userId":${JSON.stringify(otherId)}`,
  )
  return !group.next().done
}
