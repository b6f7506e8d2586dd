import type { Outgoing } from '../../../client/index.ts'
import type { Message } from '../../../protocol/objects.ts'
import { startOfDay } from '../../ui/time.ts'
import { blockOf } from './span.ts'

/** Messages of one person within this of each other stand together. */
const GROUP_WITHIN_MS = 5 * 60 * 1000

/** One bubble, stored or on its way. */
export type Entry =
  | { key: string; at: number; text: string; stored: Message }
  | { key: string; at: number; text: string; outgoing: Outgoing }

export type Item =
  | { kind: 'day'; key: string; at: number }
  | { kind: 'unread'; key: string }
  | { kind: 'system'; key: string; message: Message }
  | {
      kind: 'group'
      key: string
      userId: string
      isOwn: boolean
      /** The group before is of the same person, and ends only because its block does. */
      continues: boolean
      entries: Entry[]
    }

export interface TimelineInput {
  messages: readonly Message[]
  outgoing: readonly Outgoing[]
  me: string
  /** The message that the unread line stands before, if any. */
  firstUnreadId: number | null
}

/** What the timeline shows, top to bottom. */
export function timelineItems({ messages, outgoing, me, firstUnreadId }: TimelineInput): Item[] {
  const items: Item[] = []
  let day = Number.NaN

  function startDay(at: number) {
    const start = startOfDay(at)
    if (start === day) return
    day = start
    items.push({ kind: 'day', key: `day-${start}`, at })
  }

  function addEntry(userId: string, entry: Entry) {
    const last = items.at(-1)
    const before = last?.kind === 'group' ? last.entries.at(-1) : undefined
    const joins =
      last?.kind === 'group' &&
      last.userId === userId &&
      before !== undefined &&
      entry.at - before.at < GROUP_WITHIN_MS
    if (joins && isSameBlock(before, entry)) last.entries.push(entry)
    else {
      const key = `group-${entry.key}`
      const isOwn = userId === me
      items.push({ kind: 'group', key, userId, isOwn, continues: joins, entries: [entry] })
    }
  }

  for (const message of messages) {
    startDay(message.createdAt)
    if (message.messageId === firstUnreadId) items.push({ kind: 'unread', key: 'unread' })
    if (message.kind === 'system') {
      items.push({ kind: 'system', key: `system-${message.messageId}`, message })
    } else {
      const { userId, createdAt, text } = message
      addEntry(userId, { key: keyOf(message, me), at: createdAt, text, stored: message })
    }
  }
  for (const entry of outgoing) {
    startDay(entry.createdAt)
    const { clientId, createdAt, text } = entry
    addEntry(me, { key: `own-${clientId}`, at: createdAt, text, outgoing: entry })
  }
  return items
}

/** The first message of others above what was read when the chat was opened. */
export function firstUnread(
  messages: readonly Message[],
  readMessageId: number,
  me: string,
): number | null {
  const unread = messages.find((message) => isUnread(message, readMessageId, me))
  return unread?.messageId ?? null
}

/** How many of these were unread when the chat was opened, as the server counts: deleted ones are not. */
export function countUnread(
  messages: readonly Message[],
  opened: { readMessageId: number; lastMessageId: number },
  me: string,
): number {
  return messages.filter(
    (message) =>
      message.deletedAt === null &&
      message.messageId <= opened.lastMessageId &&
      isUnread(message, opened.readMessageId, me),
  ).length
}

/** How many of others came after what was seen last. Looks from the end: a chat may be long. */
export function countNew(messages: readonly Message[], seenId: number, me: string): number {
  let count = 0
  for (let i = messages.length - 1; i >= 0; i--) {
    const message = messages[i]
    if (message === undefined || message.messageId <= seenId) break
    if (message.userId !== me && message.kind === 'text') count++
  }
  return count
}

/** Blocks come onto the page and go as wholes, so no group may stand in two. */
function isSameBlock(before: Entry, entry: Entry): boolean {
  if (!('stored' in before && 'stored' in entry)) return true
  return blockOf(before.stored.messageId) === blockOf(entry.stored.messageId)
}

function isUnread(
  { messageId, kind, userId }: Message,
  readMessageId: number,
  me: string,
): boolean {
  return messageId > readMessageId && kind === 'text' && userId !== me
}

/** The same for a message on its way and once it is stored, so that its bubble stays. */
function keyOf(message: Message, me: string): string {
  if (message.userId === me && message.clientId !== null) return `own-${message.clientId}`
  return `message-${message.messageId}`
}
