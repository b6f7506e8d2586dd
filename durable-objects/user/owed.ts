import { backoff } from '../shared/backoff.ts'
import { inParallel } from '../shared/in-parallel.ts'
import { withTimeout } from '../shared/timeout.ts'
import type { UserState } from './state.ts'

/**
 * What may be owed after a change in the main database, each a copy to be read anew from there:
 * `profile`, `settings`: the ones here; `relation`: what somebody (`id`) is to this person, here, at the DM
 * of the two and at the other one's object; `channel-profile`, `contact-profile`: this person's profile in
 * a channel, where their wish about read receipts goes with it, and with a contact; `push-address`: where a
 * device (`id`) gets its pushes, in the main database. The others are steps of a deletion; see `Deletion`.
 */
export type OwedKind =
  | 'profile'
  | 'settings'
  | 'relation'
  | 'channel-profile'
  | 'contact-profile'
  | 'push-address'
  | 'deletion'
  | 'departure'
  | 'ended-device'
  | 'erasure'

type OwedRow = { kind: OwedKind; id: string; stamp: number; failures: number }

const IN_PARALLEL = 16
/** Whoever notes a debt mostly settles it at once; the alarm comes for those who did not live to. */
const GRACE_MS = 10_000
const RETRY_BASE_MS = 1_000
const RETRY_MAX_MS = 10 * 60_000
const TIMEOUT_MS = 20_000
/** An invocation may make 1,000 calls, and a debt is at most three: the next alarm goes on. */
const MAX_PER_ROUND = 256

/** Notes a debt, before the change is made that it follows from. Belongs into a block that writes. */
export function owe(state: UserState, kind: OwedKind, id: string, now: number): void {
  state.sql.exec(
    `INSERT INTO owed (kind, id, stamp, due_at) VALUES (?1, ?2, 1, ?3)
     ON CONFLICT (kind, id) DO UPDATE SET stamp = stamp + 1, due_at = ?3, failures = 0`,
    kind,
    id,
    now + GRACE_MS,
  )
}

/** Notes a debt that is due at once, unless it is owed already. Belongs into a block that writes. */
export function oweOnce(state: UserState, kind: OwedKind, id: string, now: number): void {
  state.sql.exec(
    'INSERT OR IGNORE INTO owed (kind, id, stamp, due_at) VALUES (?, ?, 1, ?)',
    kind,
    id,
    now,
  )
}

/** Whether anything of a kind is owed. */
export function isOwed(state: UserState, kind: OwedKind): boolean {
  return !state.sql.exec('SELECT 1 FROM owed WHERE kind = ? LIMIT 1', kind).next().done
}

/** Makes all that is owed due now. */
export function hurry(state: UserState, now: number): void {
  state.sql.exec('UPDATE owed SET due_at = min(due_at, ?)', now)
}

const AGAIN = 'ON CONFLICT (kind, id) DO UPDATE SET stamp = stamp + 1, due_at = ?1, failures = 0'

/** Owes the profile to every channel that one is in and to every contact, from now on. */
export function oweProfile(state: UserState, now: number): void {
  oweChannels(state, now)
  state.sql.exec(
    `INSERT INTO owed (kind, id, stamp, due_at)
     SELECT 'contact-profile', user_id, 1, ?1 FROM contacts WHERE state <> 'none' ${AGAIN}`,
    now,
  )
}

/** Owes what channels know of this person to every one that they are in, from now on. */
export function oweChannels(state: UserState, now: number): void {
  state.sql.exec(
    `INSERT INTO owed (kind, id, stamp, due_at)
     SELECT 'channel-profile', channel_id, 1, ?1 FROM channels
     WHERE channel ->> 'leftAt' IS NULL ${AGAIN}`,
    now,
  )
}

export interface DebtsDeps {
  state(): UserState
  write<T>(block: () => T): T
  /** Settles one debt; harmless to repeat. `later`: something else has to be settled before. */
  settle(kind: OwedKind, id: string): Promise<'later' | undefined>
  now(): number
  /** The time of the next alarm may have changed. */
  rearm(): void
  report(error: unknown): void
}

/** Settles what is owed: some at a time, with back-off, and from the alarm whatever happens. */
export class Debts {
  private draining: Promise<void> | null = null

  constructor(private readonly deps: DebtsDeps) {}

  /**
   * When the next debt is due, or null if nothing is owed. While a round runs that is later, for whoever
   * does not live to end it.
   */
  nextAt(): number | null {
    const state = this.deps.state()
    if (!state.exists) return null
    const { at } = state.sql.exec<{ at: number | null }>('SELECT min(due_at) AS at FROM owed').one()
    return at !== null && this.draining !== null ? Math.max(at, this.deps.now() + GRACE_MS) : at
  }

  /** Settles what is due, a part of it at a time. Never fails: what does is due again later. */
  run(): Promise<void> {
    this.draining ??= this.drain().finally(() => {
      this.draining = null
      this.deps.rearm()
    })
    return this.draining
  }

  /** Settles one debt now; false if that failed, and it is due again later. */
  async settle(kind: OwedKind, id: string): Promise<boolean> {
    const row = this.deps
      .state()
      .sql.exec<OwedRow>(
        'SELECT kind, id, stamp, failures FROM owed WHERE kind = ? AND id = ?',
        kind,
        id,
      )
      .toArray()[0]
    return row ? await this.attempt(row) : true
  }

  private async drain(): Promise<void> {
    for (let round = 0; round < MAX_PER_ROUND; round += IN_PARALLEL) {
      const due = this.due()
      if (due.length === 0) return
      await inParallel(due, IN_PARALLEL, (row) => this.attempt(row))
    }
  }

  private due(): OwedRow[] {
    const state = this.deps.state()
    if (!state.exists) return []
    return state.sql
      .exec<OwedRow>(
        'SELECT kind, id, stamp, failures FROM owed WHERE due_at <= ? ORDER BY due_at LIMIT ?',
        this.deps.now(),
        IN_PARALLEL,
      )
      .toArray()
  }

  private async attempt({ kind, id, stamp, failures }: OwedRow): Promise<boolean> {
    let failure: unknown = null
    try {
      const outcome = await withTimeout(this.deps.settle(kind, id), TIMEOUT_MS)
      if (outcome === 'later') failure = outcome
    } catch (error) {
      this.deps.report(error)
      failure = error
    }
    if (failure !== null) {
      const dueAt = this.deps.now() + backoff(failures + 1, RETRY_BASE_MS, RETRY_MAX_MS)
      this.update(
        'UPDATE owed SET due_at = ?4, failures = failures + 1 WHERE kind = ?1 AND id = ?2 AND stamp = ?3',
        [kind, id, stamp, dueAt],
      )
      return false
    }
    this.update('DELETE FROM owed WHERE kind = ?1 AND id = ?2 AND stamp = ?3', [kind, id, stamp])
    return true
  }

  private update(statement: string, values: (string | number)[]): void {
    this.deps.write(() => this.deps.state().sql.exec(statement, ...values))
  }
}
