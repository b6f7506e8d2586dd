/** Places in time over all shards of the archive, newest first, and the `next` that goes on from one. */

/** A message in the index: where it is, and its place in time, which two messages of a shard never share. */
export interface IndexedMessage {
  channelId: string
  messageId: number
  createdAt: number
  /** Tells messages of one millisecond apart. */
  nth: number
}

/** A message that the index of one shard has found. */
export interface Found extends IndexedMessage {
  shard: number
}

/** The last place of a page: everything that comes after it is still to be looked at. */
export type Place = Pick<Found, 'createdAt' | 'shard' | 'nth'>

/** After everything: the year 2109, where the ids of the index end as well. */
export const END: Place = { createdAt: 2 ** 42, shard: -1, nth: 0 }

/** Newest first; of one millisecond the higher shard first, and in it what came later. */
export function compareFound(a: Place, b: Place): number {
  return b.createdAt - a.createdAt || b.shard - a.shard || b.nth - a.nth
}

/** What lies beyond a place in one shard: before `(createdAt, nth)`. */
export function boundIn(shard: number, last: Place): { createdAt: number; nth: number } {
  const { createdAt } = last
  if (shard === last.shard) return { createdAt, nth: last.nth }
  return { createdAt: shard > last.shard ? createdAt : createdAt + 1, nth: 0 }
}

export function toNext({ createdAt, shard, nth }: Place): string {
  return `${createdAt}.${shard}.${nth}`
}

/** The place that a `next` stands for, or null for a text that is none. */
export function fromNext(text: string): Place | null {
  const match = /^(\d{1,13})\.(\d{1,4})\.(\d{1,7})$/.exec(text)
  if (!match) return null
  const place = { createdAt: Number(match[1]), shard: Number(match[2]), nth: Number(match[3]) }
  return compareFound(place, END) > 0 ? place : null
}
