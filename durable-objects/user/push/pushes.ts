import { PUSH_AFTER_MS, PUSH_UNCONFIRMED_AFTER_MS } from '../../../protocol/limits.ts'
import type { PushJob } from '../../../protocol/push.ts'
import { utf8Length } from '../../../protocol/text.ts'
import { backoff } from '../../shared/backoff.ts'
import type { Delivery } from '../../shared/delivery.ts'
import { withTimeout } from '../../shared/timeout.ts'
import type { UserState } from '../state.ts'
import type { DeviceAddress } from './addresses.ts'
import { decideCorrection, decideShow, isOver, isWorthPushing, readChannel } from './decide.ts'
import { badgeOf, contentOf, jobsFor } from './notification.ts'
import {
  duePushes,
  hurryPushes,
  nextPushAt,
  oweClear,
  oweShow,
  postpone,
  retryAt,
  settleOwed,
  type OwedPush,
} from './owed-pushes.ts'
import type { Registrations } from './registrations.ts'
import { findTold, forgetTold, noteTakenBack, saveTold } from './told-pushes.ts'

/** Channels decided on in one go, and how often before the next alarm goes on. */
const MAX_PER_ROUND = 32
const MAX_ROUNDS = 8
/** What a queue takes at a time: 100 jobs, 256 KB in all. */
const MAX_BATCH = 100
const MAX_BATCH_BYTES = 128 * 1024

const QUEUE_TIMEOUT_MS = 10_000
const RETRY_BASE_MS = 1_000
const RETRY_MAX_MS = 5 * 60_000
/** Often enough to wait for a repair, some minutes long. */
const MAX_UNDECIDED = 10
/** While a round runs the alarm rings for whoever does not live to end it. */
const GRACE_MS = 15_000

export interface PushesDeps {
  registrations: Pick<Registrations, 'exist' | 'current'>
  /** What the operator says of previews; the person is asked too. */
  previews: boolean
  ownerId(): string
  state(): UserState
  write<T>(block: () => T): T
  /** Whether somebody looks at a device of this person. */
  isActive(): boolean
  /** The highest cursor that a device has confirmed. */
  confirmed(): number
  /** Puts jobs on the queue: once it resolves they are there. */
  enqueue(jobs: PushJob[]): Promise<void>
  now(): number
  rearm(): void
  report(error: unknown): void
}

/** An owed push on its way to the queue, with the last message it tells of. */
interface Telling {
  owed: OwedPush
  messageId: number
}

/**
 * Decides who is told of what, and when. What is owed is a row until the queue has it, decided anew whenever
 * it is due: so what was read, muted or deleted meanwhile is not pushed, and nothing is lost with the object.
 */
export class Pushes {
  /** Channels of which a push to show something is on its way to the queue. */
  private readonly onTheirWay = new Set<string>()
  private running = false
  /** After something that must not happen: an alarm that rings again and again helps nobody. */
  private pausedUntil = 0

  constructor(private readonly deps: PushesDeps) {}

  /**
   * Notes what a delivery that was just stored means for pushes, its messages being in row `seq` of the inbox.
   * Without a device that gets pushes it does nothing. Belongs into the block that stores it.
   */
  arrived({ channelId, channel, messages, after, startsAt }: Delivery, seq: number): void {
    const { registrations, isActive, now } = this.deps
    if (!registrations.exist) return
    const state = this.deps.state()
    let isOwed = false
    const told = findTold(state, channelId)
    // Reactions change a message too: whether the text is another one is seen when it is due.
    const isWrong =
      told?.is_taken_back === 0 &&
      (isOver(channel, told.message_id) || messages?.changed.includes(told.shows_message_id))
    if (isWrong) {
      oweClear(state, channelId, now())
      isOwed = true
    }
    // Ids and versions are of one counter, so what is new to this inbox has an id above what it had.
    const seen = Math.max(after, startsAt)
    if (messages !== null && messages.lastMessageId > seen && isWorthPushing(channel)) {
      const ifUnconfirmed = isActive()
      const dueAt = now() + (ifUnconfirmed ? PUSH_UNCONFIRMED_AFTER_MS : PUSH_AFTER_MS)
      const arrival = { channelId, seq, messageId: seen + 1, dueAt, ifUnconfirmed }
      if (oweShow(state, arrival, this.onTheirWay.has(channelId))) isOwed = true
    }
    if (isOwed) this.deps.rearm()
  }

  /** When the next push is due; null if none is owed. */
  nextAt(): number | null {
    if (!this.deps.registrations.exist) return null
    const at = nextPushAt(this.deps.state())
    if (at === null) return null
    return Math.max(at, this.running ? this.deps.now() + GRACE_MS : this.pausedUntil)
  }

