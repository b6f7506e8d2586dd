import { CLOSE } from '../../protocol/close-codes.ts'
import { fail, type Result } from '../../protocol/errors.ts'
import { archiveShards, type ArchiveShard } from '../../workers/db/archive.ts'
import { userStub } from '../shared/stubs.ts'
import type { Sockets } from '../shared/sockets.ts'
import { withTimeout } from '../shared/timeout.ts'
import { Archiver } from './archive/archiver.ts'
import { Dropper } from './archive/drop.ts'
import { ArchiveReader } from './archive/read.ts'
import { parseOpenShards } from './archive/shards.ts'
import { FanOut } from './fan-out.ts'
import { LiveLane } from './live.ts'
import type { ChannelMember } from './members.ts'
import { report } from './report.ts'
import { ChannelState } from './state.ts'
import { Watermarks } from './watermarks.ts'

/** The alarm that picks up an interrupted delivery, and saves watermarks, comes this much later. */
const ALARM_AFTER_MS = 2_000
/**
 * How long an alarm waits for the archive: mostly that is all it takes, and the runtime repeats an alarm
 * whose object dies. While D1 hangs, deliveries that are tried again by alarm come this much later.
 */
const ALARM_WAITS_FOR_ARCHIVE_MS = 1_000

export const NOT_FOUND = fail('not_found', 'No such channel')

/** A channel that exists, the two lanes that carry what is written in it, and its second copy. */
export interface LoadedChannel {
  state: ChannelState
  live: LiveLane
  fanOut: FanOut
  archiver: Archiver
  archive: ArchiveReader
  watermarks: Watermarks
}

export interface ChannelHostDeps {
  ctx: DurableObjectState
  env: Env
  sockets: Pick<Sockets<unknown>, 'open' | 'connectedUsers' | 'dropIfSilent'>
  /** Decides and writes the sends that wait: nothing may overtake them. */
  flushSends(): void
}

/**
 * Holds the channel in memory, and every change of it goes through here: decided and written in one
 * block, passed on to the lanes, covered by the alarm. Should a block throw, the channel is read anew from
 * its tables; so nobody keeps a part of it, `loaded` is asked again after every `await`.
 */
export class ChannelHost {
  readonly shards: ReadonlyMap<number, ArchiveShard>
  /** Those that take new channels. */
  readonly openShards: readonly number[]
  private current: LoadedChannel | null
  private alarmAt: number | null = null

  constructor(private readonly deps: ChannelHostDeps) {
    const { ctx, env } = deps
    this.shards = archiveShards(env)
    this.openShards = parseOpenShards(env.ARCHIVE_OPEN_SHARDS, this.shards)
    this.current = this.load(ChannelState.load(ctx.storage))
  }

  /** The channel, or null if it was never created. */
  get loaded(): LoadedChannel | null {
    return this.current
  }

  /** The member, or undefined for whoever is not in the channel, which need not exist. */
  member(userId: string): ChannelMember | undefined {
    return this.current?.state.member(userId)
  }

  /** Takes in a channel that was just made, and tells its members. */
  begin(state: ChannelState): void {
    this.current = this.load(state)
    this.publish(0)
  }

  /** Decides and writes one change of the channel, after the sends that came before it. */
  change<T>(decide: (state: ChannelState, now: number) => Result<T>): Result<T> {
    this.deps.flushSends()
    const before = this.current?.state.newestVersion ?? 0
    const result = this.write((state, now) => (state ? decide(state, now) : NOT_FOUND))
    if (result.ok) this.publish(before)
    return result
  }

  /**
   * Runs a block that decides and writes. Should it throw, the tables are rolled back and memory is
   * read anew from them: what was half done is nowhere.
   */
  write<T>(decide: (state: ChannelState | null, now: number) => T): T {
    try {
      const { storage } = this.deps.ctx
      return storage.transactionSync(() => decide(this.current?.state ?? null, Date.now()))
    } catch (error) {
      this.reload()
      throw error
    }
  }

