import { DurableObject } from 'cloudflare:workers'
import { channelDeviceFrameSchema, type ChannelDeviceFrame } from '../../protocol/channel-socket.ts'
import { CLOSE } from '../../protocol/close-codes.ts'
import { fail, ok, type Result } from '../../protocol/errors.ts'
import type { History } from '../../protocol/http.ts'
import type { Channel, Message, Role } from '../../protocol/objects.ts'
import type { ArchiveComparison, ArchiveStatus } from '../../protocol/operator.ts'
import { archiveShards, type ArchiveShard } from '../../workers/db/archive.ts'
import { echoClose } from '../shared/close.ts'
import type { Connection } from '../shared/connection.ts'
import { frameParser } from '../shared/frames.ts'
import type { Profile } from '../shared/profile.ts'
import { Sockets } from '../shared/sockets.ts'
import { userStub } from '../shared/stubs.ts'
import { withTimeout } from '../shared/timeout.ts'
import { UPGRADE_HEADER, upgradeSchema } from '../shared/upgrade.ts'
import { Archiver } from './archive/archiver.ts'
import { compareWithArchive } from './archive/compare.ts'
import { Dropper } from './archive/drop.ts'
import { droppedSends } from './archive/dropped-sends.ts'
import { ArchiveReader } from './archive/read.ts'
import { moveArchive, parseOpenShards } from './archive/shards.ts'
import { describeArchive } from './archive/status.ts'
import { createChannel, membersToBe, openChannel, type CreateInput } from './create.ts'
import { deleteMessage, editMessage } from './edit.ts'
import { FanOut } from './fan-out.ts'
import { readHistory, type HistoryPage } from './history.ts'
import { LiveLane } from './live.ts'
import { MemberLimits } from './limits.ts'
import type { ChannelMember } from './members.ts'
import { addMember, removeMember, rename, setRole } from './membership.ts'
import { findMessage, toMessage } from './messages.ts'
import { markRead } from './read.ts'
import { noteDelivered, receiptFrame } from './receipts.ts'
import { send, type SendItem, type Sent } from './send.ts'
import { SharedCommit, type PendingSend } from './shared-commit.ts'
import { ChannelState } from './state.ts'
import { TypingThrottle } from './typing.ts'
import { saveWatermarks } from './watermarks.ts'

/** The alarm that picks up an interrupted delivery, and saves watermarks, comes this much later. */
const ALARM_AFTER_MS = 2_000
/**
 * How long an alarm waits for the archive: mostly that is all it takes, and the runtime repeats an alarm
 * whose object dies. While D1 hangs, deliveries that are tried again by alarm come this much later.
 */
const ALARM_WAITS_FOR_ARCHIVE_MS = 1_000
/** How long an answer waits for the caller's own inbox, so that they read what they wrote. */
const READ_YOUR_WRITES_MS = 2_000

/** How often a message that is dropped again while the archive is asked is read anew. */
const CHANGE_ATTEMPTS = 5

const NOT_FOUND = fail('not_found', 'No such channel')

/** A channel that exists, the two lanes that carry what is written in it, and its second copy. */
interface LoadedChannel {
  state: ChannelState
  live: LiveLane
  fanOut: FanOut
  archiver: Archiver
  archive: ArchiveReader
}

/**
 * The single authority for one channel: who is in it, what was said, in which order. This class only
 * wires; each verb has its file. An object that was never created answers `not_found` and writes
 * nothing, not even tables.
 */
