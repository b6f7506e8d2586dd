import { MAX_WATCHERS } from '../../../protocol/limits.ts'
import type { Presence } from '../../../protocol/objects.ts'
import { backoff } from '../../shared/backoff.ts'
import { withTimeout } from '../../shared/timeout.ts'
import type { UserState } from '../state.ts'
import type { Activity } from './activity.ts'

/** What a watcher is told: as of when, by this object's clock, so that what comes late is known for it. */
export interface Told extends Presence {
  asOf: number
}

export interface WatchersDeps {
  ownerId(): string
  state(): UserState
  write<T>(block: () => T): T
  activity(): Activity
  /** Keeps what nobody needed to know before. Called in a block that writes. */
  keepActivity(): void
  mayBeSeenBy(otherId: string): boolean
  isAcquainted(otherId: string): boolean
  /** Tells a watcher; false if they are not watching any more. */
  tell(watcherId: string, told: Told): Promise<boolean>
  now(): number
  rearm(): void
  report(error: unknown): void
}

type WatcherRow = { user_id: string; told: number | null; retry_at: number }

const IN_PARALLEL = 32
const TIMEOUT_MS = 20_000
const RETRY_BASE_MS = 1_000
const RETRY_MAX_MS = 5 * 60_000

/**
 * Who watches this person, and what each was told. A change is told by one call to each whom it concerns;
 * what changes back meanwhile is not told at all. Who answers that they are not watching is dropped, and
 * that is all that those who have gone away ever cost.
 */
export class Watchers {
  private readonly telling = new Set<string>()
  private lastAsOf = 0

  constructor(private readonly deps: WatchersDeps) {}

  /**
   * Takes `watcherId` for somebody to be told from now on. Null for whoever has nothing to do with this
   * person, or if there are too many: they are not told.
   */
  add(watcherId: string): Told | null {
    const { state, deps } = { state: this.deps.state(), deps: this.deps }
    if (!deps.isAcquainted(watcherId) || this.isFull(watcherId)) return null
    const told = this.toldTo(watcherId)
    deps.write(() => {
      state.sql.exec(
        'INSERT OR REPLACE INTO watchers (user_id, told) VALUES (?, ?)',
        watcherId,
        numberOf(told.status),
      )
      deps.keepActivity()
    })
    deps.rearm()
    return told
  }

  remove(watcherId: string): void {
    const state = this.deps.state()
    if (!state.exists) return
    state.sql.exec('DELETE FROM watchers WHERE user_id = ?', watcherId)
  }

  /** Starts to tell everybody who was told something else before. */
  tellChanges(): void {
    const state = this.deps.state()
    if (!state.exists) return
    const { online } = this.deps.activity()
    const now = this.deps.now()
    for (const row of this.rows()) {
      if (this.telling.size >= IN_PARALLEL) return
      if (this.telling.has(row.user_id) || row.retry_at > now) continue
      const status = this.deps.mayBeSeenBy(row.user_id) ? Number(online) : null
      if (status !== row.told) void this.call(row.user_id)
    }
  }

  /** Whether anybody watches this person. */
  get exist(): boolean {
    const state = this.deps.state()
    if (!state.exists) return false
    return !state.sql.exec('SELECT 1 FROM watchers LIMIT 1').next().done
  }

  /** Whether anybody is waiting to hear that this person has gone: only then heartbeats are looked at. */
  get areWaiting(): boolean {
    const state = this.deps.state()
    if (!state.exists) return false
    return !state.sql.exec('SELECT 1 FROM watchers WHERE told = 1 LIMIT 1').next().done
  }

  /** When somebody is to be told again whom it could not be told to, or null. */
  nextRetryAt(): number | null {
    const state = this.deps.state()
    if (!state.exists) return null
    return state.sql
      .exec<{ at: number | null }>('SELECT min(retry_at) AS at FROM watchers WHERE failures > 0')
      .one().at
  }

  /** What somebody may know now. */
  toldTo(watcherId: string): Told {
    const { online, lastActiveAt } = this.deps.activity()
    const isSeen = this.deps.mayBeSeenBy(watcherId)
    this.lastAsOf = Math.max(this.deps.now(), this.lastAsOf + 1)
    return {
      userId: this.deps.ownerId(),
      status: isSeen ? (online ? 'online' : 'offline') : null,
      lastActiveAt: isSeen ? lastActiveAt : null,
      asOf: this.lastAsOf,
    }
  }

  private async call(watcherId: string): Promise<void> {
    this.telling.add(watcherId)
    const told = this.toldTo(watcherId)
    try {
      const isWatching = await withTimeout(this.deps.tell(watcherId, told), TIMEOUT_MS)
      if (!isWatching || !this.deps.isAcquainted(watcherId)) this.remove(watcherId)
      else this.saveTold(watcherId, numberOf(told.status))
    } catch (error) {
      this.deps.report(error)
      this.saveFailure(watcherId)
    } finally {
      this.telling.delete(watcherId)
      this.deps.rearm()
    }
    this.tellChanges()
  }

  private saveTold(watcherId: string, told: number | null): void {
    this.deps
      .state()
      .sql.exec(
        'UPDATE watchers SET told = ?, retry_at = 0, failures = 0 WHERE user_id = ?',
        told,
        watcherId,
      )
  }

  private saveFailure(watcherId: string): void {
    const { sql } = this.deps.state()
    const failures =
      sql
        .exec<{ failures: number }>('SELECT failures FROM watchers WHERE user_id = ?', watcherId)
        .toArray()[0]?.failures ?? 0
    sql.exec(
      'UPDATE watchers SET failures = ?, retry_at = ? WHERE user_id = ?',
      failures + 1,
      this.deps.now() + backoff(failures + 1, RETRY_BASE_MS, RETRY_MAX_MS),
      watcherId,
    )
  }

  private isFull(watcherId: string): boolean {
    const { n } = this.deps
      .state()
      .sql.exec<{ n: number }>('SELECT count(*) AS n FROM watchers WHERE user_id <> ?', watcherId)
      .one()
    return n >= MAX_WATCHERS
  }

  private rows(): WatcherRow[] {
    return this.deps
      .state()
      .sql.exec<WatcherRow>('SELECT user_id, told, retry_at FROM watchers')
      .toArray()
  }
}

function numberOf(status: Presence['status']): number | null {
  return status === null ? null : Number(status === 'online')
}
