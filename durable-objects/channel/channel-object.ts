import { retryable } from 'cloudflare:durable-objects'
import { DurableObject } from 'cloudflare:workers'
import { channelDeviceFrameSchema, type ChannelDeviceFrame } from '../../protocol/channel-socket.ts'
import { CLOSE } from '../../protocol/close-codes.ts'
import { ok, type Result } from '../../protocol/errors.ts'
import type { ChannelSettings, History } from '../../protocol/http.ts'
import type { Channel, Invite, Message, Role } from '../../protocol/objects.ts'
import type { ArchiveComparison, ArchiveStatus } from '../../protocol/operator.ts'
import { findBlockers } from '../../workers/db/contacts.ts'
import { findProfiles } from '../../workers/profiles.ts'
import { echoClose } from '../shared/close.ts'
import type { Connection } from '../shared/connection.ts'
import { frameParser } from '../shared/frames.ts'
import { newInviteCode } from '../shared/invite-code.ts'
import { OneAtATime } from '../shared/one-at-a-time.ts'
import type { Profile } from '../shared/profile.ts'
import { Sockets } from '../shared/sockets.ts'
import { UPGRADE_HEADER, upgradeSchema } from '../shared/upgrade.ts'
import { compareWithArchive } from './archive/compare.ts'
import { changeMessage, type MessageChange, readMessage } from './archive/recall.ts'
import { moveArchive } from './archive/shards.ts'
import { describeArchive } from './archive/status.ts'
import { DmOpening, refuseBlocked, setBlocked } from './blocks.ts'
import { ChannelHost, NOT_FOUND } from './channel-host.ts'
import { createChannel, membersToBe, openChannel, type CreateInput } from './create.ts'
import { deleteMessage, editMessage } from './edit.ts'
import { readHistory, type HistoryPage } from './history.ts'
import {
  createInvite,
  join,
  listInvites,
  lookAtInvite,
  revokeInvite,
  type InviteInput,
} from './invites.ts'
import { MemberLimits } from './limits.ts'
import { deliveredMark, type ChannelMember } from './members.ts'
import { addMember, removeMember, rename, setRole } from './membership.ts'
import { pickMessages } from './pick.ts'
import { react, unreact } from './react.ts'
import { updateProfile } from './profiles.ts'
import { markRead } from './read.ts'
import { noteDelivered, tellReceipt } from './receipts.ts'
import type { SendItem, Sent } from './send.ts'
import { Sending } from './sending.ts'
import { changeSettings } from './settings.ts'
import type { ChannelState } from './state.ts'
import { TypingThrottle } from './typing.ts'

/** How long an answer waits for the caller's own inbox, so that they read what they wrote. */
const READ_YOUR_WRITES_MS = 2_000

/**
 * The single authority for one channel: who is in it, what was said, in which order. This class only
 * wires: `ChannelHost` holds the channel and runs every change of it, `Sending` takes the messages, each
 * verb has its file. An object that was never created answers `not_found` and writes nothing, not even
 * tables.
 */