  /** Decides on what is due and puts it on the queue. Never fails: what does is due again later. */
  async run(): Promise<void> {
    if (this.running || !this.deps.registrations.exist) return
    this.running = true
    try {
      for (let round = 0; round < MAX_ROUNDS; round++) if (!(await this.round())) break
    } catch (error) {
      this.deps.report(error)
      this.pausedUntil = this.deps.now() + RETRY_MAX_MS
    } finally {
      this.running = false
      this.onTheirWay.clear()
      this.deps.rearm()
    }
  }

  /** See `UserObject.isPushOver`. */
  isOver(channelId: string, messageId: number, createdAt: number): boolean {
    const state = this.deps.state()
    if (!state.exists) return false
    const channel = readChannel(state, channelId)
    if (!channel) return false
    const told = findTold(state, channelId)
    return told === null || createdAt < told.told_at || isOver(channel, messageId)
  }

  /** What waits for the end of quiet hours may not have to any more. */
  settingsChanged(): void {
    const { deps } = this
    if (this.nextAt() === null) return
    deps.write(() => hurryPushes(deps.state(), deps.now()))
    deps.rearm()
  }

  /** Some of what is due; false if nothing is, or the queue takes nothing. */
  private async round(): Promise<boolean> {
    const { deps } = this
    const addresses = deps.registrations.current()
    if (addresses.length === 0) return false
    const due = duePushes(deps.state(), deps.now(), MAX_PER_ROUND)
    if (due.length === 0) return false
    const jobs: PushJob[] = []
    const tellings = deps.write(() =>
      due.flatMap((owed) => this.tryToDecide(owed, addresses, jobs)),
    )
    for (const { owed } of tellings) {
      if (owed.kind === 'show') this.onTheirWay.add(owed.channel_id)
    }
    try {
      for (const batch of inBatches(jobs)) await withTimeout(deps.enqueue(batch), QUEUE_TIMEOUT_MS)
    } catch (error) {
      deps.report(error)
      deps.write(() => {
        for (const { owed } of tellings) this.postponeFailed(owed)
      })
      return false
    }
    deps.write(() => {
      for (const telling of tellings) this.settle(telling)
    })
    this.onTheirWay.clear()
    return true
  }

  /** What cannot be decided on does not keep the others waiting. */
  private tryToDecide(
    owed: OwedPush,
    addresses: readonly DeviceAddress[],
    jobs: PushJob[],
  ): Telling[] {
    try {
      return this.decide(owed, addresses, jobs)
    } catch (error) {
      this.deps.report(error)
      if (owed.failures < MAX_UNDECIDED) this.postponeFailed(owed)
      else settleOwed(this.deps.state(), owed, 0)
      return []
    }
  }

  private postponeFailed(owed: OwedPush): void {
    const wait = backoff(owed.failures + 1, RETRY_BASE_MS, RETRY_MAX_MS)
    retryAt(this.deps.state(), owed, this.deps.now() + wait)
  }

  private decide(owed: OwedPush, addresses: readonly DeviceAddress[], jobs: PushJob[]): Telling[] {
    const { deps } = this
    const state = deps.state()
    const { channel_id: channelId } = owed
    const now = deps.now()
    const tell = (content: Parameters<typeof jobsFor>[3], since: number | null): Telling[] => {
      const unread = badgeOf(state)
      jobs.push(...jobsFor(deps.ownerId(), addresses, channelId, content, since, unread, now))
      return [{ owed, messageId: content.messageId }]
    }
    const told = owed.kind === 'clear' ? findTold(state, channelId) : null
    const decision =
      owed.kind === 'show'
        ? decideShow(state, owed, { isActive: deps.isActive(), confirmed: deps.confirmed(), now })
        : told
          ? decideCorrection(state, channelId, told)
          : ({ kind: 'nothing' } as const)
    switch (decision.kind) {
      case 'nothing':
        settleOwed(state, owed, 0)
        return []
      case 'later':
        postpone(state, owed, decision.dueAt, decision.seq)
        return []
      case 'clear':
        noteTakenBack(state, channelId)
        return tell(decision, told?.since_message_id || null)
      case 'show': {
        const { channel, message, count } = decision
        const previews = deps.previews && state.settings.pushPreviews
        const content = contentOf(state, channel, message, count, previews)
        const replaces = told?.message_id ?? null
        const since = saveTold(state, message, now)
        return tell({ kind: 'show', ...content, replaces }, since)
      }
    }
  }

  private settle({ owed, messageId }: Telling): void {
    const state = this.deps.state()
    settleOwed(state, owed, messageId)
    if (owed.kind === 'clear') forgetTold(state, owed.channel_id)
  }
}

function* inBatches(jobs: readonly PushJob[]): Iterable<PushJob[]> {
  let batch: PushJob[] = []
  let bytes = 0
  for (const job of jobs) {
    const size = utf8Length(JSON.stringify(job))
    if (batch.length === MAX_BATCH || (batch.length > 0 && bytes + size > MAX_BATCH_BYTES)) {
      yield batch
      batch = []
      bytes = 0
    }
    batch.push(job)
    bytes += size
  }
  if (batch.length > 0) yield batch
}
