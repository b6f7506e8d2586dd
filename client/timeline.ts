import type { History } from '../protocol/http.ts'
import type { Message } from '../protocol/objects.ts'
import { Ranges, type Range } from './ranges.ts'

/** The end of a range that goes up to now and, with every `sync`, on from there. */
const NOW = Number.POSITIVE_INFINITY
const FIRST_ID = 1

export type PageBound =
  | { kind: 'newest' }
  | { kind: 'before' | 'after' | 'around'; messageId: number }

/** The messages of one channel that this device holds, and which stretches of them have no hole. */
export class Timeline {
  /** By ascending id, those outside of every range included. */
  readonly #rows: Message[] = []
  readonly #ranges = new Ranges()
  /** Up to which version the channel socket has brought everything here: where it goes on. */
  version = 0
  #latest: Message[] | null = null
  /** What lies below was held once, whether it still is or not. */
  #letGoBelow = 0

  /** The newest messages without a hole up to now, ascending. The same array until something changes. */
  get latest(): readonly Message[] {
    return (this.#latest ??= this.#within(this.#ranges.at(NOW)))
  }

  /** Whether the newest stretch is known at all; before, `latest` is empty for want of knowledge. */
  get known(): boolean {
    return this.#ranges.at(NOW) !== null
  }

  /** Whether `latest` reaches back to the first message ever. */
  get complete(): boolean {
    return this.#ranges.at(NOW)?.from === FIRST_ID
  }

  /** The lowest id of the newest stretch: what lies before it is read with `before`. */
  get oldestId(): number | null {
    return this.#ranges.at(NOW)?.from ?? null
  }

  /** The messages around `messageId` without a hole, ascending; empty if it is not held. */
  around(messageId: number): readonly Message[] {
    return this.#within(this.#ranges.at(messageId))
  }

  /** How far the stretch around `messageId` goes; null if that is not held. */
  edges(messageId: number): { isFirst: boolean; isLatest: boolean } | null {
    const range = this.#ranges.at(messageId)
    return range && { isFirst: range.from === FIRST_ID, isLatest: range.to === NOW }
  }

  get(messageId: number): Message | null {
    const row = this.#rows[this.#indexOf(messageId)]
    return row?.messageId === messageId ? row : null
  }

  /** Whether this message was here before, also if it was let go. */
  hasSeen(messageId: number): boolean {
    return messageId < this.#letGoBelow || this.get(messageId) !== null
  }

  /** Keeps the row with the higher version. Returns whether that was this one. */
  put(message: Message): boolean {
    const index = this.#indexOf(message.messageId)
    const held = this.#rows[index]
    const isHeld = held?.messageId === message.messageId
    if (isHeld && held.version >= message.version) return false
    this.#rows.splice(index, isHeld ? 1 : 0, message)
    this.#latest = null
    return true
  }

  /** A message out of `sync`. Those come in order and without a hole, so a new one reaches up to now. */
  putLive(message: Message): boolean {
    const changed = this.put(message)
    const isNew = message.version === message.messageId
    if (isNew && !this.known) this.#ranges.add(message.messageId, NOW)
    return changed
  }

  /** The same, seen by `userId`: before the message that lets them in there may be holes. */
  putSynced(message: Message, userId: string | null): boolean {
    const isFirst = !this.hasSeen(message.messageId)
    const changed = this.putLive(message)
    if (isFirst && letsIn(message, userId)) this.#beginAt(message.messageId)
    return changed
  }

  /**
   * The newest messages, in place of a continuation that would have been too long: between them and
   * what was held there may be a hole.
   */
  putNewest(messages: readonly Message[]): void {
    const first = messages[0]?.messageId ?? FIRST_ID
    const newest = this.latest.at(-1)?.messageId
    if (newest === undefined || newest < first) this.#ranges.endAt(NOW, newest ?? 0)
    for (const message of messages) this.put(message)
    this.#latest = null
    this.#ranges.add(first, NOW)
  }

  /**
   * Lets go of all but the newest `count` messages, to be read again when somebody wants them. Those that
   * were fetched by themselves, to be quoted, stay.
   */
  keepNewest(count: number): void {
    const first = this.latest.at(-count)
    if (first === undefined || this.latest.length <= count) return
    const end = this.#indexOf(first.messageId)
    const alone = this.#rows
      .slice(0, end)
      .filter(({ messageId }) => this.#ranges.at(messageId) === null)
    this.#rows.splice(0, end, ...alone)
    this.#letGoBelow = first.messageId
    this.#beginAt(first.messageId)
  }

  /** The newest messages as they were kept on this device: what came since goes on from there. */
  restore(messages: readonly Message[]): void {
    const [first] = messages
    if (first === undefined) return
    for (const message of messages) this.put(message)
    this.#ranges.add(first.messageId, NOW)
    this.#latest = null
  }

  /** A page of history, and with it the stretch that the page proves to be without a hole. */
  putPage(bound: PageBound, page: History): void {
    for (const message of page.messages) this.put(message)
    this.#latest = null
    const range = stretchOf(bound, page)
    if (range !== null) this.#ranges.add(range.from, range.to)
  }

  #beginAt(messageId: number): void {
    this.#ranges.clear()
    this.#ranges.add(messageId, NOW)
    this.#latest = null
  }

  #within(range: Range | null): Message[] {
    if (range === null) return []
    return this.#rows.slice(this.#indexOf(range.from), this.#indexOf(range.to + 1))
  }

  /** Where `messageId` is, or would have to go. Looks at the end first: most messages are new. */
  #indexOf(messageId: number): number {
    let low = 0
    let high = this.#rows.length
    if (messageId > (this.#rows.at(-1)?.messageId ?? 0)) return high
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#rows[middle]?.messageId ?? 0) < messageId) low = middle + 1
      else high = middle
    }
    return low
  }
}

function letsIn({ system }: Message, userId: string | null): boolean {
  if (system === null || system.userId !== userId) return false
  return system.action === 'added' || system.action === 'joined'
}

function stretchOf(bound: PageBound, page: History): Range | null {
  const first = page.hasMoreBefore ? page.messages[0]?.messageId : FIRST_ID
  const last = page.hasMoreAfter ? page.messages.at(-1)?.messageId : NOW
  switch (bound.kind) {
    case 'newest':
      return first === undefined ? null : { from: first, to: NOW }
    case 'before':
      return first === undefined ? null : { from: first, to: bound.messageId - 1 }
    case 'after':
      return last === undefined ? null : { from: bound.messageId + 1, to: last }
    case 'around':
      return first === undefined || last === undefined ? null : { from: first, to: last }
  }
}
