import * as z from 'zod'
import {
  channelSchema,
  type Channel,
  type ChannelKind,
  type Member,
  type Notify,
  type Role,
} from '../../protocol/objects.ts'
import type { Profile } from '../shared/profile.ts'

/** A member as the object holds it in memory; the table is written in the same block. */
export interface ChannelMember extends Omit<Profile, 'receipts'> {
  role: Role
  notify: Notify
  version: number
  joinedVersion: number
  /** When membership, role or profile last changed. */
  listedVersion: number
  leftAt: number | null
  /** The channel as it was when they left, as JSON: the last that they may see of it. */
  leftChannel: string | null
  readMessageId: number
  /** In a DM: the newest message that has reached one of their devices. */
  deliveredMessageId: number
  deliveredVersion: number
  unread: number
  mentionCount: number
  /** `unread` and `mentionCount` are true as of this message. */
  countedMessageId: number
  /** Hidden for them until there is a message beyond this one; see `isHidden`. */
  hiddenMessageId: number | null
  markedUnread: boolean
  /** Somebody else took them out. */
  removed: boolean
}

type MemberRow = {
  user_id: string
  handle: string | null
  name: string
  image: string | null
  role: Role
  notify: Notify
  version: number
  joined_version: number
  listed_version: number
  left_at: number | null
  left_channel: string | null
  read_message_id: number
  delivered_message_id: number
  delivered_version: number
  unread: number
  mention_count: number
  counted_message_id: number
  hidden_message_id: number | null
  marked_unread: number
  removed: number
}

/** A new member who has read and been delivered nothing above `before`. */
export function newMember(
  profile: Profile,
  role: Role,
  version: number,
  before: number,
): ChannelMember {
  const { userId, handle, name, image } = profile
  return {
    userId,
    handle,
    name,
    image,
    role,
    notify: 'all',
    version,
    joinedVersion: version,
    listedVersion: version,
    leftAt: null,
    leftChannel: null,
    readMessageId: before,
    deliveredMessageId: 0,
    deliveredVersion: before,
    unread: 0,
    mentionCount: 0,
    countedMessageId: version,
    hiddenMessageId: null,
    markedUnread: false,
    removed: false,
  }
}

/** All members, and of those who left the ones whose last delivery is still owed. */
export function loadMembers(sql: SqlStorage): Map<string, ChannelMember> {
  const members = new Map<string, ChannelMember>()
  for (const row of sql.exec<MemberRow>(
    'SELECT * FROM members WHERE left_at IS NULL OR delivered_version < version',
  )) {
    members.set(row.user_id, {
      userId: row.user_id,
      handle: row.handle,
      name: row.name,
      image: row.image,
      role: row.role,
      notify: row.notify,
      version: row.version,
      joinedVersion: row.joined_version,
      listedVersion: row.listed_version,
      leftAt: row.left_at,
      leftChannel: row.left_channel,
      readMessageId: row.read_message_id,
      deliveredMessageId: row.delivered_message_id,
      deliveredVersion: row.delivered_version,
      unread: row.unread,
      mentionCount: row.mention_count,
      countedMessageId: row.counted_message_id,
      hiddenMessageId: row.hidden_message_id,
      markedUnread: row.marked_unread === 1,
      removed: row.removed === 1,
    })
  }
  return members
}

export function saveMember(sql: SqlStorage, member: ChannelMember): void {
  sql.exec(
    `INSERT OR REPLACE INTO members (user_id, handle, name, image, role, notify, version,
       joined_version, listed_version, left_at, left_channel, read_message_id, delivered_message_id,
       delivered_version, unread, mention_count, counted_message_id, hidden_message_id,
       marked_unread, removed)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    member.userId,
    member.handle,
    member.name,
    member.image,
    member.role,
    member.notify,
    member.version,
    member.joinedVersion,
    member.listedVersion,
    member.leftAt,
    member.leftChannel,
    member.readMessageId,
    member.deliveredMessageId,
    member.deliveredVersion,
    member.unread,
    member.mentionCount,
    member.countedMessageId,
    member.hiddenMessageId,
    Number(member.markedUnread),
    Number(member.removed),
  )
}

/** Saves only what is a copy: how far the inbox is, and the counts with the message they are true for. */
export function saveProgress(sql: SqlStorage, member: ChannelMember): void {
  sql.exec(
    `UPDATE members SET delivered_version = ?, delivered_message_id = ?, unread = ?,
       mention_count = ?, counted_message_id = ? WHERE user_id = ?`,
    member.deliveredVersion,
    member.deliveredMessageId,
    member.unread,
    member.mentionCount,
    member.countedMessageId,
    member.userId,
  )
}

/** Whether somebody else took this person out, however long ago. */
export function wasRemoved(sql: SqlStorage, userId: string): boolean {
  const row = sql
    .exec<{ removed: number }>('SELECT removed FROM members WHERE user_id = ?', userId)
    .toArray()[0]
  return row?.removed === 1
}

/** The member as others see it; how far messages were delivered is told in DMs only. */
export function describeMember(member: ChannelMember, kind: ChannelKind): Member {
  return {
    userId: member.userId,
    handle: member.handle,
    name: member.name,
    image: member.image,
    role: member.role,
    readMessageId: member.readMessageId,
    deliveredMessageId: kind === 'dm' ? deliveredMark(member) : null,
  }
}

/** What was read was delivered, whatever was heard of it. */
export function deliveredMark(member: ChannelMember): number {
  return Math.max(member.deliveredMessageId, member.readMessageId)
}

/** What was stored when somebody left. Fields that came later take a value that tells nothing. */
export function parseLeftChannel(json: string): Channel {
  const fallback = {
    title: null,
    members: null,
    lastMessage: null,
    readMessageId: 0,
    unread: 0,
    mentionCount: 0,
    notify: 'all',
    hidden: false,
    markedUnread: false,
  }
  return channelSchema.parse({ ...fallback, ...z.looseObject({}).parse(JSON.parse(json)) })
}
