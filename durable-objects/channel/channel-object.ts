import { DurableObject } from 'cloudflare:workers'
import { fail, ok, type Result } from '../../protocol/errors.ts'
import type { History } from '../../protocol/http.ts'
import type { Channel, Message, Role } from '../../protocol/objects.ts'
import type { Profile } from '../shared/profile.ts'
import { userStub } from '../shared/stubs.ts'
import { createChannel, membersToBe, openChannel, type CreateInput } from './create.ts'
import { FanOut } from './fan-out.ts'
import { readHistory, type HistoryPage } from './history.ts'
import { saveMember, type ChannelMember } from './members.ts'
import { addMember, removeMember, rename, setRole } from './membership.ts'
import { findMessage, toMessage } from './messages.ts'
import { markRead } from './read.ts'
import { send, type SendItem, type Sent } from './send.ts'
import { ChannelState } from './state.ts'

/** The alarm that picks up an interrupted delivery, and saves watermarks, comes this much later. */
const ALARM_AFTER_MS = 2_000
/** How long an answer waits for the caller's own inbox, so that they read what they wrote. */
const READ_YOUR_WRITES_MS = 2_000

const NOT_FOUND = fail('not_found', 'No such channel')

/**
 * The single authority for one channel: who is in it, what was said, in which order. This class only
 * wires; each verb has its file. An object that was never created answers `not_found` and writes
 * nothing, not even tables.
 */
