import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** Fills channels with messages, in the files of their objects, while no server runs on them. */

/** In one message of so many; the rare word in about ten of a million, beside the common one. */
export const COMMON = { word: 'weather', oneIn: 3 }
export const RARE = { word: 'kingfisher', oneIn: 90_000 }

/** Words by rank: like in a language, a few make up most of what is said. */
const VOCABULARY = 20_000
const WORDS_IN_TEXT = 9
const EVERY_MS = 30_000

/**
 * Gives each of these channels `count` messages of its members in turn, not archived yet, and as if
 * everybody's inbox had them.
 */
export function fillChannels(
  persistTo: string,
  channelIds: readonly string[],
  count: number,
): void {
  const folder = join(persistTo, 'v3', 'do', 'parley-ChannelObject')
  const files = readdirSync(folder).filter((name) => /^[0-9a-f]+\.sqlite$/.test(name))
  const wanted = new Set(channelIds)
  for (const file of files) {
    const database = new DatabaseSync(join(folder, file))
    const channel = database.prepare('SELECT channel_id FROM channel').get()
    const index = channelIds.indexOf(String(channel?.['channel_id']))
    if (index >= 0) fill(database, index, count)
    wanted.delete(channelIds[index] ?? '')
    database.close()
  }
  if (wanted.size > 0) throw new Error(`no object holds ${[...wanted].join(', ')}`)
}

function fill(database: DatabaseSync, channel: number, count: number): void {
  const members = database
    .prepare('SELECT user_id FROM members')
    .all()
    .map((row) => String(row['user_id']))
  const newest = database.prepare('SELECT max(message_id) AS id FROM messages').get()
  const first = Number(newest?.['id'] ?? 0) + 1
  const random = randomFrom(channel + 1)
  const start = Date.now() - count * EVERY_MS
  const insert = database.prepare(
    `INSERT INTO messages (message_id, version, user_id, client_id, kind, text, created_at)
     VALUES (?1, ?1, ?2, ?3, 'text', ?4, ?5)`,
  )
  database.exec('BEGIN')
  for (let i = 0; i < count; i++) {
    const sender = members[i % members.length] ?? ''
    const at = Math.floor(start + i * EVERY_MS + random() * EVERY_MS)
    insert.run(first + i, sender, `filled-${i}`, textOf(i, random), at)
  }
  const last = first + count - 1
  database
    .prepare(
      'UPDATE members SET delivered_version = ?1, read_message_id = ?1, counted_message_id = ?1',
    )
    .run(last)
  database.exec('COMMIT')
}

function textOf(index: number, random: () => number): string {
  const words = Array.from({ length: WORDS_IN_TEXT }, () => wordOf(rank(random)))
  if (index % COMMON.oneIn === 0) words[2] = COMMON.word
  if (index % RARE.oneIn === RARE.oneIn / 2) words[5] = RARE.word
  return words.join(' ')
}

/** The rank of a word, the higher the less often: about as 1 / rank. */
function rank(random: () => number): number {
  return Math.floor(VOCABULARY ** random())
}

function wordOf(index: number): string {
  return (index + 11).toString(26).replace(/\d/g, (digit) => 'qrstuvwxyz'[Number(digit)] ?? '')
}

/** The same numbers every time, which is what makes runs comparable. */
function randomFrom(seed: number): () => number {
  let state = seed * 2_654_435_761
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_507) + 0x9e37_79b9) | 0
    return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32
  }
}
