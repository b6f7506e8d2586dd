import { cutText } from '../../protocol/text.ts'
import { PREVIEW_LENGTH } from '../../protocol/limits.ts'
import type { Channel, ChannelKind, Message, System } from '../../protocol/objects.ts'
import { isMigrated, migrate } from '../shared/migrate.ts'
import { catchUpCounts, countNewMessage } from './counts.ts'
import { describeMember, loadMembers, saveMember, type ChannelMember } from './members.ts'
import { insertMessage, toMessage, type MessageRow } from './messages.ts'
import { CHANNEL_MIGRATIONS } from './schema.ts'

export interface ChannelIdentity {
  channelId: string
  kind: ChannelKind
  title: string | null
  createdAt: number
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
  private constructor(
    private readonly storage: DurableObjectStorage,
    readonly identity: ChannelIdentity,
    readonly members: Map<string, ChannelMember>,
    private counter: number,
    /** The highest version of any message. */
    private newest: number,
    private last: Message | null,
  ) {}

  /** The channel of this object, or null if it was never created; then nothing is written. */
  static load(storage: DurableObjectStorage): ChannelState | null {
    const { sql } = storage
    if (!isMigrated(sql)) return null
    migrate(storage, CHANNEL_MIGRATIONS)
    const row = sql
      .exec<{ channel_id: string; kind: ChannelKind; title: string | null; created_at: number }>(
        'SELECT * FROM channel',
      )
      .toArray()[0]
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
    const newest = Math.max(lastRow?.message_id ?? 0, changed ?? 0)
    const members = loadMembers(sql)
    catchUpCounts(sql, identity.channelId, members.values())
    let counter = newest
    for (const member of members.values()) counter = Math.max(counter, member.version)
    const last = lastRow ? toMessage(identity.channelId, lastRow) : null
    return new ChannelState(storage, identity, members, counter, newest, last)
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
    return new ChannelState(storage, identity, new Map(), 0, 0, null)
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
    let version = 0
    for (const member of this.members.values()) version = Math.max(version, member.listedVersion)
    return version
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

  /** Appends a message under the next id. Time never runs backwards within a channel. */
  append(message: NewMessage, now: number): Message {
    const messageId = this.nextVersion()
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
    insertMessage(this.sql, stored)
    this.last = stored
    this.newest = messageId
    countNewMessage(this.members.values(), stored)
    return stored
  }

  /** Appends what happened to the channel, told by `actorId`. */
  appendSystem(actorId: string, system: System, now: number): Message {
    return this.append({ userId: actorId, clientId: null, kind: 'system', text: '', system }, now)
  }

  setTitle(title: string): void {
    this.sql.exec('UPDATE channel SET title = ?', title)
    this.identity.title = title
  }

  saveMember(member: ChannelMember): void {
    saveMember(this.sql, member)
    this.members.set(member.userId, member)
  }

  /**
   * The channel as `member` sees it, with the list of its members or without; for one who left, as it
   * was then.
   */
  describe(member: ChannelMember, withMembers: boolean): Channel {
    if (member.leftChannel) return member.leftChannel
    const current = this.currentMembers()
    return {
      channelId: this.identity.channelId,
      kind: this.identity.kind,
      title: this.identity.title,
      role: member.role,
      memberCount: current.length,
      members: withMembers ? current.map(describeMember) : null,
      lastMessage: this.last && { ...this.last, text: cutText(this.last.text, PREVIEW_LENGTH) },
      readMessageId: member.readMessageId,
      unread: member.unread,
      mentionCount: member.mentionCount,
      notify: member.notify,
      createdAt: this.identity.createdAt,
      leftAt: member.leftAt,
    }
  }
}
