import { fail, type Result } from '../../protocol/errors.ts'
import { MAX_GROUP_MEMBERS } from '../../protocol/limits.ts'
import type { Role } from '../../protocol/objects.ts'
import { removalOf } from '../../protocol/permissions.ts'
import type { Profile } from '../shared/profile.ts'
import { newMember, type ChannelMember } from './members.ts'
import { permit } from './rights.ts'
import type { ChannelState } from './state.ts'

/**
 * Changes of who is in a group and as what. Each decides and writes in one synchronous block, leaves
 * a system message in the log, and doing it again changes nothing.
 */

/** Adds `profile`; a person who is in already stays as they are. */
export function addMember(
  state: ChannelState,
  actorId: string,
  profile: Profile,
  now: number,
): Result<ChannelMember> {
  const actor = permit(state, actorId, 'add')
  if (!actor.ok) return actor
  if (state.member(profile.userId)) return actor
  if (state.currentMembers().length >= MAX_GROUP_MEMBERS) {
    return fail('group_full', `A group has at most ${MAX_GROUP_MEMBERS} members`)
  }
  admit(state, actorId, 'added', profile, now)
  return actor
}

/** Makes somebody a member, under a message that says how they came; returns them. */
export function admit(
  state: ChannelState,
  actorId: string,
  action: 'added' | 'joined',
  profile: Profile,
  now: number,
): ChannelMember {
  const system = { action, userId: profile.userId, title: null }
  const { version } = state.appendSystem(actorId, system, now)
  // All of the history can be read, but only what comes from here on is unread or in the inbox:
  // unless they were here before and something from then is still owed to their inbox.
  const fresh = newMember(profile, 'member', version, version - 1)
  const former = state.members.get(profile.userId)
  const owed = former && former.deliveredVersion < former.version
  const member = owed ? { ...fresh, deliveredVersion: former.deliveredVersion } : fresh
  state.saveMember(member)
  state.hiddenReads.set(state, profile.userId, profile.receipts)
  return member
}

/**
 * Makes `userId` an admin or a member again; or the owner, who hands over by that and is an admin then.
 */
export function setRole(
  state: ChannelState,
  actorId: string,
  userId: string,
  role: Role,
  now: number,
): Result<ChannelMember> {
  const member = state.member(userId)
  // Whoever has handed over may not do it any more, but may ask again after a lost answer.
  const isDone = role === 'owner' && member?.role === 'owner'
  const actor = permit(state, actorId, isDone ? 'read' : role === 'owner' ? 'handOver' : 'setRole')
  if (!actor.ok) return actor
  if (!member) return fail('not_found', 'No such member')
  if (member.role === role) return actor
  if (member.role === 'owner') {
    return fail('forbidden', 'The owner leaves, or hands over to another member')
  }
  if (role === 'owner') writeRole(state, actorId, actor.value, 'admin', now)
  writeRole(state, actorId, member, role, now)
  return actor
}

/** Removes `userId`, or lets them leave if they ask themselves. An owner who leaves hands over. */
export function removeMember(
  state: ChannelState,
  actorId: string,
  userId: string,
  now: number,
): Result<ChannelMember> {
  const self = actorId === userId
  const member = state.member(userId)
  const actor = permit(state, actorId, self ? 'leave' : removalOf(member?.role ?? 'member'))
  if (!actor.ok) return actor
  if (!member) return fail('not_found', 'No such member')
  const { version } = state.appendSystem(
    actorId,
    { action: self ? 'left' : 'removed', userId, title: null },
    now,
  )
  const left: ChannelMember = {
    ...member,
    role: 'member',
    version,
    listedVersion: version,
    leftAt: now,
    unread: 0,
    mentionCount: 0,
    markedUnread: false,
    removed: !self,
  }
  state.saveMember(left)
  state.saveMember({ ...left, leftChannel: JSON.stringify(state.preview(left, false)) })
  if (member.role === 'owner') handOver(state, actorId, now)
  return actor
}

/** Gives the group another title. */
export function rename(
  state: ChannelState,
  actorId: string,
  title: string,
  now: number,
): Result<ChannelMember> {
  const actor = permit(state, actorId, 'rename')
  if (!actor.ok || state.identity.title === title) return actor
  state.appendSystem(actorId, { action: 'renamed', userId: null, title }, now)
  state.setTitle(title)
  return actor
}

/** The oldest admin becomes owner, without one the oldest member. */
function handOver(state: ChannelState, actorId: string, now: number): void {
  const members = state.currentMembers().sort(byAge)
  const heir = members.find((member) => member.role === 'admin') ?? members[0]
  if (heir) writeRole(state, actorId, heir, 'owner', now)
}

/** Those who founded the group together are told apart by their ids. */
function byAge(a: ChannelMember, b: ChannelMember): number {
  return a.joinedVersion - b.joinedVersion || (a.userId < b.userId ? -1 : 1)
}

function writeRole(
  state: ChannelState,
  actorId: string,
  member: ChannelMember,
  role: Role,
  now: number,
): void {
  const { version } = state.appendSystem(
    actorId,
    { action: 'role', userId: member.userId, title: null },
    now,
  )
  state.saveMember({ ...member, role, version, listedVersion: version })
}
