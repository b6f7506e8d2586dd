import type { Presence, Status } from '../../../protocol/objects.ts'
import { inParallel } from '../../shared/in-parallel.ts'
import type { Connection } from '../../shared/connection.ts'
import type { UserState } from '../state.ts'
import { dropWatchList, readWatchLists, saveWatchList } from './watch-lists.ts'
import type { Told } from './watchers.ts'

export interface WatchingDeps {
  ownerId(): string
  state(): UserState
  write<T>(block: () => T): T
  /** Sockets whose device was heard within the last 30 s. */
  alive(): Connection[]
  /** Every open socket. */
  open(): Connection[]
  mayBeSeenBy(otherId: string): boolean
  /** Asks to be told by somebody from now on; null: they will not. */
  subscribe(userId: string): Promise<Told | null>
  unsubscribe(userId: string): Promise<void>
  now(): number
  report(error: unknown): void
}

type SubscriptionRow = {
  user_id: string
  status: Status
  last_active_at: number | null
  as_of: number
  asked_at: number
}

const IN_PARALLEL = 32
/** Who said nothing for a day is asked again, in case a change was lost. */
const ASK_AGAIN_MS = 24 * 60 * 60 * 1000
/** People who are offline tell when they come, so they stay subscribed to when off screen; up to here. */
const MAX_KEPT = 1_000

/**
 * Whom this person's devices show, and what those said last. Asking costs one call for each who is not
 * known yet; they tell by themselves from then on, until they are answered that nobody is watching.
 */
export class Watching {
  constructor(private readonly deps: WatchingDeps) {}

  /** Takes a socket's new list, and tells it of everybody in it. */
  async watch(connection: Connection, userIds: readonly string[]): Promise<void> {
    const ids = [...new Set(userIds)].filter((id) => id !== this.deps.ownerId())
    const { state, write } = this.deps
    if (ids.length > 0 || state().exists) {
      write(() => saveWatchList(state(), connection.socketId, ids))
    }
    this.leaveUnwatched()
    const unknown: string[] = []
    for (const userId of ids) {
      const known = this.known(userId)
      if (!this.deps.mayBeSeenBy(userId)) connection.send(frame(hidden(userId)))
      else if (known) connection.send(frame(known))
      else unknown.push(userId)
    }
    await this.ask(unknown)
  }

  /**
   * What somebody tells who is watched. False if no device that is there shows them, or if they may not
   * be seen any more: then they need not tell again.
   */
  hear(told: Told): boolean {
    const watchers = this.socketsWatching(told.userId)
    const { state, write } = this.deps
    if (watchers.length === 0 || !this.deps.mayBeSeenBy(told.userId)) {
      if (state().exists) this.forget(told.userId)
      return false
    }
    if (told.asOf <= (this.row(told.userId)?.as_of ?? 0)) return true
    write(() => this.save(told))
    for (const connection of watchers) connection.send(frame(told))
    return true
  }

  /** What is known of somebody who tells of every change, or null. */
  known(userId: string): Presence | null {
    const row = this.row(userId)
    if (!row || row.asked_at < this.deps.now() - ASK_AGAIN_MS) return null
    return { userId, status: row.status, lastActiveAt: row.last_active_at }
  }

  /** Looks again at whom the devices show: what may be seen of them has changed, or of one of them. */
  async lookAgain(only: string | null): Promise<void> {
    if (!this.deps.state().exists) return
    const shown = this.shown()
    const ids = only === null ? [...shown] : [only].filter((id) => shown.has(id))
    const seen = ids.filter((id) => this.deps.mayBeSeenBy(id))
    for (const userId of ids) {
      if (seen.includes(userId)) continue
      await this.leave([userId])
      for (const connection of this.socketsWatching(userId)) connection.send(frame(hidden(userId)))
    }
    for (const userId of seen) this.forget(userId)
    await this.ask(seen)
  }

  /** A socket is gone, and with it its list. */
  closed(socketId: string): void {
    dropWatchList(this.deps.state(), socketId)
  }

  /** Whether others go on telling although nobody here is shown them. */
  get hasIdle(): boolean {
    const state = this.deps.state()
    if (!state.exists) return false
    return !state.sql.exec("SELECT 1 FROM subscriptions WHERE status = 'online' LIMIT 1").next()
      .done
  }

  /** Lets go of those who are off screen and online: their heartbeats need not be looked at for us. */
  leaveUnwatched(): void {
    const state = this.deps.state()
    if (!state.exists) return
    const shown = this.shown()
    state.sql.exec(
      `DELETE FROM subscriptions WHERE user_id IN (
         SELECT user_id FROM subscriptions ORDER BY asked_at DESC LIMIT -1 OFFSET ${MAX_KEPT})`,
    )
    const online = state.sql
      .exec<{ user_id: string }>("SELECT user_id FROM subscriptions WHERE status = 'online'")
      .toArray()
      .map((row) => row.user_id)
    void this.leave(online.filter((id) => !shown.has(id)))
  }

  private async ask(userIds: readonly string[]): Promise<void> {
    await inParallel(userIds, IN_PARALLEL, async (userId) => {
      try {
        const told = await this.deps.subscribe(userId)
        const watchers = this.socketsWatching(userId)
        if (!told) {
          for (const connection of watchers) connection.send(frame(hidden(userId)))
        } else if (!this.hear(told)) {
          await this.deps.unsubscribe(userId)
        }
      } catch (error) {
        // Not shown until the device asks again, with the next change of its screen.
        this.deps.report(error)
      }
    })
  }

  private async leave(userIds: readonly string[]): Promise<void> {
    for (const userId of userIds) this.forget(userId)
    await inParallel(userIds, IN_PARALLEL, async (userId) => {
      try {
        await this.deps.unsubscribe(userId)
      } catch (error) {
        // They will be answered that nobody is watching.
        this.deps.report(error)
      }
    })
  }

  private socketsWatching(userId: string): Connection[] {
    const alive = this.deps.alive()
    if (alive.length === 0) return []
    const lists = readWatchLists(this.deps.state(), socketIds(this.deps.open()))
    return alive.filter((connection) => lists.get(connection.socketId)?.has(userId))
  }

  private shown(): Set<string> {
    const lists = readWatchLists(this.deps.state(), socketIds(this.deps.open()))
    return new Set([...lists.values()].flatMap((list) => [...list]))
  }

  private row(userId: string): SubscriptionRow | undefined {
    const state = this.deps.state()
    if (!state.exists) return undefined
    return state.sql
      .exec<SubscriptionRow>('SELECT * FROM subscriptions WHERE user_id = ?', userId)
      .toArray()[0]
  }

  private save(told: Told): void {
    const { sql } = this.deps.state()
    sql.exec(
      `INSERT OR REPLACE INTO subscriptions (user_id, status, last_active_at, as_of, asked_at)
       VALUES (?, ?, ?, ?, ?)`,
      told.userId,
      told.status,
      told.lastActiveAt,
      told.asOf,
      this.deps.now(),
    )
  }

  private forget(userId: string): void {
    this.deps.state().sql.exec('DELETE FROM subscriptions WHERE user_id = ?', userId)
  }
}

function socketIds(connections: readonly Connection[]): Set<string> {
  return new Set(connections.map(({ socketId }) => socketId))
}

function hidden(userId: string): Presence {
  return { userId, status: null, lastActiveAt: null }
}

function frame({ userId, status, lastActiveAt }: Presence): string {
  return JSON.stringify({ t: 'presence', userId, status, lastActiveAt })
}
