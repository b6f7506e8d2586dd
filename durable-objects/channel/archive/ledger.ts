/**
 * What a channel knows of its archive: how far the second copy is, which ids lie in which shard, and
 * what lives only there because it was dropped here. Kept in the object's tables, copied in memory.
 */

/** Messages from this id on, up to the next range, are in this shard. */
export interface ShardRange {
  fromMessageId: number
  shard: number
  /** Stands for what was archived when rows were last dropped: reads must see at least that. */
  bookmark: string | null
}

/** What a range of ids is in one shard; both bounds are outside. */
export interface ShardPart extends ShardRange {
  after: number
  before: number
}

/** Ids of one shard, from one on and below another. */
export interface IdRange {
  from: number
  below: number
}

/** Messages of a shard that is behind: those above this version are not there yet. */
export interface BehindRange extends IdRange {
  version: number
}

/** The columns of `channel` that are the archive's. */
export type ArchiveColumns = {
  archived_version: number
  dropped_from: number
  dropped_below: number
  dropped_version: number
  uncounted_below: number
}

export interface Dropped {
  firstId: number
  lastId: number
  highestVersion: number
  /** By shard. */
  bookmarks: ReadonlyMap<number, string | null>
}

export class ArchiveLedger {
  private ranges: ShardRange[]
  private readonly behind: Map<number, number>
  /** Raised with every drop: a row that was read from the archive before one may be out of date. */
  private drops = 0

  constructor(
    private readonly sql: SqlStorage,
    private readonly columns: ArchiveColumns,
  ) {
    this.ranges = readRanges(sql)
    this.behind = readBehind(sql)
  }

  static empty(sql: SqlStorage): ArchiveLedger {
    return new ArchiveLedger(sql, {
      archived_version: 0,
      dropped_from: 0,
      dropped_below: 0,
      dropped_version: 0,
      uncounted_below: 0,
    })
  }

  /** Everything up to this version is in the archive, but for what waits for a shard that is behind. */
  get archivedVersion(): number {
    return this.columns.archived_version
  }

  /** Some message was dropped: all that are not here are below this id. */
  get droppedBelow(): number {
    return this.columns.dropped_below
  }

  /** The channel's first message, once that was dropped; else 0. */
  get droppedFrom(): number {
    return this.columns.dropped_from
  }

  /** The highest version among the messages that were dropped: the counter was at least there. */
  get droppedVersion(): number {
    return this.columns.dropped_version
  }

  /** Of what was dropped below this id, before that was kept, nobody knows here who sent it. */
  get uncountedBelow(): number {
    return this.columns.uncounted_below
  }

  get hasDropped(): boolean {
    return this.columns.dropped_below > 0
  }

  get dropCount(): number {
    return this.drops
  }

  get shards(): readonly ShardRange[] {
    return this.ranges
  }

  /** Shards that were away while the archive went on, and the version up to which each has its rows. */
  get shardsBehind(): ReadonlyMap<number, number> {
    return this.behind
  }

  /** What waits for shards that are behind. */
  get behindRanges(): BehindRange[] {
    return Array.from(this.behind, ([shard, version]) =>
      this.rangesOf(shard).map((range) => ({ ...range, version })),
    ).flat()
  }

  /** Whether the archive has a message as of this version. */
  isArchived(messageId: number, version: number): boolean {
    const shard = this.shardOf(messageId)
    const own = shard === undefined ? undefined : this.behind.get(shard)
    return version <= Math.min(this.archivedVersion, own ?? version)
  }

  /** The ids that a shard holds, in ascending order; the last range may have no end. */
  rangesOf(shard: number): IdRange[] {
    return this.ranges.flatMap((range, index) => {
      const below = this.ranges[index + 1]?.fromMessageId ?? Number.MAX_SAFE_INTEGER
      return range.shard === shard ? { from: range.fromMessageId, below } : []
    })
  }

  /** The shard that holds a message, or undefined before the channel was given one. */
  shardOf(messageId: number): number | undefined {
    return this.ranges.findLast(({ fromMessageId }) => fromMessageId <= messageId)?.shard
  }

