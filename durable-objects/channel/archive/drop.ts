import { MAX_REPLAY_ROWS } from '../../../protocol/limits.ts'
import type { ArchiveShard } from '../../../workers/db/archive.ts'
import { withTimeout } from '../../shared/timeout.ts'
import { isOwed } from '../batch.ts'
import type { ChannelState } from '../state.ts'
import { saveWatermarks } from '../watermarks.ts'
import { rememberSends } from './dropped-sends.ts'
import { rememberTexts } from './dropped-texts.ts'
import type { ArchiveColumns, BehindRange } from './ledger.ts'

/** The newest rows, by id and by version, that stay: what a channel socket may ask to be replayed. */
const KEEP_ROWS = MAX_REPLAY_ROWS
const ROWS_PER_CHUNK = 200
/** Blocks the object for some 50 ms at most. */
const CHUNKS_PER_ROUND = 5
/** Dropping goes on until so much of the limit is left, so that it does not start with every message. */
const DOWN_TO = 0.9
const BOOKMARK_TIMEOUT_MS = 10_000

/** Whether a row does not wait for a shard that is behind; the parameter is `BehindRange`s as JSON. */
const IS_NOT_BEHIND = `NOT EXISTS (
  SELECT 1 FROM json_each(?) AS behind
  WHERE message_id >= behind.value ->> 'from' AND message_id < behind.value ->> 'below'
    AND version > behind.value ->> 'version')`

/** How far the archive was before the bookmarks were asked for: whoever reads with them sees that. */
interface Known {
  archived: number
  behind: BehindRange[]
  /** Of the shards that answered. */
  bookmarks: ReadonlyMap<number, string | null>
}

/** Rows below this id, up to this version. */
interface DropLimit {
  belowId: number
  version: number
}

type DroppableRow = {
  message_id: number
  version: number
  user_id: string
  client_id: string | null
  may_be_unread: number
}

/**
 * Makes room in an object that has grown beyond its limit: deletes its oldest messages, lowest id first,
 * only such as are archived and were delivered to every inbox. `databaseSize` counts no freed pages, so
 * it falls as rows go, without a vacuum.
 */
export class Dropper {
  private dropping = false

  constructor(
    private readonly storage: DurableObjectStorage,
    private readonly state: ChannelState,
    private readonly deps: {
      shards: ReadonlyMap<number, ArchiveShard>
      maxBytes: number
      /** Called after rows went. */
      dropped(): void
    },
  ) {}

  /** Whether there is more to drop right away. */
  get isDue(): boolean {
    return this.dropping
  }

  /** Drops some chunks if the object is too large. Fails if a shard does not answer, having done what can be. */
  async run(isStopped: () => boolean): Promise<void> {
    if (!this.isTooLarge()) return
    const { failure, ...known } = await this.askShards()
    if (isStopped()) return
    this.drop(known)
    if (failure) throw failure.reason
  }

  private drop(known: Known): void {
    let rows = 0
    for (let i = 0; i < CHUNKS_PER_ROUND && this.isTooLarge(); i++) {
      const dropped = this.dropChunk(known)
      rows += dropped
      if (dropped < ROWS_PER_CHUNK) {
        // What is left must stay for now; the next alarm looks again.
        this.dropping = false
        break
      }
    }
    if (rows === 0) return
    const { identity, archive } = this.state
    const left = this.state.sql.databaseSize
    console.log(
      `channel ${identity.channelId}: dropped ${rows} archived rows, all below ${archive.droppedBelow} are in the archive, ${left} bytes left`,
    )
    this.deps.dropped()
  }

  private isTooLarge(): boolean {
    const limit = this.deps.maxBytes * (this.dropping ? DOWN_TO : 1)
    this.dropping = this.state.sql.databaseSize > limit
    return this.dropping
  }

  /** Asks the shards that have the next rows to go; `failure` is of one that did not answer. */
  private async askShards(): Promise<Known & { failure: PromiseRejectedResult | undefined }> {
    const { archive } = this.state
    const known = {
      archived: archive.archivedVersion,
      behind: archive.behindRanges,
      bookmarks: new Map<number, string | null>(),
    }
    const next = this.droppable(known, ROWS_PER_CHUNK * CHUNKS_PER_ROUND)
    const used = new Set(next.map((row) => archive.shardOf(row.message_id) ?? 0))
    const answers = await Promise.allSettled(
      Array.from(used, async (number) => {
        const shard = this.deps.shards.get(number)
        if (!shard) throw new Error(`there is no archive shard ${number}`)
        known.bookmarks.set(number, await withTimeout(shard.bookmark(), BOOKMARK_TIMEOUT_MS))
      }),
    )
    return { ...known, failure: answers.find((answer) => answer.status === 'rejected') }
  }