  /** Passes on what was just written above `before`; the alarm covers an object that dies meanwhile. */
  publish(before: number): void {
    if (!this.current) return
    if (this.current.fanOut.owes) {
      this.current.watermarks.written(Date.now())
      this.wakeLater()
    }
    this.current.live.publish(before)
    this.deliver()
  }

  /** Starts whatever delivery is owed and due. */
  deliver(): void {
    this.current?.fanOut.kick()
  }

  /** Has the alarm see to what is only in memory so far. */
  wakeLater(): void {
    this.wakeAt(Date.now() + ALARM_AFTER_MS)
  }

  /** Sets the alarm unless an earlier one is set: firing with nothing to do is harmless. */
  wakeAt(time: number): void {
    if (this.alarmAt !== null && this.alarmAt <= time) return
    this.alarmAt = time
    void this.deps.ctx.storage.setAlarm(time)
  }

  /** Goes on with what is owed, archives, and saves how far everyone is. May run late, or twice. */
  async alarm(): Promise<void> {
    this.alarmAt = null
    try {
      this.deliver()
      if (this.current) {
        await settledWithin(this.current.archiver.run(), ALARM_WAITS_FOR_ARCHIVE_MS)
      }
      // Last, and the next alarm is set in the same step: what is not saved here is owed, or waits.
      this.current?.watermarks.saveIfDue(Date.now())
    } catch (error) {
      report(error)
    } finally {
      const next = this.nextAlarmAt()
      if (next !== null) this.wakeAt(next)
    }
  }

  /** When deliveries, archive or watermarks need the alarm next, or null if all is done. */
  private nextAlarmAt(): number | null {
    if (!this.current) return null
    const call = this.current.fanOut.nextCallAt()
    const round = this.current.archiver.nextRoundAt()
    const later = Date.now() + ALARM_AFTER_MS
    const save = this.current.watermarks.areWaiting ? later : null
    const times = [call === null ? null : Math.max(call, later), round, save]
    return times.reduce((a, b) => (a === null || b === null ? (a ?? b) : Math.min(a, b)))
  }

  private reload(): void {
    this.current?.fanOut.stop()
    this.current?.archiver.stop()
    this.current = null
    try {
      this.current = this.load(ChannelState.load(this.deps.ctx.storage))
    } catch (error) {
      report(error)
      this.deps.ctx.abort('the channel could not be read anew')
    }
  }

  private load(state: ChannelState | null): LoadedChannel | null {
    if (!state) return null
    const { ctx, env, sockets } = this.deps
    const live = new LiveLane(state, sockets)
    const fanOut = new FanOut(state, {
      deliver: (delivery) => userStub(env, delivery.userId).deliver(delivery),
      attached: () => sockets.connectedUsers(),
      now: () => Date.now(),
      random: Math.random,
      wakeAt: (time) => this.wakeAt(time),
      report,
    })
    const dropper = new Dropper(ctx.storage, state, {
      shards: this.shards,
      maxBytes: Number(env.CHANNEL_MAX_BYTES),
      dropped: () => this.closeStragglers(state),
    })
    const archiver = new Archiver(state, {
      shards: this.shards,
      openShards: this.openShards,
      dropper,
      now: () => Date.now(),
      report,
    })
    const archive = new ArchiveReader(state.identity.channelId, this.shards, report)
    const watermarks = new Watermarks(ctx.storage, state)
    return { state, live, fanOut, archiver, archive, watermarks }
  }

  /** A socket that is behind what was dropped cannot be sent it: it comes back and is reset. */
  private closeStragglers(state: ChannelState): void {
    for (const connection of this.deps.sockets.open()) {
      if (connection.position.cursor < state.archive.droppedVersion) {
        connection.close(CLOSE.restarting, 'come back')
      }
    }
  }
}

/** Resolves once `work`, which never fails, is done or `ms` have passed. */
async function settledWithin(work: Promise<void>, ms: number): Promise<void> {
  try {
    await withTimeout(work, ms)
  } catch {
    // It goes on, and the next alarm looks after it.
  }
}
