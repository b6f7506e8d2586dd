import { OFFLINE_AFTER_SECONDS } from '../../../protocol/limits.ts'
import type { Presence as PresenceOf } from '../../../protocol/objects.ts'
import { dmChannelId } from '../../shared/channel-id.ts'
import type { Connection } from '../../shared/connection.ts'
import { inParallel } from '../../shared/in-parallel.ts'
import { userStub } from '../../shared/stubs.ts'
import type { UserState } from '../state.ts'
import {
  hasVanished,
  keepActivity,
  noteEnded,
  noteGone,
  noteVanished,
  readActivity,
  type Activity,
} from './activity.ts'
import { isAcquainted, mayBeSeenBy, sharesChannel } from './visibility.ts'
import { Watchers, type Told } from './watchers.ts'
import { Watching } from './watching.ts'

const IN_PARALLEL = 32

export interface PresenceDeps {
  env: Env
  ownerId(): string
  state(): UserState
  write<T>(block: () => T): T
  open(): Connection[]
  /** Those that are not over yet, also if they are closing. */
  present(): Connection[]
  heardAt(connection: Connection): number
  /** Closes a socket whose device was not heard for 30 s. */
  dropIfSilent(connection: Connection): void
  now(): number
  rearm(): void
  report(error: unknown): void
}

/**
 * Whether this person is there, who is told of it, and whom they are shown. Trusts the age of heartbeats
 * and not the closing of sockets, which die without a word; only the end of a session counts at once.
 */
export class Presence {
  readonly watchers: Watchers
  readonly watching: Watching
  private hasLooked = false

  constructor(private readonly deps: PresenceDeps) {
    const { env } = deps
    const seen = (otherId: string): boolean => this.mayBeSeenBy(otherId, false)
    this.watchers = new Watchers({
      ...deps,
      activity: () => this.activity(),
      keepActivity: () => keepActivity(deps.state(), this.heard(), deps.now()),
      mayBeSeenBy: seen,
      isAcquainted: (otherId) => isAcquainted(deps.state(), otherId, this.dmId(otherId)),
      tell: async (watcherId, told) => await userStub(env, watcherId).hearPresence(told),
    })
    this.watching = new Watching({
      ...deps,
      alive: () => this.alive(),
      mayBeSeenBy: seen,
      subscribe: async (userId) => await userStub(env, userId).watchedBy(deps.ownerId()),
      unsubscribe: async (userId) => await userStub(env, userId).unwatchedBy(deps.ownerId()),
    })
  }

  /** A socket was opened, which counts as a heartbeat. Writes nothing unless somebody is watching. */
  opened(): void {
    const { state, write, now } = this.deps
    if (!state().exists || !this.watchers.exist) return
    this.lookForVanished()
    write(() => keepActivity(state(), this.heard(), now()))
    this.watchers.tellChanges()
    this.deps.rearm()
  }

  /** A socket is gone. Unless its session has ended, its device has time to come back. */
  closed(connection: Connection, isEnded: boolean): void {
    const { deps } = this
    if (!deps.state().exists) return
    const note = isEnded ? noteEnded : noteGone
    const othersOpen = deps.present().some((other) => other.socketId !== connection.socketId)
    const gone = { deviceId: connection.deviceId, heardAt: deps.heardAt(connection), othersOpen }
    deps.write(() => note(deps.state(), gone))
    this.watching.closed(connection.socketId)
    if (isEnded) this.settle()
    deps.rearm()
  }

  /** What may be seen, and by whom, has changed; of one person, or of everybody. */
  relationsChanged(otherId: string | null): void {
    this.watchers.tellChanges()
    void this.watching.lookAgain(otherId)
  }

  /** Looks at the heartbeats: closes sockets without one, tells who waits for it. */
  run(): void {
    const { deps } = this
    if (!deps.state().exists) return
    for (const connection of deps.open()) deps.dropIfSilent(connection)
    this.lookForVanished()
    if (this.watchers.exist) deps.write(() => keepActivity(deps.state(), this.heard(), deps.now()))
    this.settle()
  }

  /**
   * When heartbeats are to be looked at next: only while somebody waits for this person to go, or others
   * still tell although nobody here is there to be told. Null otherwise, and then the object sleeps.
   */
  nextAt(): number | null {
    const { deps } = this
    const retryAt = this.watchers.nextRetryAt()
    const isIdle = deps.open().length === 0 && this.watching.hasIdle
    if (!isIdle && !this.watchers.areWaiting) return retryAt
    const offlineAt = this.activity().offlineAt ?? deps.now()
    return retryAt === null ? offlineAt : Math.min(retryAt, offlineAt)
  }

  /** What `readerId` may know; `shares`: it is known already that the two share a channel. */
  presenceFor(readerId: string, shares: boolean): PresenceOf {
    const userId = this.deps.ownerId()
    if (readerId !== userId && !this.mayBeSeenBy(readerId, shares)) {
      return { userId, status: null, lastActiveAt: null }
    }
    const { online, lastActiveAt } = this.activity()
    return { userId, status: online ? 'online' : 'offline', lastActiveAt }
  }

  /** What this person may know of others now; of whoever does not answer, nothing. */
  async presenceOf(userIds: readonly string[], shares: boolean): Promise<PresenceOf[]> {
    const { env, report } = this.deps
    const ownerId = this.deps.ownerId()
    return await inParallel(userIds, IN_PARALLEL, async (userId): Promise<PresenceOf> => {
      const hidden = { userId, status: null, lastActiveAt: null }
      if (userId === ownerId) return this.presenceFor(ownerId, shares)
      // Only people of one's own contacts and channels are asked: no call goes to just any id.
      if (!this.mayBeSeenBy(userId, shares)) return hidden
      try {
        return await userStub(env, userId).presenceFor(ownerId, shares)
      } catch (error) {
        report(error)
        return hidden
      }
    })
  }

  /** What a watched person tells; see `Watching.hear`. */
  hear(told: Told): boolean {
    return this.watching.hear(told)
  }

  /** After this person may have come or gone. */
  private settle(): void {
    this.watchers.tellChanges()
    if (!this.activity().online) this.watching.leaveUnwatched()
  }

  /**
   * Once after the object was made anew: from then on it is told of every socket that goes. Only for those who
   * watch and so have the alarm look soon: whoever asks after days is not told that this person may come back.
   */
  private lookForVanished(): void {
    if (this.hasLooked) return
    this.hasLooked = true
    const { state, write, now } = this.deps
    if (!this.watchers.exist || !hasVanished(state(), this.heard())) return
    write(() => noteVanished(state(), now()))
  }

  private activity(): Activity {
    this.lookForVanished()
    const { state, now } = this.deps
    return readActivity(state(), this.heard(), now())
  }

  private heard(): number[] {
    return this.deps.present().map((connection) => this.deps.heardAt(connection))
  }

  private alive(): Connection[] {
    const silentSince = this.deps.now() - OFFLINE_AFTER_SECONDS * 1000
    return this.deps.open().filter((connection) => this.deps.heardAt(connection) > silentSince)
  }

  private mayBeSeenBy(otherId: string, shares: boolean): boolean {
    const state = this.deps.state()
    return mayBeSeenBy(
      state,
      otherId,
      () => shares || sharesChannel(state, otherId, this.dmId(otherId)),
    )
  }

  private dmId(otherId: string): string {
    return dmChannelId(this.deps.env.CHANNEL_KEY, this.deps.ownerId(), otherId)
  }
}
