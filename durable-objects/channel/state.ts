import { cutText } from '../../protocol/text.ts'
import { PREVIEW_LENGTH } from '../../protocol/limits.ts'
import type { Channel, ChannelKind, Member, Message, System } from '../../protocol/objects.ts'
import { isMigrated, migrate } from '../shared/migrate.ts'
import { ArchiveLedger, type ArchiveColumns } from './archive/ledger.ts'
import { Blocks } from './blocks.ts'
import { catchUpCounts, countNewMessage } from './counts.ts'
import { HiddenReads } from './hidden-reads.ts'
import {
  describeMember,
  loadMembers,
  parseLeftChannel,
  saveMember,
  type ChannelMember,
} from './members.ts'
import { LogReader } from './log-reader.ts'
import { insertMessage, toMessage, updateMessage, type MessageRow } from './messages.ts'
import { CHANNEL_MIGRATIONS } from './schema.ts'
import type { Sent } from './send.ts'
import { isHidden } from './settings.ts'

export interface ChannelIdentity {
  channelId: string
  kind: ChannelKind
  title: string | null
  createdAt: number
}

type ChannelRow = {
  channel_id: string
  kind: ChannelKind
  title: string | null
  created_at: number
}

/** Fields of a message that its writer decides; the log adds id, version and time. */
export type NewMessage = Pick<Message, 'userId' | 'clientId' | 'kind' | 'text'> &
  Partial<Pick<Message, 'system' | 'replyTo' | 'mentions'>>

/**
 * One channel in memory: who is in it and how far its counter has come. The tables are the truth
 * and this is loaded from them; every change writes the table first and memory after, inside one
 * synchronous block of `write`.
 */
export class ChannelState {
  /** Reads the log for whoever is told of it. */
  readonly log: LogReader

  private constructor(
    private readonly storage: DurableObjectStorage,
    readonly identity: ChannelIdentity,
    readonly members: Map<string, ChannelMember>,
    private counter: number,
    /** The highest version of any message. */
    private newest: number,
    private last: Message | null,
    /** When the list of members last changed; of those who left long ago too. */
    private listed: number,
    /** How far the second copy is, and what lives only there. */
    readonly archive: ArchiveLedger,
    /** In a DM: whether one has blocked the other. */
    readonly blocks: Blocks,
    /** Who has switched read receipts off. */
    readonly hiddenReads: HiddenReads,
  ) {
    this.log = new LogReader(storage.sql, identity.channelId, newest)
  }

  /** The channel of this object, or null if it was never created; then nothing is written. */
  static load(storage: DurableObjectStorage): ChannelState | null {
    const { sql } = storage
    if (!isMigrated(sql)) return null
    migrate(storage, CHANNEL_MIGRATIONS)
    const row = sql.exec<ChannelRow & ArchiveColumns>('SELECT * FROM channel').toArray()[0]
    if (!row) return null
    const identity: ChannelIdentity = {
      channelId: row.channel_id,
      kind: row.kind,
      title: row.title,
      createdAt: row.created_at,
    }
    const lastRow = sql
      .exec<MessageRow>('SELECT * FROM messages ORDER BY message_id DESC LIMIT 1')
      .toArray()[0]
    const changed = sql
      .exec<{ version: number | null }>(
        'SELECT max(version) AS version FROM messages INDEXED BY messages_changed WHERE version > message_id',
      )
      .one().version
    // A message that was dropped after its last change may have had the highest version of all.
    const newest = Math.max(lastRow?.message_id ?? 0, changed ?? 0, row.dropped_version)
    const { listed } = sql
      .exec<{ listed: number | null }>('SELECT max(listed_version) AS listed FROM members')
      .one()
    const members = loadMembers(sql)
    catchUpCounts(sql, identity.channelId, members.values())
    let counter = Math.max(newest, listed ?? 0)
    for (const member of members.values()) counter = Math.max(counter, member.version)
    const last = lastRow ? toMessage(identity.channelId, lastRow) : null
    const archive = new ArchiveLedger(sql, {
      archived_version: row.archived_version,
      dropped_from: row.dropped_from,
      dropped_below: row.dropped_below,
      dropped_version: row.dropped_version,
      uncounted_below: row.uncounted_below,
    })
    return new ChannelState(
      storage,
      identity,
      members,
      counter,
      newest,
      last,
      listed ?? 0,
      archive,
      Blocks.load(sql),
      HiddenReads.load(sql),
    )
  }

  /** Makes the tables and the channel row of a channel that does not exist yet. */
  static create(storage: DurableObjectStorage, identity: ChannelIdentity): ChannelState {
    migrate(storage, CHANNEL_MIGRATIONS)
    storage.sql.exec(
      'INSERT INTO channel (id, channel_id, kind, title, created_at) VALUES (1, ?, ?, ?, ?)',
      identity.channelId,
      identity.kind,
      identity.title,
      identity.createdAt,
    )
    const archive = ArchiveLedger.empty(storage.sql)
    return new ChannelState(
      storage,
      identity,
      new Map(),
      0,
      0,
      null,
      0,
      archive,
      Blocks.load(storage.sql),
      HiddenReads.load(storage.sql),
    )
  }