export class ChannelObject extends DurableObject<Env> {
  private state: ChannelState | null
  private fanOut: FanOut | null
  private alarmAt: number | null = null

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.state = ChannelState.load(ctx.storage)
    this.fanOut = this.state && this.newFanOut(this.state)
  }

  /**
   * Makes the channel, or opens it if it is there. Takes at most 100 people with the creator;
   * refuses more with `group_full`, and `not_found` for whoever is not in an existing one.
   */
  async create(input: CreateInput): Promise<Result<{ channel: Channel; created: boolean }>> {
    const created = this.state === null
    if (!this.state) {
      const profiles = membersToBe(input)
      if (!profiles.ok) return profiles
      this.state = createChannel(this.ctx.storage, input, profiles.value, Date.now())
      this.fanOut = this.newFanOut(this.state)
      this.publish()
    }
    const channel = openChannel(this.state, input.creator.userId)
    if (!channel.ok) return channel
    await this.fanOut?.settled(input.creator.userId, READ_YOUR_WRITES_MS)
    return ok({ channel: channel.value, created })
  }

  /** The channel as `userId` sees it, with its members. Refuses `not_found`. */
  describe(userId: string): Result<Channel> {
    return this.state ? openChannel(this.state, userId) : NOT_FOUND
  }

  /**
   * Stores messages of one sender, in this order, and answers each by itself. All of them share one
   * commit; the output gate holds the answer back until it is durable.
   */
  send(userId: string, items: SendItem[]): Result<Sent>[] {
    const { state } = this
    if (!state) return items.map(() => NOT_FOUND)
    const now = Date.now()
    const results = this.write(() => items.map((item) => send(state, userId, item, now)))
    this.publish()
    return results
  }

  /** A page of the log, for a member. */
  history(userId: string, page: HistoryPage): Result<History> {
    if (!this.state?.member(userId)) return NOT_FOUND
    return ok(readHistory(this.state, page))
  }

  /** One message, for a member. */
  message(userId: string, messageId: number): Result<Message> {
    if (!this.state?.member(userId)) return NOT_FOUND
    const row = findMessage(this.state.sql, messageId)
    return row
      ? ok(toMessage(this.state.identity.channelId, row))
      : fail('not_found', 'No such message')
  }

  /** Moves the read mark forwards; see `markRead`. */
  async read(userId: string, messageId: number, wait: boolean): Promise<Result<Channel>> {
    const { state } = this
    if (!state) return NOT_FOUND
    const result = this.write(() => markRead(state, userId, messageId))
    if (!result.ok) return result
    if (result.value.moved) this.publish()
    if (wait) await this.fanOut?.settled(userId, READ_YOUR_WRITES_MS)
    return ok(state.describe(result.value.member, false))
  }

  /** Adds a person to a group; see `addMember`. */
  add(actorId: string, profile: Profile): Promise<Result<Channel>> {
    return this.change(actorId, (state, now) => addMember(state, actorId, profile, now))
  }

  /** Removes a person from a group, or oneself; see `removeMember`. */
  remove(actorId: string, userId: string): Promise<Result<Channel>> {
    return this.change(actorId, (state, now) => removeMember(state, actorId, userId, now))
  }

  /** Changes what a member is; see `setRole`. */
  setRole(actorId: string, userId: string, role: Role): Promise<Result<Channel>> {
    return this.change(actorId, (state, now) => setRole(state, actorId, userId, role, now))
  }

  /** Gives a group another title; see `rename`. */
  rename(actorId: string, title: string): Promise<Result<Channel>> {
    return this.change(actorId, (state, now) => rename(state, actorId, title, now))
  }

  /** Goes on with what is owed, and saves how far everyone is. May run late, or twice. */
  override async alarm(): Promise<void> {
    this.alarmAt = null
    try {
      this.saveWatermarks()
      this.fanOut?.kick()
    } catch (error) {
      report(error)
    } finally {
      const owedSince = this.fanOut?.nextRetryAt() ?? null
      if (owedSince !== null) this.wakeAt(Math.max(owedSince, Date.now() + ALARM_AFTER_MS))
    }
  }

  /**
   * Runs a block that decides and writes. Should it throw, the tables are rolled back and memory is
   * read anew from them: what was half done is nowhere.
   */
  private write<T>(decide: () => T): T {
    try {
      return this.ctx.storage.transactionSync(decide)
    } catch (error) {
      this.state = ChannelState.load(this.ctx.storage)
      this.fanOut = this.state && this.newFanOut(this.state)
      throw error
    }
  }

  private async change(
    actorId: string,
    decide: (state: ChannelState, now: number) => Result<ChannelMember>,
  ): Promise<Result<Channel>> {
    const { state } = this
    if (!state) return NOT_FOUND
    const result = this.write(() => decide(state, Date.now()))
    if (!result.ok) return result
    this.publish()
    await this.fanOut?.settled(actorId, READ_YOUR_WRITES_MS)
    return ok(state.describe(state.members.get(actorId) ?? result.value, true))
  }

  /** Starts delivering what was just written; the alarm covers an object that dies meanwhile. */
  private publish(): void {
    if (this.fanOut?.nextRetryAt() == null) return
    this.wakeAt(Date.now() + ALARM_AFTER_MS)
    this.fanOut.kick()
  }

  /** Sets the alarm unless an earlier one is set: firing with nothing to do is harmless. */
  private wakeAt(time: number): void {
    if (this.alarmAt !== null && this.alarmAt <= time) return
    this.alarmAt = time
    void this.ctx.storage.setAlarm(time)
  }

  private newFanOut(state: ChannelState): FanOut {
    return new FanOut(state, {
      deliver: (delivery) => userStub(this.env, delivery.userId).deliver(delivery),
      now: () => Date.now(),
      wakeAt: (time) => this.wakeAt(time),
      report,
    })
  }

  private saveWatermarks(): void {
    const { state } = this
    if (!state) return
    const saved = new Map(
      state.sql
        .exec<{ user_id: string; delivered_version: number; counted_message_id: number }>(
          'SELECT user_id, delivered_version, counted_message_id FROM members',
        )
        .toArray()
        .map((row) => [row.user_id, row]),
    )
    this.ctx.storage.transactionSync(() => {
      for (const member of state.members.values()) {
        const row = saved.get(member.userId)
        const same =
          row?.delivered_version === member.deliveredVersion &&
          row.counted_message_id === member.countedMessageId
        if (!same) saveMember(state.sql, member)
      }
    })
  }
}

function report(error: unknown): void {
  console.error('channel object', error instanceof Error ? error.message : String(error))
}