export class ChannelObject extends DurableObject<Env> {
  private readonly sockets: Sockets<ChannelDeviceFrame>
  private readonly commit: SharedCommit
  private readonly typing = new TypingThrottle()
  private readonly limits: MemberLimits
  /**
   * Devices that were ended while this object is in memory, which is longer than an upgrade takes
   * that was let through by the edge just before.
   */
  private readonly endedDevices = new Set<string>()
  private readonly shards: ReadonlyMap<number, ArchiveShard>
  private readonly openShards: readonly number[]
  private loaded: LoadedChannel | null
  private alarmAt: number | null = null

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.sockets = new Sockets(ctx, {
      limited: env.RATE_LIMITS !== 'off',
      parse: frameParser(channelDeviceFrameSchema),
      handle: (connection, frame) => this.handle(connection, frame),
    })
    this.limits = new MemberLimits(env.RATE_LIMITS !== 'off')
    this.commit = new SharedCommit({
      decide: (sends) => this.decide(sends),
      synced: () => ctx.storage.sync(),
      nextTurn: () => scheduler.wait(0),
    })
    this.shards = archiveShards(env)
    this.openShards = parseOpenShards(env.ARCHIVE_OPEN_SHARDS, this.shards)
    this.loaded = this.load(ChannelState.load(ctx.storage))
  }

  /**
   * Makes the channel, or opens it if it is there. Takes at most 100 people with the creator;
   * refuses more with `group_full`, and `not_found` for whoever is not in an existing one.
   */
  async create(input: CreateInput): Promise<Result<{ channel: Channel; created: boolean }>> {
    const created = this.loaded === null
    if (created) {
      const profiles = membersToBe(input)
      if (!profiles.ok) return profiles
      const state = createChannel(this.ctx.storage, input, profiles.value, Date.now())
      this.loaded = this.load(state)
      this.publish(0)
    }
    if (!this.loaded) return NOT_FOUND
    const channel = openChannel(this.loaded.state, input.creator.userId)
    if (!channel.ok) return channel
    await this.loaded.fanOut.settled(input.creator.userId, READ_YOUR_WRITES_MS)
    return ok({ channel: channel.value, created })
  }

  /** The channel as `userId` sees it, with its members. Refuses `not_found`. */
  describe(userId: string): Result<Channel> {
    return this.loaded ? openChannel(this.loaded.state, userId) : NOT_FOUND
  }

  /**
   * Stores messages of one sender, in this order, and answers each by itself: with what it stored, or
   * with what was stored when the same `clientId` came before. The output gate holds the answer back
   * until the commit, which may be shared with other senders, is durable.
   */
  send(userId: string, items: SendItem[]): Promise<Result<Sent>[]> {
    return Promise.all(items.map((item) => this.commit.send(userId, item)))
  }

  /** A page of the log, for a member; see `readHistory`. */
  async history(userId: string, page: HistoryPage): Promise<Result<History>> {
    if (!this.loaded?.state.member(userId)) return NOT_FOUND
    const history = await readHistory(this.loaded.state, this.loaded.archive, page)
    // They may have been removed while this waited.
    return this.loaded?.state.member(userId) ? history : NOT_FOUND
  }

  /** One message, for a member. */
  async message(userId: string, messageId: number): Promise<Result<Message>> {
    const archived = await this.recall(userId, messageId)
    if (!archived.ok) return archived
    const state = this.loaded?.state
    if (!state?.member(userId)) return NOT_FOUND
    const row = findMessage(state.sql, messageId)
    const message = row ? toMessage(state.identity.channelId, row) : archived.value
    return message ? ok(message) : fail('not_found', 'No such message')
  }

  /**
   * Moves the read mark forwards; see `markRead`. With `wait` the answer comes when the reader's own
   * inbox has it: a user object that calls must not wait for a call to itself.
   */
  async read(userId: string, messageId: number, wait: boolean): Promise<Result<Channel>> {
    const moved = this.markRead(userId, messageId)
    if (!moved.ok) return moved
    if (wait) await this.loaded?.fanOut.settled(userId, READ_YOUR_WRITES_MS)
    // They may have been removed while this waited: then the channel is none of theirs any more.
    const member = this.loaded?.state.member(userId)
    return this.loaded && member ? ok(this.loaded.state.preview(member, false)) : NOT_FOUND
  }

  /** Gives a message of one's own another text; see `editMessage`. */
  edit(userId: string, messageId: number, text: string): Promise<Result<Message>> {
    return this.changeMessage(userId, messageId, (state, archived, now) =>
      editMessage(state, userId, messageId, archived, text, now),
    )
  }

  /** Takes a message back for everyone; see `deleteMessage`. */
  delete(userId: string, messageId: number): Promise<Result<Message>> {
    return this.changeMessage(userId, messageId, (state, archived, now) =>
      deleteMessage(state, userId, messageId, archived, now),
    )
  }

  /** Messages up to this one have reached a device of the member; see `noteDelivered`. */
  delivered(userId: string, messageId: number): void {
    const state = this.loaded?.state
    const member = state?.member(userId)
    if (state && member && noteDelivered(state, member, messageId)) {
      this.wakeAt(Date.now() + ALARM_AFTER_MS)
      this.tellReceipt(member)
    }
  }

  /** Adds a person to a group; see `addMember`. */
  add(actorId: string, profile: Profile): Promise<Result<Channel>> {
    return this.changeMembers(actorId, (state, now) => addMember(state, actorId, profile, now))
  }

  /** Removes a person from a group, or oneself; see `removeMember`. Their sockets close with 4403. */
  remove(actorId: string, userId: string): Promise<Result<Channel>> {
    return this.changeMembers(actorId, (state, now) => removeMember(state, actorId, userId, now))
  }

  /** Changes what a member is; see `setRole`. */
  setRole(actorId: string, userId: string, role: Role): Promise<Result<Channel>> {
    return this.changeMembers(actorId, (state, now) => setRole(state, actorId, userId, role, now))
  }

  /** Gives a group another title; see `rename`. */
  rename(actorId: string, title: string): Promise<Result<Channel>> {
    return this.changeMembers(actorId, (state, now) => rename(state, actorId, title, now))
  }

  /** For operators: how much of the channel is where; see `describeArchive`. */
  async archiveStatus(): Promise<Result<ArchiveStatus>> {
    if (!this.loaded) return NOT_FOUND
    return ok(await describeArchive(this.loaded.state, this.shards, Date.now()))
  }

  /** For operators: has everything that is here archived anew, by the alarm and the ones after it. */
  rebuildArchive(): Result<null> {
    if (!this.loaded) return NOT_FOUND
    this.loaded.state.archive.rewind()
    this.wakeAt(Date.now())
    return ok(null)
  }

  /** For operators: holds a part of what is here against the archive; see `compareWithArchive`. */
  async compareArchive(after: number): Promise<Result<ArchiveComparison>> {
    if (!this.loaded) return NOT_FOUND
    return await compareWithArchive(this.loaded.state, this.loaded.archive, after)
  }

  /** For operators: messages from now on are archived in another shard; see `moveArchive`. */
  moveArchive(shard: number): Result<null> {
    if (!this.loaded) return NOT_FOUND
    return moveArchive(this.loaded.state, this.shards, this.openShards, shard)
  }

  /** Ends a device: its sockets here close with 4401, also one whose upgrade is still on its way. */
  endDevice(deviceId: string): void {
    this.endedDevices.add(deviceId)
    this.sockets.endDevice(deviceId)
  }

  /** The upgrade of a channel socket, authenticated by the edge; 404 for who is not a member. */
  override fetch(request: Request): Response {
    const upgrade = upgradeSchema.parse(JSON.parse(request.headers.get(UPGRADE_HEADER) ?? 'null'))
    const member = this.loaded?.state.member(upgrade.userId)
    if (!this.loaded || !member) return new Response(null, { status: 404 })
    // Changes of messages that were dropped since cannot be replayed: then the newest rows, as a reset.
    const { droppedVersion } = this.loaded.state.archive
    const cursor = upgrade.cursor < droppedVersion ? 0 : upgrade.cursor
    const who = { ...upgrade, cursor, confirmed: 0, resetUntil: null }
    const { connection, response } = this.sockets.accept(who)
    if (this.endedDevices.has(upgrade.deviceId)) {
      connection.close(CLOSE.unauthenticated, 'logged out')
    } else if (!this.limits.admits(this.sockets.open(), upgrade.userId)) {
      connection.close(CLOSE.tooManySockets, 'too many sockets', 60)
    } else {
      this.loaded.live.attach(connection, member)
    }
    return response
  }

  override webSocketMessage(ws: WebSocket, message: string | ArrayBuffer): Promise<void> {
    return this.sockets.receive(ws, message)
  }

  override webSocketClose(ws: WebSocket, code: number): void {
    this.sockets.gone(ws)
    echoClose(ws, code)
    this.deliver()
  }

  override webSocketError(ws: WebSocket): void {
    this.sockets.gone(ws)
    this.deliver()
  }

  /** Goes on with what is owed, saves how far everyone is, and archives. May run late, or twice. */
  override async alarm(): Promise<void> {
    this.alarmAt = null
    try {
      this.deliver()
      if (this.loaded) {
        saveWatermarks(this.ctx.storage, this.loaded.state)
        await settledWithin(this.loaded.archiver.run(), ALARM_WAITS_FOR_ARCHIVE_MS)
      }
    } catch (error) {
      report(error)
    } finally {
      const next = this.nextAlarmAt()
      if (next !== null) this.wakeAt(next)
    }
  }

  /** When the alarm is needed next by the deliveries or by the archive, or null if all is done. */
  private nextAlarmAt(): number | null {
    if (!this.loaded) return null
    const call = this.loaded.fanOut.nextCallAt()
    const round = this.loaded.archiver.nextRoundAt()
    const later = Date.now() + ALARM_AFTER_MS
    const times = [call === null ? null : Math.max(call, later), round]
    return times.reduce((a, b) => (a === null || b === null ? (a ?? b) : Math.min(a, b)))
  }

  /** Does what a frame of a channel socket asks for; the value is what `ok` carries. */
  private async handle(connection: Connection, frame: ChannelDeviceFrame): Promise<Result<object>> {
    const { userId } = connection
    switch (frame.t) {
      case 'send': {
        const retryAfter = this.limits.take(userId, Date.now())
        if (retryAfter > 0) return fail('rate_limited', 'Too many messages', retryAfter)
        const { clientId, text, replyTo } = frame
        const sent = await this.commit.send(userId, { clientId, text, replyTo: replyTo ?? null })
        return sent.ok ? ok({ message: sent.value.message }) : sent
      }
      case 'read': {
        const read = this.markRead(userId, frame.messageId)
        return read.ok ? ok({}) : read
      }
      case 'typing':
        if (!this.loaded?.state.member(userId)) return NOT_FOUND
        if (this.typing.passes(userId, Date.now())) {
          const { channelId } = this.loaded.state.identity
          const typing = JSON.stringify({ t: 'typing', channelId, userId })
          this.loaded.live.tell(typing, userId)
        }
        return ok({})
      case 'cursor':
        connection.confirm(frame.version)
        this.loaded?.live.flush(connection)
        return ok({})
    }
  }

  /**
   * Decides sends that share a commit. What may have been sent before and been dropped since is looked
   * up in the archive first; the others do not wait for that.
   */
  private decide(sends: PendingSend[]): void {
    const state = this.loaded?.state
    if (!state?.archive.hasDropped) return this.store(sends)
    const fresh: PendingSend[] = []
    for (const pending of sends) {
      const candidates = droppedSends(state, pending.userId, pending.item.clientId)
      if (candidates.length === 0) fresh.push(pending)
      else void this.answerFromArchive(pending, candidates)
    }
    this.store(fresh)
  }

  /** Answers with the message that was stored under this `clientId`; stores it if none of them was. */
  private async answerFromArchive(pending: PendingSend, candidates: number[]): Promise<void> {
    const { userId, item } = pending
    try {
      for (const messageId of candidates) {
        const message = await this.message(userId, messageId)
        if (!message.ok) {
          // The archive lacks a message that was sent: better no answer than a second copy.
          const isMember = this.loaded?.state.member(userId) !== undefined
          if (isMember) report(new Error(`the archive lacks message ${messageId}`))
          return pending.answer(isMember ? fail('unavailable', 'Try again later', 60) : NOT_FOUND)
        }
        if (message.value.userId === userId) {
          const sent = { message: message.value, created: false }
          if (message.value.clientId === item.clientId) return pending.answer(ok(sent))
        }
      }
      this.store([pending])
    } catch (error) {
      pending.fail(error)
    }
  }

  /** Decides and writes. An exception is nobody's message stored: all are told. */
  private store(sends: PendingSend[]): void {
    if (sends.length === 0) return
    const before = this.loaded?.state.newestVersion ?? 0
    let results: Result<Sent>[]
    try {
      results = this.write((state, now) =>
        sends.map(({ userId, item }) => (state ? send(state, userId, item, now) : NOT_FOUND)),
      )
    } catch (error) {
      for (const pending of sends) pending.fail(error)
      return
    }
    // Stored is stored: whatever happens on the way to others, the senders are answered.
    try {
      this.publish(before)
    } catch (error) {
      report(error)
    }
    sends.forEach((pending, index) => pending.answer(results[index] ?? NOT_FOUND))
  }

  /** Decides and writes one change of the channel, after the sends that came before it. */
  private change<T>(decide: (state: ChannelState, now: number) => Result<T>): Result<T> {
    this.commit.flush()
    const before = this.loaded?.state.newestVersion ?? 0
    const result = this.write((state, now) => (state ? decide(state, now) : NOT_FOUND))
    if (result.ok) this.publish(before)
    return result
  }

  /**
   * Changes a message that may have been dropped. One that is back meanwhile goes before what the archive
   * said; and if it was dropped again since, the archive is asked again.
   */
  private async changeMessage(
    userId: string,
    messageId: number,
    decide: (state: ChannelState, archived: Message | null, now: number) => Result<Message>,
  ): Promise<Result<Message>> {
    for (let attempt = 0; attempt < CHANGE_ATTEMPTS; attempt++) {
      const drops = this.loaded?.state.archive.dropCount
      const archived = await this.recall(userId, messageId)
      if (!archived.ok) return archived
      if (this.loaded?.state.archive.dropCount !== drops) continue
      return this.change((state, now) => decide(state, archived.value, now))
    }
    return fail('unavailable', 'The message is on its way to the archive, try again', 1)
  }

  /**
   * A message that is not here, for a member, as the archive has it; null for one that is here or never
   * was. Whoever asks looks here again afterwards, and who is a member.
   */
  private async recall(userId: string, messageId: number): Promise<Result<Message | null>> {
    if (!this.loaded?.state.member(userId)) return NOT_FOUND
    const { state, archive } = this.loaded
    const isHere =
      messageId >= state.archive.droppedBelow || findMessage(state.sql, messageId) !== undefined
    return isHere ? ok(null) : await archive.find(state.archive, messageId)
  }

  private markRead(userId: string, messageId: number): Result<ChannelMember> {
    const before = this.loaded?.state.member(userId)?.readMessageId
    const moved = this.change((state) => markRead(state, userId, messageId))
    if (moved.ok && moved.value.readMessageId !== before) this.tellReceipt(moved.value)
    return moved
  }

  /** Tells who has the conversation open, and in a DM the other one wherever they are. */
  private tellReceipt(member: ChannelMember): void {
    if (!this.loaded) return
    const { state, live } = this.loaded
    const frame = receiptFrame(state, member)
    live.tell(frame, member.userId)
    if (state.identity.kind !== 'dm') return
    for (const { userId } of state.currentMembers()) {
      if (userId !== member.userId) userStub(this.env, userId).tell(frame).catch(report)
    }
  }

  private async changeMembers(
    actorId: string,
    decide: (state: ChannelState, now: number) => Result<ChannelMember>,
  ): Promise<Result<Channel>> {
    const result = this.change(decide)
    if (!result.ok || !this.loaded) return result.ok ? NOT_FOUND : result
    const { state, fanOut } = this.loaded
    await fanOut.settled(actorId, READ_YOUR_WRITES_MS)
    return ok(state.describe(state.members.get(actorId) ?? result.value))
  }

  /**
   * Runs a block that decides and writes. Should it throw, the tables are rolled back and memory is
   * read anew from them: what was half done is nowhere.
   */
  private write<T>(decide: (state: ChannelState | null, now: number) => T): T {
    try {
      return this.ctx.storage.transactionSync(() => decide(this.loaded?.state ?? null, Date.now()))
    } catch (error) {
      this.reload()
      throw error
    }
  }

  private reload(): void {
    this.loaded?.fanOut.stop()
    this.loaded?.archiver.stop()
    this.loaded = null
    try {
      this.loaded = this.load(ChannelState.load(this.ctx.storage))
    } catch (error) {
      report(error)
      this.ctx.abort('the channel could not be read anew')
    }
  }

  /** Passes on what was just written above `before`; the alarm covers an object that dies meanwhile. */
  private publish(before: number): void {
    if (!this.loaded) return
    if (this.loaded.fanOut.owes) this.wakeAt(Date.now() + ALARM_AFTER_MS)
    this.loaded.live.publish(before)
    this.deliver()
  }

  private deliver(): void {
    this.loaded?.fanOut.kick()
  }

  /** Sets the alarm unless an earlier one is set: firing with nothing to do is harmless. */
  private wakeAt(time: number): void {
    if (this.alarmAt !== null && this.alarmAt <= time) return
    this.alarmAt = time
    void this.ctx.storage.setAlarm(time)
  }

  private load(state: ChannelState | null): LoadedChannel | null {
    if (!state) return null
    const live = new LiveLane(state, () => this.sockets.open())
    const fanOut = new FanOut(state, {
      deliver: (delivery) => userStub(this.env, delivery.userId).deliver(delivery),
      attached: () => this.sockets.connectedUsers(),
      now: () => Date.now(),
      random: Math.random,
      wakeAt: (time) => this.wakeAt(time),
      report,
    })
    const dropper = new Dropper(this.ctx.storage, state, {
      shards: this.shards,
      maxBytes: Number(this.env.CHANNEL_MAX_BYTES),
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
    return { state, live, fanOut, archiver, archive }
  }

  /** A socket that is behind what was dropped cannot be sent it: it comes back and is reset. */
  private closeStragglers(state: ChannelState): void {
    for (const connection of this.sockets.open()) {
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

function report(error: unknown): void {
  console.error('channel object', error instanceof Error ? error.message : String(error))
}
