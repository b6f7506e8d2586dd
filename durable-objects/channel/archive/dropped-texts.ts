import * as z from 'zod'

/**
 * Who sent which of the dropped texts: what is unread among them is counted from this, without asking the
 * archive. Two bytes a message, 512 ids a row, so that dropping 200 messages writes a row or two. A message
 * that is here again, since it was changed, counts as it is here and is taken out.
 */

const IDS_PER_BLOCK = 512

export interface DroppedText {
  messageId: number
  userId: string
}

interface Block {
  senders: string[]
  /** For each id the sender's place in the list, from 1 on; 0 where there is no text that counts. */
  places: Uint16Array
}

/** Takes in undeleted texts that are just being dropped. Belongs into the block that deletes them. */
export function rememberTexts(sql: SqlStorage, texts: readonly DroppedText[]): void {
  const byBlock = Map.groupBy(texts, ({ messageId }) => blockOf(messageId))
  for (const [number, those] of byBlock) {
    const block = readBlock(sql, number)
    for (const { messageId, userId } of those) {
      if (!block.senders.includes(userId)) block.senders.push(userId)
      block.places[messageId % IDS_PER_BLOCK] = block.senders.indexOf(userId) + 1
    }
    saveBlock(sql, number, block)
  }
}

/** Takes out a message that is here again. Belongs into the block that inserts it. */
export function forgetText(sql: SqlStorage, messageId: number): void {
  const block = readBlock(sql, blockOf(messageId))
  const index = messageId % IDS_PER_BLOCK
  if (block.places[index] === 0) return
  block.places[index] = 0
  saveBlock(sql, blockOf(messageId), block)
}

/** How many dropped texts with an id in `(after, upTo]` others than this person sent, at most `limit`. */
export function countDroppedTexts(
  sql: SqlStorage,
  userId: string,
  after: number,
  upTo: number,
  limit: number,
): number {
  const rows = sql.exec<BlockRow>(
    'SELECT * FROM dropped_texts WHERE block >= ? AND block <= ? ORDER BY block',
    blockOf(after + 1),
    blockOf(upTo),
  )
  let count = 0
  for (const row of rows) {
    const { senders, places } = parseBlock(row)
    const own = senders.indexOf(userId) + 1
    const first = row.block * IDS_PER_BLOCK
    const end = Math.min(IDS_PER_BLOCK, upTo - first + 1)
    for (let index = Math.max(0, after + 1 - first); index < end; index++) {
      const place = places[index] ?? 0
      if (place === 0 || place === own) continue
      if (++count === limit) return count
    }
  }
  return count
}

type BlockRow = { block: number; senders: string; places: ArrayBuffer }

const sendersSchema = z.array(z.string())

function blockOf(messageId: number): number {
  return Math.floor(messageId / IDS_PER_BLOCK)
}

function readBlock(sql: SqlStorage, number: number): Block {
  const row = sql.exec<BlockRow>('SELECT * FROM dropped_texts WHERE block = ?', number).toArray()[0]
  return row ? parseBlock(row) : { senders: [], places: new Uint16Array(IDS_PER_BLOCK) }
}

function parseBlock({ senders, places }: BlockRow): Block {
  return {
    senders: sendersSchema.parse(JSON.parse(senders)),
    places: new Uint16Array(places),
  }
}

function saveBlock(sql: SqlStorage, number: number, { senders, places }: Block): void {
  sql.exec(
    'INSERT OR REPLACE INTO dropped_texts (block, senders, places) VALUES (?, ?, ?)',
    number,
    JSON.stringify(senders),
    places.buffer,
  )
}
