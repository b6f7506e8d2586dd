import type * as z from 'zod'
import type { messagesFrameSchema } from '../protocol/channel-socket.ts'
import type { Channel, Contact, Member, Message, Presence, User } from '../protocol/objects.ts'
import type { SyncFrame } from '../protocol/user-socket.ts'
import { Announced } from './announced.ts'
import { applyReceipt, mergeMembers, type Receipt } from './members.ts'
import { Timeline } from './timeline.ts'

type MessagesFrame = z.infer<typeof messagesFrameSchema>

/** What of the model an apply has changed. */
export interface Changes {
  /** Everything may have changed: the device was reset. */
  reset: boolean
  channelIds: Set<string>
  contactIds: Set<string>
  /** Messages that are new to this device, in order, each told once. */
  arrived: Message[]
}

/**
 * Everything this device knows, in memory: what a user interface reads. Rows come whole and may come
 * twice or late; whatever the order, the model ends up the same.
 */
export class Model {
  /** Raised by each reset, so that answers to questions asked before it can be told and dropped. */
  epoch = 0
  /** Who is logged in, once that is known. */
  userId: string | null = null
  readonly channels = new Map<string, Channel>()
  readonly contacts = new Map<string, Contact>()
  /** Whether people are there, as last told; nobody is in it for long whom this device does not watch. */
  readonly presence = new Map<string, Presence>()
  /** Whoever was seen as a member of any channel, by user id: names for messages of people who left. */
  readonly people = new Map<string, Member>()
  readonly #timelines = new Map<string, Timeline>()
  readonly #announced = new Map<string, Announced>()

  /** The messages held of a channel; an empty timeline for one that was never looked at. */
  timeline(channelId: string): Timeline {
    const held = this.#timelines.get(channelId)
    if (held !== undefined) return held
    const timeline = new Timeline()
    this.#timelines.set(channelId, timeline)
    return timeline
  }

  /** Channels by latest activity. */
  channelsByActivity(): Channel[] {
    return [...this.channels.values()].sort((a, b) => activityOf(b) - activityOf(a))
  }

