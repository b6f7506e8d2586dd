import { fail, ok, type Failure, type Result } from '../../protocol/errors.ts'
import { MAX_GROUP_MEMBERS } from '../../protocol/limits.ts'
import type { Role } from '../../protocol/objects.ts'
import { may, outranks, type GroupAction } from '../../protocol/permissions.ts'
import type { Profile } from '../shared/profile.ts'
import { newMember, type ChannelMember } from './members.ts'
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
  const actor = allowed(state, actorId, 'add')
  if (!actor.ok) return actor
  if (state.member(profile.userId)) return actor
  if (state.currentMembers().length >= MAX_GROUP_MEMBERS) {
    return fail('group_full', `A group has at most ${MAX_GROUP_MEMBERS} members`)
  }
  const { version } = state.appendSystem(
    actorId,
    { action: 'added', userId: profile.userId, title: null },
    now,
  )
  // All of the history can be read, but only what comes from here on is unread or in the inbox:
  // unless they were here before and something from then is still owed to their inbox.
  const member = newMember(profile, 'member', version, version - 1)
  const former = state.members.get(profile.userId)
  const owed = former && former.deliveredVersion < former.version
  state.saveMember(owed ? { ...member, deliveredVersion: former.deliveredVersion } : member)
  return actor
}

/**
 * Makes `userId` an admin or a member again. Ownership is not given this way: it passes on when the
 * owner leaves.
 */
export function setRole(
  state: ChannelState,
  actorId: string,
  userId: string,
  role: Role,
  now: number,
): Result<ChannelMember> {
  const actor = allowed(state, actorId, 'setRole')
  if (!actor.ok) return actor
  const member = state.member(userId)
  if (!member) return fail('not_found', 'No such member')
  if (member.role === role) return actor
  if (role === 'owner' || member.role === 'owner') {
    return fail('forbidden', 'Ownership passes on only when the owner leaves')
  }
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
  const actor = self ? groupMember(state, actorId) : allowed(state, actorId, 'remove')
  if (!actor.ok) return actor
  const member = state.member(userId)
  if (!member) return fail('not_found', 'No such member')
  if (!self && !outranks(actor.value.role, member.role)) {
    return fail('forbidden', `You may not remove the ${member.role}`)
  }
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
  const actor = allowed(state, actorId, 'rename')
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

function groupMember(state: ChannelState, userId: string): Result<ChannelMember> {
  const member = state.member(userId)
  if (!member) return fail('not_found', 'No such channel')
  if (state.identity.kind === 'dm') return fail('forbidden', 'A DM always has the same two people')
  return ok(member)
}

function allowed(
  state: ChannelState,
  userId: string,
  action: GroupAction,
): { ok: true; value: ChannelMember } | Failure {
  const member = groupMember(state, userId)
  if (!member.ok || may(member.value.role, action)) return member
  return fail('forbidden', `A ${member.value.role} may not do that in this group`)
}