  /** The lowest rows that may go, at most `count`. */
  private droppable(known: Known, count: number): DroppableRow[] {
    const limit = this.limits(known.archived)
    if (!limit) return []
    return this.state.sql
      .exec<DroppableRow>(
        `SELECT message_id, version, user_id, client_id,
           kind = 'text' AND deleted_at IS NULL AS may_be_unread FROM messages
         WHERE message_id < ? AND version <= ? AND ${IS_NOT_BEHIND} ORDER BY message_id LIMIT ?`,
        limit.belowId,
        limit.version,
        this.behind(known),
        count,
      )
      .toArray()
  }

  /** As JSON, what waits for a shard now, or did when its bookmark was asked for. */
  private behind(known: Known): string {
    return JSON.stringify([...known.behind, ...this.state.archive.behindRanges])
  }

  /** Deletes the lowest rows that may go, in one transaction; returns how many. */
  private dropChunk(known: Known): number {
    const { sql, archive } = this.state
    const { bookmarks } = known
    let next: ArchiveColumns | null = null
    let firstId = 0
    const rows = this.storage.transactionSync(() => {
      // The counts that are saved must be true as of a message that is not older than what goes.
      saveWatermarks(this.storage, this.state)
      const oldest = this.droppable(known, ROWS_PER_CHUNK)
      // Whatever is below a dropped row is looked for in its shard too: so nothing goes above a row whose
      // shard does not answer.
      const away = oldest.findIndex((row) => !bookmarks.has(archive.shardOf(row.message_id) ?? 0))
      if (away >= 0) oldest.splice(away)
      const [first, last] = [oldest[0], oldest.at(-1)]
      if (!first || !last) return 0
      firstId = first.message_id
      rememberSends(sql, oldest)
      // Mentions stay: they are small, and unread mentions are counted from them.
      const texts = oldest.filter((row) => row.may_be_unread === 1)
      rememberTexts(
        sql,
        texts.map((row) => ({ messageId: row.message_id, userId: row.user_id })),
      )
      sql.exec(
        'DELETE FROM messages WHERE message_id IN (SELECT value FROM json_each(?))',
        JSON.stringify(oldest.map((row) => row.message_id)),
      )
      next = archive.saveDropped({
        firstId: first.message_id,
        lastId: last.message_id,
        highestVersion: oldest.reduce((highest, row) => Math.max(highest, row.version), 0),
        bookmarks,
      })
      return oldest.length
    })
    if (next) archive.dropped(next, firstId)
    return rows
  }

  /** What may go: rows below this id, up to this version; null if nothing may. */
  private limits(archived: number): DropLimit | null {
    const { sql, members, archive } = this.state
    const kept = sql
      .exec<{ message_id: number }>(
        'SELECT message_id FROM messages ORDER BY message_id DESC LIMIT 1 OFFSET ?',
        KEEP_ROWS - 1,
      )
      .toArray()[0]
    const keptVersion = sql
      .exec<{ version: number }>(
        `SELECT version FROM (
           SELECT * FROM (
             SELECT version FROM messages WHERE version = message_id
             ORDER BY message_id DESC LIMIT ?1)
           UNION ALL
           SELECT * FROM (
             SELECT version FROM messages INDEXED BY messages_changed WHERE version > message_id
             ORDER BY version DESC LIMIT ?1))
         ORDER BY version DESC LIMIT 1 OFFSET ?1 - 1`,
        KEEP_ROWS,
      )
      .toArray()[0]
    if (!kept || !keptVersion) return null
    // A rebuild may have set the watermark back meanwhile.
    let version = Math.min(archived, archive.archivedVersion, keptVersion.version - 1)
    for (const member of members.values()) {
      if (isOwed(this.state, member)) version = Math.min(version, member.deliveredVersion)
    }
    // No message has an id above its version: so the search ends where nothing more can be found.
    return { belowId: Math.min(kept.message_id, version + 1), version }
  }
}