export class ChannelObject extends DurableObject<Env> {
  private readonly sockets: Sockets<ChannelDeviceFrame>
  private readonly channel: ChannelHost
  private readonly sending: Sending
  private readonly typing = new TypingThrottle()
  private readonly limits: MemberLimits
  /**
   * Devices that were ended while this object is in memory, which is longer than an upgrade takes
   * that was let through by the edge just before.
   */
  private readonly endedDevices = new Set<string>()
  private readonly opening = new DmOpening()
  private readonly profiles = new OneAtATime((userId) => this.readProfile(userId))

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.sockets = new Sockets(ctx, {
      limited: env.RATE_LIMITS !== 'off',
      parse: frameParser(channelDeviceFrameSchema),
      handle: (connection, frame) => this.handle(connection, frame),
    })
    this.limits = new MemberLimits(env.RATE_LIMITS !== 'off')
    this.channel = new ChannelHost({
      ctx,
      env,
      sockets: this.sockets,
      flushSends: () => this.sending.flush(),
    })
    this.sending = new Sending(ctx.storage, this.channel)
  }

  /**
   * Makes the channel, or opens it if it is there. Takes at most 100 people with the creator;
   * refuses more with `group_full`, and `not_found` for whoever is not in an existing one.
   */
  async create(input: CreateInput): Promise<Result<{ channel: Channel; created: boolean }>> {
    const isNew = this.channel.loaded === null
    const allowed = isNew && input.kind === 'dm' ? await this.checkBlocks(input) : ok(null)
    if (!allowed.ok) return allowed
    // Somebody else may have made it while the database was asked.
    const created = this.channel.loaded === null
    if (created) {
      const profiles = membersToBe(input)
      if (!profiles.ok) return profiles
      const state = createChannel(this.ctx.storage, input, profiles.value, Date.now())
      this.channel.begin(state)
    }
    const { loaded } = this.channel
    if (!loaded) return NOT_FOUND
    const channel = openChannel(loaded.state, input.creator.userId)
    if (!channel.ok) return channel
    const blocked = refuseBlocked(loaded.state)
    if (blocked) return blocked
    await loaded.fanOut.settled(input.creator.userId, READ_YOUR_WRITES_MS)
    return ok({ channel: channel.value, created })
  }

  /** The channel as `userId` sees it, with its members. Refuses `not_found`. */
  describe(userId: string): Result<Channel> {
    return this.channel.loaded ? openChannel(this.channel.loaded.state, userId) : NOT_FOUND
  }

  /**
   * Stores messages of one sender, in this order, and answers each by itself: with what it stored, or
   * with what was stored when the same `clientId` came before. The output gate holds the answer back
   * until the commit, which may be shared with other senders, is durable. Beyond the limit of what a member
   * may send, whichever way it comes, each is refused with `rate_limited`.
   */
  send(userId: string, items: SendItem[]): Promise<Result<Sent>[]> {
    return Promise.all(items.map((item) => this.sendOne(userId, item)))
  }

  /** A page of the log, for a member; see `readHistory`. */
  async history(userId: string, page: HistoryPage): Promise<Result<History>> {
    const { loaded } = this.channel
    if (!loaded?.state.member(userId)) return NOT_FOUND
    const history = await readHistory(loaded.state, loaded.archive, page)
    // They may have been removed while this waited.
    return this.channel.member(userId) ? history : NOT_FOUND
  }

  /** One message, for a member. */
  message(userId: string, messageId: number): Promise<Result<Message>> {
    return readMessage(this.channel, userId, messageId)
  }

  /** Messages by their ids, for a member; see `pickMessages`. */
  async pick(userId: string, messageIds: number[]): Promise<Result<(Message | null)[]>> {
    const { loaded } = this.channel
    if (!loaded?.state.member(userId)) return NOT_FOUND
    const picked = await pickMessages(loaded.state, loaded.archive, messageIds)
    // They may have been removed while this waited.
    return this.channel.member(userId) ? picked : NOT_FOUND
  }

  /** Numbers of the archive's shards that have messages of this channel, for a member. */
  archivedIn(userId: string): Result<number[]> {
    const { loaded } = this.channel
    if (!loaded?.state.member(userId)) return NOT_FOUND
    const { shards } = loaded.state.archive
    return ok([...new Set(shards.map(({ shard }) => shard))])
  }

  /**
   * Moves the read mark forwards; see `markRead`. With `wait` the answer comes when the reader's own
   * inbox has it: a user object that calls must not wait for a call to itself.
   */
  async read(userId: string, messageId: number, wait: boolean): Promise<Result<Channel>> {
    const moved = this.markRead(userId, messageId)
    if (!moved.ok) return moved
    if (wait) await this.channel.loaded?.fanOut.settled(userId, READ_YOUR_WRITES_MS)
    // They may have been removed while this waited: then the channel is none of theirs any more.
    const member = this.channel.member(userId)
    return this.channel.loaded && member
      ? ok(this.channel.loaded.state.preview(member, false))
      : NOT_FOUND
  }

  /** Gives a message of one's own another text; see `editMessage`. Counts as a send. */
  edit(userId: string, messageId: number, text: string): Promise<Result<Message>> {
    return this.changeMessage(userId, messageId, (state, archived, now) =>
      editMessage(state, userId, messageId, archived, text, now),
    )
  }

  /** Takes a message back for everyone; see `deleteMessage`. Counts as a send. */
  delete(userId: string, messageId: number): Promise<Result<Message>> {
    return this.changeMessage(userId, messageId, (state, archived, now) =>
      deleteMessage(state, userId, messageId, archived, now),
    )
  }

  /** Puts a reaction on a message, `emoji` in its canonical form; see `react`. Counts as a send. */
  react(userId: string, messageId: number, emoji: string): Promise<Result<Message>> {
    return this.changeMessage(userId, messageId, (state, archived) =>
      react(state, userId, messageId, archived, emoji),
    )
  }

  /** Takes a reaction back; see `unreact`. Counts as a send. */
  unreact(userId: string, messageId: number, emoji: string): Promise<Result<Message>> {
    return this.changeMessage(userId, messageId, (state, archived) =>
      unreact(state, userId, messageId, archived, emoji),
    )
  }

  /** Messages up to this one have reached a device of the member; see `noteDelivered`. */
  delivered(userId: string, messageId: number): void {
    const { loaded } = this.channel
    const member = loaded?.state.member(userId)
    if (loaded && member && noteDelivered(loaded.state, member, messageId)) {
      this.channel.wakeLater()
      tellReceipt(this.env, loaded, member, { read: false, delivered: true })
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

  /** Changes what the member has set for themselves; see `changeSettings`. */
  changeSettings(userId: string, settings: ChannelSettings): Promise<Result<Channel>> {
    return this.changeMembers(userId, (state) => changeSettings(state, userId, settings))
  }

  /** Makes an invite link; see `createInvite`. */
  createInvite(actorId: string, input: InviteInput): Result<Invite> {
    return this.channel.change((state, now) => {
      const code = newInviteCode(this.env.CHANNEL_KEY, state.identity.channelId)
      return createInvite(state, actorId, code, input, now)
    })
  }

  /** The invite links that count; see `listInvites`. */
  invites(actorId: string): Result<Invite[]> {
    const { loaded } = this.channel
    return loaded ? listInvites(loaded.state, actorId, Date.now()) : NOT_FOUND
  }

  /** Takes an invite link back; see `revokeInvite`. */
  revokeInvite(actorId: string, code: string): Result<null> {
    return this.channel.change((state) => revokeInvite(state, actorId, code))
  }

  /** The channel as somebody with a link sees it before they join; see `lookAtInvite`. */
  lookAtInvite(userId: string, code: string): Result<Channel> {
    const { loaded } = this.channel
    return loaded ? lookAtInvite(loaded.state, userId, code, Date.now()) : NOT_FOUND
  }

  /** Lets a person in by a link; see `join`. */
  join(profile: Profile, code: string): Promise<Result<Channel>> {
    return this.changeMembers(profile.userId, (state, now) => join(state, profile, code, now))
  }

  /** Notes in a DM whether a member has blocked the other; see `setBlocked`. */
  setBlocked(userId: string, on: boolean): Result<null> {
    this.opening.note(userId, on)
    return this.channel.change((state) => setBlocked(state, userId, on))
  }

  /** A member's profile or their wish about read receipts has changed: read anew; see `updateProfile`. */
  refreshProfile(userId: string): Promise<void> {
    return this.profiles.run(userId)
  }

  /** For operators: how much of the channel is where; see `describeArchive`. */
  async archiveStatus(): Promise<Result<ArchiveStatus>> {
    if (!this.channel.loaded) return NOT_FOUND
    return ok(await describeArchive(this.channel.loaded.state, this.channel.shards, Date.now()))
  }

  /** For operators: has everything that is here archived anew, by the alarm and the ones after it. */
  rebuildArchive(): Result<null> {
    if (!this.channel.loaded) return NOT_FOUND
    this.channel.loaded.state.archive.rewind()
    this.channel.wakeAt(Date.now())
    return ok(null)
  }

  /** For operators: holds a part of what is here against the archive; see `compareWithArchive`. */
  async compareArchive(after: number): Promise<Result<ArchiveComparison>> {
    if (!this.channel.loaded) return NOT_FOUND
    return await compareWithArchive(this.channel.loaded.state, this.channel.loaded.archive, after)
  }

  /** For operators: messages from now on are archived in another shard; see `moveArchive`. */
  moveArchive(shard: number): Result<null> {
    if (!this.channel.loaded) return NOT_FOUND
    return moveArchive(
      this.channel.loaded.state,
      this.channel.shards,
      this.channel.openShards,
      shard,
    )
  }

  /** Ends a device: its sockets here close with 4401, also one whose upgrade is still on its way. */
  endDevice(deviceId: string): void {
    this.endedDevices.add(deviceId)
    this.sockets.endDevice(deviceId)
  }

  /** The upgrade of a channel socket, authenticated by the edge; 404 for who is not a member. */
  override fetch(request: Request): Response {
    const upgrade = upgradeSchema.parse(JSON.parse(request.headers.get(UPGRADE_HEADER) ?? 'null'))
    const member = this.channel.member(upgrade.userId)
    if (!this.channel.loaded || !member) return new Response(null, { status: 404 })
    // Changes of messages that were dropped since cannot be replayed: then the newest rows, as a reset.
    const { droppedVersion } = this.channel.loaded.state.archive
    const cursor = upgrade.cursor < droppedVersion ? 0 : upgrade.cursor
    const who = { ...upgrade, cursor, confirmed: 0, resetUntil: null }
    const { connection, response } = this.sockets.accept(who)
    if (this.endedDevices.has(upgrade.deviceId)) {
      connection.close(CLOSE.unauthenticated, 'logged out')
    } else if (!this.limits.admits(this.sockets.open(), upgrade.userId)) {
      connection.close(CLOSE.tooManySockets, 'too many sockets', 60)
    } else {
      this.channel.loaded.live.attach(connection, member)
    }
    return response
  }

  override webSocketMessage(ws: WebSocket, message: string | ArrayBuffer): Promise<void> {
    return this.sockets.receive(ws, message)
  }

  override webSocketClose(ws: WebSocket, code: number): void {
    this.sockets.gone(ws)
    echoClose(ws, code)
    this.channel.deliver()
  }

  override webSocketError(ws: WebSocket): void {
    this.sockets.gone(ws)
    this.channel.deliver()
  }

  override alarm(): Promise<void> {
    return this.channel.alarm()
  }

  private sendOne(userId: string, item: SendItem): Promise<Result<Sent>> {
    const counted = this.countSend(userId)
    return counted.ok ? this.sending.send(userId, item) : Promise.resolve(counted)
  }

  private async changeMessage(
    userId: string,
    messageId: number,
    change: MessageChange,
  ): Promise<Result<Message>> {
    const counted = this.countSend(userId)
    return counted.ok ? await changeMessage(this.channel, userId, messageId, change) : counted
  }

  /** Whoever is not a member is not counted: whatever they try is answered with `not_found`. */
  private countSend(userId: string): Result<null> {
    return this.channel.member(userId) ? this.limits.countSend(userId, Date.now()) : ok(null)
  }

  /** Does what a frame of a channel socket asks for; the value is what `ok` carries. */
  private async handle(connection: Connection, frame: ChannelDeviceFrame): Promise<Result<object>> {
    const { userId } = connection
    switch (frame.t) {
      case 'send': {
        const { clientId, text, replyTo } = frame
        const sent = await this.sendOne(userId, { clientId, text, replyTo: replyTo ?? null })
        return sent.ok ? ok({ message: sent.value.message }) : sent
      }
      case 'read': {
        const read = this.markRead(userId, frame.messageId)
        return read.ok ? ok({}) : read
      }
      case 'typing': {
        const { loaded } = this.channel
        if (!loaded?.state.member(userId)) return NOT_FOUND
        if (this.typing.passes(userId, Date.now()) && !loaded.state.blocks.any) {
          const { channelId } = loaded.state.identity
          const typing = JSON.stringify({ t: 'typing', channelId, userId })
          loaded.live.tell((readerId) => (readerId === userId ? null : typing))
        }
        return ok({})
      }
      case 'cursor':
        connection.confirm(frame.version)
        this.channel.loaded?.live.flush(connection)
        return ok({})
    }
  }

  private checkBlocks({ creator, others }: CreateInput): Promise<Result<null>> {
    const other = others[0] ?? creator
    return this.opening.check(() => findBlockers(this.env, creator.userId, other.userId))
  }

  private async readProfile(userId: string): Promise<void> {
    if (!this.channel.member(userId)) return
    const profile = (await findProfiles(this.env, [userId])).get(userId)
    if (profile) this.channel.change((state) => updateProfile(state, profile))
  }

  /** Moves the read mark and tells others of it, if that is news. */
  private markRead(userId: string, messageId: number): Result<ChannelMember> {
    const before = this.channel.member(userId)
    const read = this.channel.change((state) => markRead(state, userId, messageId))
    const { loaded } = this.channel
    if (loaded && before && read.ok && read.value.readMessageId !== before.readMessageId) {
      const delivered =
        loaded.state.identity.kind === 'dm' && deliveredMark(read.value) > deliveredMark(before)
      tellReceipt(this.env, loaded, read.value, { read: true, delivered })
    }
    return read
  }

  /** Changes who is in the channel or what it is called; answers once the actor's own inbox has it. */
  private async changeMembers(
    actorId: string,
    decide: (state: ChannelState, now: number) => Result<ChannelMember>,
  ): Promise<Result<Channel>> {
    const result = this.channel.change(decide)
    if (!result.ok || !this.channel.loaded) return result.ok ? NOT_FOUND : result
    const { state, fanOut } = this.channel.loaded
    await fanOut.settled(actorId, READ_YOUR_WRITES_MS)
    return ok(state.describe(state.members.get(actorId) ?? result.value))
  }
}

// Run twice, these leave what running once does: the runtime may repeat them after a lost connection. Not
// `edit` and what changes members: a later change may have come in between.
const { create, describe, send, history, message, pick, archivedIn, read } = ChannelObject.prototype
const { delete: deleteOne, delivered, endDevice } = ChannelObject.prototype
retryable(create, describe, send, history, message, pick, archivedIn, read)
retryable(deleteOne, delivered, endDevice)