  applySync(frame: SyncFrame): Changes {
    if (frame.reset) this.#reset()
    const changes = noChanges(frame.reset)
    for (const channel of frame.channels) {
      const wasOut = this.channels.get(channel.channelId)?.leftAt != null
      if (wasOut && channel.leftAt === null) {
        this.#timelines.delete(channel.channelId)
        this.#announced.delete(channel.channelId)
      }
      const read = wasOut ? 0 : (this.channels.get(channel.channelId)?.readMessageId ?? 0)
      this.#keep(channel)
      // The row may have been on its way when this was read here.
      if (read > channel.readMessageId) this.applyRead(channel.channelId, read)
      changes.channelIds.add(channel.channelId)
    }
    for (const contact of frame.contacts) {
      if (contact.state === 'none') this.contacts.delete(contact.user.userId)
      else this.contacts.set(contact.user.userId, contact)
      changes.contactIds.add(contact.user.userId)
    }
    for (const message of frame.messages) {
      const { channelId } = message
      const changed = this.timeline(channelId).putSynced(message, this.userId)
      if (changed) changes.channelIds.add(channelId)
      if (this.#announcedIn(channelId).bySync(message)) changes.arrived.push(message)
      this.#moveLast(message)
    }
    return changes
  }

  /**
   * Rows of a channel socket. They also come by `sync`, earlier or later.
   * @param isReset they are the newest, and do not go on from what was held
   */
  applyRows({ channelId, messages, version }: MessagesFrame, isReset: boolean): Changes {
    const changes = noChanges()
    const timeline = this.timeline(channelId)
    const announced = this.#announcedIn(channelId)
    if (isReset) timeline.putNewest(messages)
    for (const message of messages) {
      timeline.putLive(message)
      if (!isReset && announced.bySocket(message)) changes.arrived.push(message)
      this.#moveLast(message)
    }
    changes.channelIds.add(channelId)
    timeline.version = version
    return changes
  }

  /** A message that was written here is no news when it comes again. */
  skipNews({ channelId, messageId }: Message): void {
    this.#announcedIn(channelId).skip(messageId)
  }

  /** Takes over how somebody is called and looks who may be no member any more. */
  renamePerson({ userId, handle, name, image }: User): void {
    const known = this.people.get(userId)
    if (known !== undefined) this.people.set(userId, { ...known, handle, name, image })
  }

  /** How far a member has got. Returns whether that was news. */
  applyReceipt(receipt: Receipt): boolean {
    const channel = this.channels.get(receipt.channelId)
    const changed = channel === undefined ? null : applyReceipt(channel, receipt)
    if (changed !== null) this.channels.set(receipt.channelId, changed)
    return changed !== null
  }

  /**
   * A channel out of an HTTP answer. It may be older than what `sync` has brought meanwhile, so of a
   * channel that is known it counts only for what moves seldom.
   */
  applyAnswer(channel: Channel): void {
    const known = this.channels.get(channel.channelId)
    if (known === undefined) return this.#keep(channel)
    const { lastMessage, unread, mentionCount, readMessageId } = known
    const wrote = (lastMessage?.messageId ?? 0) > (channel.lastMessage?.messageId ?? 0)
    const hasRead = readMessageId > channel.readMessageId
    this.#keep({
      ...channel,
      lastMessage,
      unread,
      mentionCount,
      readMessageId,
      hidden: wrote ? known.hidden : channel.hidden,
      markedUnread: hasRead ? known.markedUnread : channel.markedUnread,
    })
  }

  /** A message that the server answered with, outside of `sync`. Returns whether it changed anything. */
  applyMessage(message: Message): boolean {
    this.#moveLast(message)
    return this.timeline(message.channelId).put(message)
  }

  /** Shows a channel as read up to `messageId` before the server has said so. */
  applyRead(channelId: string, messageId: number): void {
    const channel = this.channels.get(channelId)
    if (channel === undefined || messageId < channel.readMessageId) return
    if (messageId === channel.readMessageId && !channel.markedUnread) return
    const all = messageId >= (channel.lastMessage?.messageId ?? 0)
    const counts = all ? { unread: 0, mentionCount: 0 } : {}
    this.channels.set(channelId, {
      ...channel,
      ...counts,
      readMessageId: messageId,
      markedUnread: false,
    })
  }

  /** It was somebody else's. */
  forget(): void {
    this.#reset()
    this.people.clear()
    this.#announced.clear()
  }

  /**
   * Whoever was out for a while got nothing meanwhile, and a device that slept through both sees only
   * that it was let in again.
   */
  /** The rows come anew. */
  #reset(): void {
    this.epoch++
    this.channels.clear()
    this.contacts.clear()
    this.presence.clear()
    this.#timelines.clear()
  }

  #announcedIn(channelId: string): Announced {
    const known = this.#announced.get(channelId)
    if (known !== undefined) return known
    const announced = new Announced()
    this.#announced.set(channelId, announced)
    return announced
  }

  #keep(row: Channel): void {
    const members = mergeMembers(row, this.channels.get(row.channelId))
    this.channels.set(row.channelId, { ...row, members })
    for (const member of row.members ?? []) this.people.set(member.userId, member)
  }

  /** The last message of the list follows at once; the server's own row comes with the next `sync`. */
  #moveLast(message: Message): void {
    const channel = this.channels.get(message.channelId)
    if (channel === undefined) return
    const last = channel.lastMessage
    const newer =
      last === null ||
      message.messageId > last.messageId ||
      (message.messageId === last.messageId && message.version > last.version)
    if (!newer) return
    const isHidden = channel.hidden && message.messageId === last?.messageId
    this.channels.set(channel.channelId, { ...channel, lastMessage: message, hidden: isHidden })
  }
}

/** Not a later change of it. */

export function noChanges(reset = false): Changes {
  return { reset, channelIds: new Set(), contactIds: new Set(), arrived: [] }
}

function activityOf(channel: Channel): number {
  return channel.lastMessage?.createdAt ?? channel.createdAt
}