  /** The shards that hold the ids strictly between two bounds, in ascending order. */
  parts(after: number, before: number): ShardPart[] {
    return this.ranges
      .map((range, index) => ({
        ...range,
        after: Math.max(after, range.fromMessageId - 1),
        before: Math.min(before, this.ranges[index + 1]?.fromMessageId ?? before),
      }))
      .filter((part) => part.after + 1 < part.before)
  }

  /**
   * Notes that the archive has everything up to `version`, but for what was to go to the shards in
   * `missed`: those are behind from now on. Changes nothing if the watermark is not at `from` any more.
   */
  noteArchived(from: number, version: number, missed: readonly number[]): void {
    if (this.columns.archived_version !== from || version === from) return
    for (const shard of missed) if (!this.behind.has(shard)) this.setBehind(shard, from)
    this.setArchived(version)
  }

  /** Notes that a shard that was behind at `from` has its rows up to `version`. */
  noteCaughtUp(shard: number, from: number, version: number): void {
    if (this.behind.get(shard) !== from) return
    if (version < this.archivedVersion) {
      this.setBehind(shard, version)
    } else {
      this.sql.exec('DELETE FROM archive_behind WHERE shard = ?', shard)
      this.behind.delete(shard)
    }
  }

  /** Has everything that is here archived anew. */
  rewind(): void {
    this.sql.exec('DELETE FROM archive_behind')
    this.behind.clear()
    this.setArchived(0)
  }

  /** Messages from `fromMessageId` on go to `shard`. */
  continueIn(shard: number, fromMessageId: number): void {
    this.sql.exec(
      'INSERT OR REPLACE INTO archive_shards (from_message_id, shard) VALUES (?, ?)',
      fromMessageId,
      shard,
    )
    this.ranges = readRanges(this.sql)
  }

  /** Notes what was just deleted; call it in the transaction that deletes, `dropped` once that is done. */
  saveDropped(dropped: Dropped): ArchiveColumns {
    const { columns } = this
    const next: ArchiveColumns = {
      ...columns,
      // Rows that were changed a moment ago are passed over, and go later from below what went first.
      dropped_from: this.hasDropped
        ? Math.min(columns.dropped_from, dropped.firstId)
        : dropped.firstId,
      dropped_below: Math.max(columns.dropped_below, dropped.lastId + 1),
      dropped_version: Math.max(columns.dropped_version, dropped.highestVersion),
    }
    this.sql.exec(
      'UPDATE channel SET dropped_from = ?, dropped_below = ?, dropped_version = ?',
      next.dropped_from,
      next.dropped_below,
      next.dropped_version,
    )
    for (const [shard, bookmark] of dropped.bookmarks) {
      if (bookmark === null) continue
      this.sql.exec('UPDATE archive_shards SET bookmark = ? WHERE shard = ?', bookmark, shard)
    }
    return next
  }

  dropped(next: ArchiveColumns, firstId: number): void {
    // Only what had been dropped before, and came back, can make a copy read from the archive stale.
    if (firstId < this.columns.dropped_below) this.drops++
    Object.assign(this.columns, next)
    this.ranges = readRanges(this.sql)
  }

  private setBehind(shard: number, version: number): void {
    this.sql.exec(
      'INSERT OR REPLACE INTO archive_behind (shard, archived_version) VALUES (?, ?)',
      shard,
      version,
    )
    this.behind.set(shard, version)
  }

  private setArchived(version: number): void {
    this.sql.exec('UPDATE channel SET archived_version = ?', version)
    this.columns.archived_version = version
  }
}

function readRanges(sql: SqlStorage): ShardRange[] {
  return sql
    .exec<{ from_message_id: number; shard: number; bookmark: string | null }>(
      'SELECT * FROM archive_shards ORDER BY from_message_id',
    )
    .toArray()
    .map((row) => ({
      fromMessageId: row.from_message_id,
      shard: row.shard,
      bookmark: row.bookmark,
    }))
}

function readBehind(sql: SqlStorage): Map<number, number> {
  const rows = sql.exec<{ shard: number; archived_version: number }>('SELECT * FROM archive_behind')
  return new Map(rows.toArray().map((row) => [row.shard, row.archived_version]))
}
