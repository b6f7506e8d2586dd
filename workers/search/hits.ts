import { channelStub } from '../../durable-objects/shared/stubs.ts'
import { withTimeout } from '../../durable-objects/shared/timeout.ts'
import { fail, ok, type Result } from '../../protocol/errors.ts'
import { MAX_BYTES_PER_FRAME } from '../../protocol/limits.ts'
import type { Message } from '../../protocol/objects.ts'
import type { Hits } from '../../protocol/search.ts'
import { utf8Length } from '../../protocol/text.ts'
import type { ArchiveShard } from '../db/archive.ts'
import type { IndexSpan } from '../db/search-index.ts'
import {
  boundIn,
  compareFound,
  END,
  fromNext,
  toNext,
  type Found,
  type IndexedMessage,
  type Place,
} from '../db/search-places.ts'
import type { Mark } from '../db/search-query.ts'
import { logError } from '../log.ts'
import { snippetOf } from './snippet.ts'

const SHARD_TIMEOUT_MS = 5_000
/** D1 fails now and then; reading may be repeated. */
const TRIES = 2

const UNAVAILABLE = fail('unavailable', 'The search does not answer right now', 5)

/** What is looked for, and in which part of time. */
export interface Wanted {
  shards: ReadonlyMap<number, ArchiveShard>
  /** Asks the index of one shard. */
  find(shard: ArchiveShard, span: IndexSpan): Promise<IndexedMessage[]>
  /** Whether a message as it is now is a hit, and where; null if it is none any more. */
  marks(message: Message): Mark[] | null
  since?: number | undefined
  /** Exclusive. */
  until?: number | undefined
  before?: string | undefined
  limit: number
}

/**
 * A page of hits. The index says where they may be; each channel is then asked for those messages in
 * the name of the reader, so what comes is what they may see, as it is now. A page ends at `limit` or at
 * 1 MiB of text; it may be short when something was no hit any more. Refuses `invalid` for a `before`
 * that is no `next`, `unavailable` if a shard does not answer.
 */
export async function readHits(env: Env, userId: string, wanted: Wanted): Promise<Result<Hits>> {
  const { limit } = wanted
  const start = startOf(wanted)
  if (!start) return fail('invalid', 'before is not a next of this list')
  const found = await findEverywhere(wanted, start)
  if (!found) return UNAVAILABLE
  const page = found.slice(0, limit)
  const messages = await readMessages(env, userId, page)
  if (!messages) return UNAVAILABLE
  const hits: Hits['hits'] = []
  let bytes = 0
  let last: Found | undefined
  for (const place of page) {
    const message = messages.get(place)
    bytes += utf8Length(message?.text ?? '')
    // A channel that had too much to say left the rest out: that is for the next page.
    if (message === undefined || (hits.length > 0 && bytes > MAX_BYTES_PER_FRAME)) break
    last = place
    const marks = message && wanted.marks(message)
    if (message && marks) hits.push({ message, ...snippetOf(message.text, marks) })
  }
  const isAll = found.length <= limit && last === page.at(-1)
  return ok({ hits, next: isAll ? null : toNext(last ?? start) })
}

function startOf({ before, until }: Wanted): Place | null {
  const end = until === undefined || until > END.createdAt ? END : { ...END, createdAt: until }
  const last = before === undefined ? end : fromNext(before)
  return last && (compareFound(last, end) < 0 ? end : last)
}

/** Places of the next hits over all shards, newest first, one more than a page has; null if one fails. */
async function findEverywhere(wanted: Wanted, start: Place): Promise<Found[] | null> {
  const { limit } = wanted
  const since = Math.min(wanted.since ?? 0, END.createdAt)
  try {
    const answers = await Promise.all(
      Array.from(wanted.shards, async ([number, shard]) => {
        const span = { since, before: boundIn(number, start), limit: limit + 1 }
        const rows = await tried(() => wanted.find(shard, span))
        return rows.map((row) => ({ ...row, shard: number }))
      }),
    )
    return answers
      .flat()
      .sort(compareFound)
      .slice(0, limit + 1)
  } catch (error) {
    logError('search', error)
    return null
  }
}

async function tried<T>(read: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await withTimeout(read(), SHARD_TIMEOUT_MS)
    } catch (error) {
      if (attempt === TRIES) throw error
    }
  }
}

/**
 * The messages at these places as their channels have them: null for one that is gone or that the
 * reader may not see, nothing for what a channel had no room for. Null if a channel does not answer.
 */
async function readMessages(
  env: Env,
  userId: string,
  places: readonly Found[],
): Promise<Map<Found, Message | null> | null> {
  const messages = new Map<Found, Message | null>()
  try {
    await Promise.all(
      Array.from(
        Map.groupBy(places, ({ channelId }) => channelId),
        async ([channelId, those]) => {
          const rows = await pick(env, userId, channelId, those)
          for (const [index, place] of those.slice(0, rows.length).entries()) {
            messages.set(place, rows[index] ?? null)
          }
        },
      ),
    )
    return messages
  } catch (error) {
    logError('search', error)
    return null
  }
}

async function pick(
  env: Env,
  userId: string,
  channelId: string,
  places: readonly Found[],
): Promise<(Message | null)[]> {
  const ids = places.map(({ messageId }) => messageId)
  const picked = await channelStub(env, channelId)?.pick(userId, ids)
  if (picked?.ok) return picked.value
  if (picked?.code === 'unavailable') throw new Error(picked.detail)
  return ids.map(() => null)
}