  get sql(): SqlStorage {
    return this.storage.sql
  }

  get newestVersion(): number {
    return this.newest
  }

  get newestMessageId(): number {
    return this.last?.messageId ?? 0
  }

  /** When the last message was written, or the channel made. */
  get activityAt(): number {
    return this.last?.createdAt ?? this.identity.createdAt
  }

  /** When the list of members last changed. */
  get listedVersion(): number {
    return this.listed
  }

  /** The member, or undefined for whoever is not in the channel (any more). */
  member(userId: string): ChannelMember | undefined {
    const member = this.members.get(userId)
    return member?.leftAt === null ? member : undefined
  }

  currentMembers(): ChannelMember[] {
    return [...this.members.values()].filter((member) => member.leftAt === null)
  }

  nextVersion(): number {
    return ++this.counter
  }

  /**
   * Appends a message under the next id, unless its sender's `clientId` was stored before and is here: then
   * what was stored is returned. Time never runs backwards within a channel.
   */
  append(message: NewMessage, now: number): Sent {
    const messageId = this.counter + 1
    const stored: Message = {
      channelId: this.identity.channelId,
      messageId,
      version: messageId,
      userId: message.userId,
      clientId: message.clientId,
      kind: message.kind,
      text: message.text,
      system: message.system ?? null,
      replyTo: message.replyTo ?? null,
      mentions: message.mentions ?? [],
      reactions: {},
      createdAt: Math.max(now, this.activityAt),
      editedAt: null,
      deletedAt: null,
    }
    const before = insertMessage(this.sql, stored)
    if (before) return { message: toMessage(this.identity.channelId, before), created: false }
    this.counter = messageId
    this.log.append(stored)
    this.last = stored
    this.newest = messageId
    countNewMessage(this.members.values(), stored)
    return { message: stored, created: true }
  }

  /** Stores `after` in place of `before` under a new version; one that was dropped is then back. */
  replace(before: Message, after: Message): Message {
    const stored = { ...after, version: this.nextVersion() }
    updateMessage(this.sql, before, stored)
    this.log.append(stored)
    if (this.last?.messageId === stored.messageId) this.last = stored
    this.newest = stored.version
    return stored
  }

  /** Appends what happened to the channel, told by `actorId`. */
  appendSystem(actorId: string, system: System, now: number): Message {
    const message = { userId: actorId, clientId: null, kind: 'system', text: '', system } as const
    return this.append(message, now).message
  }

  setTitle(title: string): void {
    this.sql.exec('UPDATE channel SET title = ?', title)
    this.identity.title = title
  }

  saveMember(member: ChannelMember): void {
    saveMember(this.sql, member)
    this.members.set(member.userId, member)
    this.listed = Math.max(this.listed, member.listedVersion)
  }

  /** The channel as `member` sees it, with its members; for one who left, as it was then. */
  describe(member: ChannelMember): Channel {
    return this.view(member, true, this.last)
  }

  /** The same as lists and `sync` have it: the last text cut short, members only where they changed. */
  preview(member: ChannelMember, withMembers: boolean): Channel {
    const last = this.last && { ...this.last, text: cutText(this.last.text, PREVIEW_LENGTH) }
    return this.view(member, withMembers, last)
  }

  /** The channel as somebody sees it who may come in: its title and how many are in, and not who. */
  outside(): Channel {
    const { channelId, kind, title, createdAt } = this.identity
    return {
      channelId,
      kind,
      title,
      role: 'member',
      memberCount: this.currentMembers().length,
      members: null,
      lastMessage: null,
      readMessageId: 0,
      unread: 0,
      mentionCount: 0,
      notify: 'all',
      hidden: false,
      markedUnread: false,
      createdAt,
      leftAt: null,
    }
  }

  /** A member as `readerId` sees them. */
  private describeMember(member: ChannelMember, readerId: string): Member {
    const shown = this.blocks.shown(describeMember(member, this.identity.kind), readerId)
    const readMessageId = this.hiddenReads.shown(member, readerId)
    return readMessageId < shown.readMessageId ? { ...shown, readMessageId } : shown
  }

  private view(member: ChannelMember, withMembers: boolean, lastMessage: Message | null): Channel {
    if (member.leftChannel !== null) return parseLeftChannel(member.leftChannel)
    const current = this.currentMembers()
    return {
      channelId: this.identity.channelId,
      kind: this.identity.kind,
      title: this.identity.title,
      role: member.role,
      memberCount: current.length,
      members: withMembers
        ? current.map((other) => this.describeMember(other, member.userId))
        : null,
      lastMessage,
      readMessageId: member.readMessageId,
      unread: member.unread,
      mentionCount: member.mentionCount,
      notify: member.notify,
      hidden: isHidden(this, member),
      markedUnread: member.markedUnread,
      createdAt: this.identity.createdAt,
      leftAt: member.leftAt,
    }
  }
}
