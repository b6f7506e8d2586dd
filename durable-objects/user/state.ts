import * as z from 'zod'
import { DEFAULT_SETTINGS, settingsSchema, type Settings } from '../../protocol/objects.ts'
import { isMigrated, migrate } from '../shared/migrate.ts'
import { USER_MIGRATIONS } from './schema.ts'

/**
 * The counter of one person's object, kept in memory and found again from the rows that carry it.
 * It starts at 1, so that a device which has seen everything there is never holds the cursor 0.
 */
export class UserState {
  private constructor(
    readonly sql: SqlStorage,
    private userIdOrNull: string | null,
    private seq: number,
    private floor: number,
    /** A copy of what the main database says; see `saveSettings`. */
    public settings: Settings,
    private deletedAt: number | null,
  ) {}

  static load(storage: DurableObjectStorage): UserState {
    const { sql } = storage
    if (!isMigrated(sql)) return new UserState(sql, null, 1, 0, DEFAULT_SETTINGS, null)
    migrate(storage, USER_MIGRATIONS)
    const user = sql
      .exec<{
        user_id: string
        inbox_floor: number
        settings: string | null
        deleted_at: number | null
      }>('SELECT user_id, inbox_floor, settings, deleted_at FROM user')
      .toArray()[0]
    const { seq } = sql
      .exec<{ seq: number }>(
        `SELECT max(
           ifnull((SELECT max(seq) FROM inbox), 0),
           ifnull((SELECT max(seq) FROM channels), 0),
           ifnull((SELECT max(seq) FROM contacts), 0)) AS seq`,
      )
      .one()
    const floor = user?.inbox_floor ?? 0
    const settings = user?.settings
      ? settingsSchema.parse({
          ...DEFAULT_SETTINGS,
          ...z.looseObject({}).parse(JSON.parse(user.settings)),
        })
      : DEFAULT_SETTINGS
    return new UserState(
      sql,
      user?.user_id ?? null,
      Math.max(seq, floor, 1),
      floor,
      settings,
      user?.deleted_at ?? null,
    )
  }

  /** Makes the tables of a person whose object is written to for the first time. */
  ensure(storage: DurableObjectStorage, userId: string): void {
    if (this.userIdOrNull !== null) return
    migrate(storage, USER_MIGRATIONS)
    this.sql.exec('INSERT OR IGNORE INTO user (id, user_id) VALUES (1, ?)', userId)
    this.userIdOrNull = userId
  }

  get userId(): string | null {
    return this.userIdOrNull
  }

  /** Whether anything was ever written here; before that there are no tables to read. */
  get exists(): boolean {
    return this.userIdOrNull !== null
  }

  /** The value of the counter: the highest cursor a device can have. */
  get counter(): number {
    return this.seq
  }

  get inboxFloor(): number {
    return this.floor
  }

  /** The account is gone, or going: nobody may be this person any more. */
  get isDeleted(): boolean {
    return this.deletedAt !== null
  }

  markDeleted(now: number): void {
    if (this.deletedAt !== null) return
    this.sql.exec('UPDATE user SET deleted_at = ?', now)
    this.deletedAt = now
  }

  nextSeq(): number {
    return ++this.seq
  }

  raiseFloor(seq: number): void {
    this.sql.exec('UPDATE user SET inbox_floor = ?', seq)
    this.floor = seq
  }
}
