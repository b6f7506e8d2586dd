import { fail, ok, type Result } from '../../protocol/errors.ts'
import { MAX_GROUP_MEMBERS, MAX_INVITES } from '../../protocol/limits.ts'
import type { Channel, Invite } from '../../protocol/objects.ts'
import type { Profile } from '../shared/profile.ts'
import { wasRemoved, type ChannelMember } from './members.ts'
import { admit } from './membership.ts'
import { permit } from './rights.ts'
import type { ChannelState } from './state.ts'

/**
 * Invite links of a group. One that was revoked is gone; one that has expired or is used up counts for
 * nothing and goes when the next is made, so that there are never more rows than may count at a time.
 * All synchronous, each in one block.
 */

export interface InviteInput {
  /** Null: as often as there is room. */
  maxUses: number | null
  /** Null: until it is revoked. */
  expiresAt: number | null
}

const NO_INVITE = fail('not_found', 'No such invite link')

type InviteRow = {
  code: string
  user_id: string
  created_at: number
  expires_at: number | null
  max_uses: number | null
  uses: number
}

/** Makes a link under `code`. Refuses `invalid` for an end that has passed, `conflict` beyond 20 links. */
export function createInvite(
  state: ChannelState,
  userId: string,
  code: string,
  { maxUses, expiresAt }: InviteInput,
  now: number,
): Result<Invite> {
  const member = permit(state, userId, 'invite')
  if (!member.ok) return member
  if (expiresAt !== null && expiresAt <= now) return fail('invalid', 'expiresAt has passed')
  const { sql } = state
  sql.exec('DELETE FROM invites WHERE expires_at <= ? OR uses >= max_uses', now)
  const { n } = sql.exec<{ n: number }>('SELECT count(*) AS n FROM invites').one()
  if (n >= MAX_INVITES) {
    return fail('conflict', `A group has at most ${MAX_INVITES} invite links, revoke one first`)
  }
  const row: InviteRow = {
    code,
    user_id: userId,
    created_at: now,
    expires_at: expiresAt,
    max_uses: maxUses,
    uses: 0,
  }
  sql.exec(
    'INSERT INTO invites (code, user_id, created_at, expires_at, max_uses) VALUES (?, ?, ?, ?, ?)',
    row.code,
    row.user_id,
    row.created_at,
    row.expires_at,
    row.max_uses,
  )
  return ok(toInvite(state, row))
}

/** The links that count, newest first. */
export function listInvites(state: ChannelState, userId: string, now: number): Result<Invite[]> {
  const member = permit(state, userId, 'invite')
  if (!member.ok) return member
  const rows = state.sql
    .exec<InviteRow>('SELECT * FROM invites ORDER BY created_at DESC, code')
    .toArray()
  return ok(rows.filter((row) => counts(row, now)).map((row) => toInvite(state, row)))
}

/** Takes a link back; doing it again changes nothing. */
export function revokeInvite(state: ChannelState, userId: string, code: string): Result<null> {
  const member = permit(state, userId, 'invite')
  if (!member.ok) return member
  state.sql.exec('DELETE FROM invites WHERE code = ?', code)
  return ok(null)
}

/** What somebody with a link sees before they join: the title and how many are in, and not who. */
export function lookAtInvite(
  state: ChannelState,
  userId: string,
  code: string,
  now: number,
): Result<Channel> {
  return findInvite(state, userId, code, now) ? ok(state.outside()) : NO_INVITE
}

/**
 * Lets somebody in by a link, who then counts against it. Who is in already stays so and uses nothing up,
 * also when theirs was the last use. Refuses `group_full`, and `not_found` for a link that does not count
 * and for whoever was removed: a link is not the way back for them.
 */
export function join(
  state: ChannelState,
  profile: Profile,
  code: string,
  now: number,
): Result<ChannelMember> {
  const { userId } = profile
  const member = state.member(userId)
  if (member && rowOf(state, code)) return ok(member)
  if (!findInvite(state, userId, code, now)) return NO_INVITE
  if (state.currentMembers().length >= MAX_GROUP_MEMBERS) {
    return fail('group_full', `A group has at most ${MAX_GROUP_MEMBERS} members`)
  }
  state.sql.exec('UPDATE invites SET uses = uses + 1 WHERE code = ?', code)
  return ok(admit(state, userId, 'joined', profile, now))
}

function findInvite(
  state: ChannelState,
  userId: string,
  code: string,
  now: number,
): InviteRow | null {
  // A group that everybody has left stays closed: whoever came in would be in it without an owner.
  const row = state.currentMembers().length > 0 ? rowOf(state, code) : undefined
  return row && counts(row, now) && !wasRemoved(state.sql, userId) ? row : null
}

function rowOf(state: ChannelState, code: string): InviteRow | undefined {
  return state.sql.exec<InviteRow>('SELECT * FROM invites WHERE code = ?', code).toArray()[0]
}

function counts(row: InviteRow, now: number): boolean {
  const isOver = row.expires_at !== null && row.expires_at <= now
  return !isOver && (row.max_uses === null || row.uses < row.max_uses)
}

function toInvite(state: ChannelState, row: InviteRow): Invite {
  return {
    code: row.code,
    channelId: state.identity.channelId,
    userId: row.user_id,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    maxUses: row.max_uses,
    uses: row.uses,
  }
}
