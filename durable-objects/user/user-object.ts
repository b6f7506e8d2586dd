import { retryable } from 'cloudflare:durable-objects'
import { DurableObject } from 'cloudflare:workers'
import type * as z from 'zod'
import { CLOSE } from '../../protocol/close-codes.ts'
import { fail, ok, type Result } from '../../protocol/errors.ts'
import type { PatchMe, PatchSettings } from '../../protocol/http.ts'
import {
  HEARTBEAT_SECONDS,
  MAX_SOCKETS_PER_USER,
  MAX_TEXT_LENGTH,
  OFFLINE_AFTER_SECONDS,
  PRESENCE_ASKS_PER_USER,
  PROTOCOL_VERSION,
} from '../../protocol/limits.ts'
import type { Contact, Presence as PresenceOf, Settings, User } from '../../protocol/objects.ts'
import type { PushAddress } from '../../protocol/push.ts'
import {
  deviceFrameSchema,
  type DeviceFrame,
  type userHelloSchema,
} from '../../protocol/user-socket.ts'
import { Alarms } from '../shared/alarms.ts'
import { echoClose } from '../shared/close.ts'
import type { Connection } from '../shared/connection.ts'
import type { Delivery } from '../shared/delivery.ts'
import { frameParser } from '../shared/frames.ts'
import { FixedWindow } from '../shared/rate.ts'
import { Sockets } from '../shared/sockets.ts'
import { channelStub } from '../shared/stubs.ts'
import { listChannels } from './channel-list.ts'
import { listContacts, type ContactChange } from './contacts.ts'
import { storeDelivery } from './deliver.ts'
import { deliveredMarks } from './delivered.ts'
import {
  attach,
  attachedChannels,
  findDevice,
  forgetAttachments,
  highestCursor,
  markEnded,
  saveCursor,
} from './devices.ts'
import { Outgoing } from './outgoing.ts'
import { ownChannels } from './own-channels.ts'
import { owe } from './owed.ts'
import { People } from './people.ts'
import { poll } from './poll.ts'
import { Presence } from './presence/presence.ts'
import type { Told } from './presence/watchers.ts'
import { isOutdated } from './profile.ts'
import { hasNews, pull, pullLive } from './pull.ts'
import { Pushes } from './push/pushes.ts'
import { Registrations } from './push/registrations.ts'
import { UserState } from './state.ts'
import { trimInbox } from './trim.ts'
import { UPGRADE_HEADER, upgradeSchema } from '../shared/upgrade.ts'
import { Waiters } from './waiters.ts'

/** Every so many values of the counter the inbox is trimmed. */
const TRIM_EVERY = 256

const LOGGED_OUT = fail('unauthenticated', 'This device was logged out')
const TOO_MANY_WAITS = fail('rate_limited', 'This device waits in too many places at once', 5)
const NO_CHANNEL = fail('not_found', 'No such channel')

/**
 * One person's chat server: the inbox, their devices and sockets. This class only wires; each verb
 * has its file.
 */
export class UserObject extends DurableObject<Env> {
  private state: UserState
  private readonly sockets: Sockets<DeviceFrame>
  private readonly waiters = new Waiters()
  private readonly presenceAsks = new FixedWindow(PRESENCE_ASKS_PER_USER)
  private readonly outgoing: Outgoing
  /** What the DMs were told already of how far messages have come. */
  private readonly delivered = new Map<string, number>()
  private readonly people: People
  private readonly presence: Presence
  private readonly registrations: Registrations
  private readonly pushes: Pushes
  private readonly alarms: Alarms

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.sockets = new Sockets(ctx, {
      limited: env.RATE_LIMITS !== 'off',
      parse: frameParser(deviceFrameSchema),
      handle: (connection, frame) => this.handle(connection, frame),
    })
    this.state = UserState.load(ctx.storage)
    this.outgoing = new Outgoing(async (channelId, items) => {
      const stub = channelStub(env, channelId)
      return stub ? await stub.send(this.ownerId, items) : items.map(() => NO_CHANNEL)
    }, report)
    const shared = {
      env,
      ownerId: () => this.ownerId,
      state: () => this.state,
      write: <T>(block: () => T) => this.write(block),
      now: () => Date.now(),
      rearm: () => this.alarms.rearm(),
      report,
    }
    this.people = new People({
      ...shared,
      limited: this.limited,
      connectedDevices: () => this.sockets.open().map(({ deviceId }) => deviceId),
      endDevice: (deviceId) => this.endDevice(deviceId),
      contactChanged: (otherId) => {
        this.wakeDevices()
        this.presence.relationsChanged(otherId)
      },
      settingsChanged: () => {
        this.presence.relationsChanged(null)
        this.pushes.settingsChanged()
      },
      claimPushAddress: (deviceId) => this.registrations.claim(deviceId),
    })
    this.registrations = new Registrations({
      ...shared,
      limited: this.limited,
      settle: (deviceId) => this.people.debts.settle('push-address', deviceId),
    })
    this.pushes = new Pushes({
      ...shared,
      registrations: this.registrations,
      previews: env.PUSH_PREVIEWS !== 'off',
      isActive: () => this.sockets.isActive(),
      confirmed: () => this.highestCursor(),
      enqueue: async (jobs) => {
        await env.PUSH.sendBatch(jobs.map((body) => ({ body })))
      },
    })
    this.presence = new Presence({
      ...shared,
      open: () => this.sockets.open(),
      present: () => this.sockets.present(),
      heardAt: (connection) => this.sockets.heardAt(connection),
      dropIfSilent: (connection) => this.sockets.dropIfSilent(connection),
    })
    this.alarms = new Alarms([this.presence, this.people.debts, this.pushes], {
      storage: ctx.storage,
      now: () => Date.now(),
      report,
    })
  }

  /**
   * Takes what a channel has for this person, `(after, version]`, and passes it to every device.
   * Returns the version up to which this inbox holds the channel; repeating a delivery is harmless.
   */
  deliver(delivery: Delivery): number {
    if (this.state.isDeleted) {
      const version = this.write(() => this.people.deletion.turnAway(delivery))
      this.alarms.rearm()
      return version
    }
    const before = this.state.counter
    const now = Date.now()
    let isOutdatedThere = false
    const { deliveredVersion, stored } = this.write(() => {
      const result = storeDelivery(this.state, delivery, now)
      const after = this.state.counter
      if (Math.floor(after / TRIM_EVERY) > Math.floor(before / TRIM_EVERY)) {
        trimInbox(this.state, now)
      }
      isOutdatedThere = isOutdated(this.state, delivery)
      if (isOutdatedThere) owe(this.state, 'channel-profile', delivery.channelId, now)
      if (result.stored) this.pushes.arrived(delivery, before + 1)
      return result
    })
    if (isOutdatedThere) {
      this.alarms.rearm()
      void this.people.debts.settle('channel-profile', delivery.channelId)
    }
    const live = stored && pullLive(this.state, stored)
    for (const connection of this.sockets.open()) {
      const { cursor, resetUntil } = connection.position
      const isUpToDate = cursor === before && resetUntil === null && connection.hasRoom
      if (live && isUpToDate) connection.push(live)
      else this.flush(connection)
    }
    this.waiters.wakeAll()
    return deliveredVersion
  }

  /**
   * The body of `GET /v1/sync` for a device, as JSON. Confirms `cursor`; with nothing to tell it
   * waits up to `waitSeconds` for something, or until `stopWaiting`. Refuses a device whose session was ended,
   * and with `rate_limited` the oldest of more waits than one device may have.
   * @param waitId what `stopWaiting` is told; another one each time
   */
  async sync(
    deviceId: string,
    cursor: number,
    waitSeconds: number,
    waitId: string = crypto.randomUUID(),
  ): Promise<Result<string>> {
    if (this.isEnded(deviceId)) return LOGGED_OUT
    const waits = waitSeconds > 0 && cursor === this.state.counter
    const mayAnswer = !waits || (await this.waiters.wait(deviceId, waitSeconds * 1000, waitId))
    if (this.isEnded(deviceId)) return LOGGED_OUT
    if (!mayAnswer) return TOO_MANY_WAITS
    const before = findDevice(this.state, deviceId)?.cursor ?? 0
    const pulled = this.write(() => poll(this.state, deviceId, cursor))
    if (cursor <= this.state.counter) this.tellDelivered(before, cursor)
    return ok(pulled.json)
  }

  /** Ends a wait of `sync` whose caller has gone: nobody hears its answer, and nothing is confirmed. */
  stopWaiting(waitId: string): void {
    this.waiters.stop(waitId)
  }

  /** Passes a frame that is not stored, such as a receipt, to every device that is connected. */
  tell(frame: string): void {
    for (const connection of this.sockets.open()) connection.send(frame)
  }

  /**
   * Asks somebody to be friends or accepts; ends that, takes a request back or declines; blocks;
   * unblocks. Each may be repeated. The answer comes when it is stored and the devices here are told; a
   * block also holds in the DM by then. Refuses `not_found` for nobody, `blocked` for asking whom one has
   * blocked, `conflict` beyond the limits; after `unavailable` it may have worked or not.
   */
  async changeContact(change: ContactChange, otherId: string): Promise<Result<Contact>> {
    const result = await this.people.changeContact(change, otherId)
    if (!result.ok) return result
    const known = this.presence.watching.known(otherId)
    return ok(known ? withPresence(result.value, known) : result.value)
  }

  /** A page of `GET /v1/contacts`, with the presence of friends; `before` is the last page's `next`. */
  async contacts(
    before: string | null,
    limit: number,
  ): Promise<{ contacts: Contact[]; next: string | null }> {
    const { contacts, next } = listContacts(this.state, before, limit)
    const friends = contacts.filter(({ state }) => state === 'friend')
    const ids = friends.map(({ user }) => user.userId)
    const presence = new Map(
      (await this.presence.presenceOf(ids, false)).map((known) => [known.userId, known]),
    )
    return {
      contacts: contacts.map((contact) => {
        const known = presence.get(contact.user.userId)
        return known ? withPresence(contact, known) : contact
      }),
      next,
    }
  }

  /** What somebody is to this person has changed, or their profile: it is read anew. */
  refreshContact(otherId: string): Promise<void> {
    return this.people.refreshContact(otherId)
  }

  /** For operators: reads all contacts anew from their home; returns how many. */
  rebuildContacts(): Promise<number> {
    return this.people.rebuildContacts()
  }

  /** Changes the profile, and has all who know this person told. Refuses `conflict` for a taken handle. */
  changeProfile(patch: PatchMe): Promise<Result<User>> {
    return this.people.changeProfile(patch)
  }

  /**
   * Deletes the account for good; see `Deletion`. The answer comes when nobody can be this person any
   * more; what others are still to learn goes on by itself. May be repeated; after `unavailable` it goes on too.
   */
  deleteAccount(): Promise<Result<null>> {
    return this.people.deleteAccount()
  }

  /** Changes what this person has decided about others. */
  changeSettings(change: PatchSettings): Promise<Result<Settings>> {
    return this.people.changeSettings(change)
  }

  /**
   * From now on pushes for `deviceId` go to `address`, and no other device has it any more, whosever it is;
   * until the session ends at `expiresAt`. May be repeated. Refuses a device whose session was ended, and
   * with `rate_limited`; after `unavailable` it may have worked or not.
   */
  async registerPush(
    deviceId: string,
    address: PushAddress,
    expiresAt: number,
  ): Promise<Result<null>> {
    if (this.isEnded(deviceId)) return LOGGED_OUT
    return await this.registrations.register(deviceId, address, expiresAt)
  }

  /** No more pushes for `deviceId`, if `address` is where it gets them. May be repeated. */
  async unregisterPush(deviceId: string, address: PushAddress): Promise<Result<null>> {
    return await this.registrations.unregister(deviceId, address)
  }

  /** Forgets the push address of a device if it still is `address`, which is over or somebody else's now. */
  dropPush(deviceId: string, address: string): void {
    this.registrations.drop(deviceId, address)
  }

  /**
   * Whether a push that was decided at `createdAt` is not to be shown any more: a channel's messages up to
   * `messageId` are read, or its notification was taken back or says something else by now.
   */
  isPushOver(channelId: string, messageId: number, createdAt: number): boolean {
    return this.pushes.isOver(channelId, messageId, createdAt)
  }

  /**
   * What this person may know of others' presence, at most 200; of strangers nothing. With `shares` the
   * caller has seen that they are all in a channel together. Refuses with `rate_limited`.
   */
  async presenceOf(userIds: string[], shares: boolean): Promise<Result<PresenceOf[]>> {
    const retryAfter = this.limited ? this.presenceAsks.take(Date.now()) : 0
    if (retryAfter > 0) return fail('rate_limited', 'Too many questions', retryAfter)
    return ok(await this.presence.presenceOf(userIds, shares))
  }

  /** What `readerId`, by whose object this is called, may know of this person's presence. */
  presenceFor(readerId: string, shares: boolean): PresenceOf {
    return this.presence.presenceFor(readerId, shares)
  }

  /** From now on `watcherId` is told of changes; null for whoever has nothing to do with this person. */
  watchedBy(watcherId: string): Told | null {
    return this.presence.watchers.add(watcherId)
  }

  unwatchedBy(watcherId: string): void {
    this.presence.watchers.remove(watcherId)
  }

  /** Somebody who is watched here came or went. False: nobody is watching, they need not tell again. */
  hearPresence(told: Told): boolean {
    return this.presence.hear(told)
  }

  /** A page of `GET /v1/channels`, as JSON; see `listChannels`. */
  channels(before: string | null, limit: number): Result<string> {
    return listChannels(this.state, before, limit)
  }

  /** Ids of the channels that this person is in; see `ownChannels`. */
  ownChannels(limit: number): string[] {
    return ownChannels(this.state, limit)
  }

  /**
   * Notes that a device is about to open a socket on a channel; asked before it opens. Refuses a
   * device whose session was ended.
   */
  attach(deviceId: string, channelId: string): Result<null> {
    if (this.isEnded(deviceId)) return LOGGED_OUT
    this.write(() => attach(this.state, deviceId, channelId))
    return ok(null)
  }

  /**
   * Ends a device: its sockets, here and on every channel, close with 4401, and it is not let in
   * again. Fails if a channel does not answer; asking again asks all of them again.
   */
  async endDevice(deviceId: string): Promise<void> {
    this.write(() => markEnded(this.state, deviceId, Date.now()))
    this.registrations.ended(deviceId)
    const ended = this.sockets.open().filter((connection) => connection.deviceId === deviceId)
    this.sockets.endDevice(deviceId)
    for (const connection of ended) this.presence.closed(connection, true)
    this.waiters.wakeAll()
    const channelIds = attachedChannels(this.state, deviceId)
    await Promise.all(
      channelIds.map((channelId) => channelStub(this.env, channelId)?.endDevice(deviceId)),
    )
    this.write(() => forgetAttachments(this.state, deviceId))
  }

  /** The upgrade of a user socket, authenticated by the edge. */
  override fetch(request: Request): Response {
    const upgrade = upgradeSchema.parse(JSON.parse(request.headers.get(UPGRADE_HEADER) ?? 'null'))
    const others = this.sockets.open().length
    const confirmed = upgrade.cursor <= this.state.counter ? upgrade.cursor : 0
    const who = { ...upgrade, confirmed, resetUntil: null }
    const { connection, response } = this.sockets.accept(who)
    if (this.isEnded(upgrade.deviceId)) {
      connection.close(CLOSE.unauthenticated, 'logged out')
    } else if (this.limited && others >= MAX_SOCKETS_PER_USER) {
      connection.close(CLOSE.tooManySockets, 'too many sockets', 60)
    } else {
      connection.send(JSON.stringify(helloFor(connection)))
      // Coming back with a cursor confirms it, like asking with one.
      const before = findDevice(this.state, upgrade.deviceId)?.cursor ?? 0
      if (confirmed > 0) this.tellDelivered(before, confirmed)
      this.flush(connection)
      this.presence.opened()
      this.registrations.prolong(upgrade.deviceId, upgrade.expiresAt)
    }
    return response
  }

  override webSocketMessage(ws: WebSocket, message: string | ArrayBuffer): Promise<void> {
    return this.sockets.receive(ws, message)
  }

  override webSocketClose(ws: WebSocket, code: number): void {
    this.gone(ws)
    echoClose(ws, code)
  }

  override webSocketError(ws: WebSocket): void {
    this.gone(ws)
  }

  /** Settles what is owed and looks at the heartbeats. May run late, or twice. */
  override alarm(): Promise<void> {
    return this.alarms.ring()
  }

  /** Does what a frame asks for; the value is what `ok` carries. */
  private async handle(connection: Connection, frame: DeviceFrame): Promise<Result<object>> {
    switch (frame.t) {
      case 'send': {
        const { channelId, clientId, text, replyTo } = frame
        const sent = await this.outgoing.send(channelId, {
          clientId,
          text,
          replyTo: replyTo ?? null,
        })
        return sent.ok ? ok({ message: sent.value.message }) : sent
      }
      case 'read': {
        const stub = channelStub(this.env, frame.channelId)
        if (!stub) return NO_CHANNEL
        try {
          const read = await stub.read(connection.userId, frame.messageId, false)
          return read.ok ? ok({}) : read
        } catch (error) {
          report(error)
          return fail('unavailable', 'The channel did not answer, try again', 1)
        }
      }
      case 'cursor': {
        const before = connection.confirmedCursor
        if (connection.confirm(frame.cursor)) this.tellDelivered(before, frame.cursor)
        this.flush(connection)
        return ok({})
      }
      case 'watch': {
        const retryAfter = this.limited ? this.presenceAsks.take(Date.now()) : 0
        if (retryAfter > 0) return fail('rate_limited', 'Too many lists', retryAfter)
        await this.presence.watching.watch(connection, frame.userIds)
        return ok({})
      }
      case 'active':
        connection.setActive(frame.on)
        return ok({})
    }
  }

  /** Sends every device what it lacks, also one that polls. */
  private wakeDevices(): void {
    for (const connection of this.sockets.open()) this.flush(connection)
    this.waiters.wakeAll()
  }

  /** Sends a device what it lacks, as far as its window goes; one that does not live is let go. */
  private flush(connection: Connection): void {
    while (hasNews(this.state, connection.position)) {
      if (!connection.hasRoom) return this.sockets.dropIfSilent(connection)
      connection.push(pull(this.state, connection.position))
    }
  }

  /** Tells the DMs that what they sent has reached a device; once for each message, never awaited. */
  private tellDelivered(before: number, cursor: number): void {
    for (const { channelId, messageId } of deliveredMarks(this.state, before, cursor)) {
      if ((this.delivered.get(channelId) ?? 0) >= messageId) continue
      this.delivered.set(channelId, messageId)
      channelStub(this.env, channelId)?.delivered(this.ownerId, messageId).catch(report)
    }
  }

  private gone(ws: WebSocket): void {
    const connection = this.sockets.get(ws)
    this.sockets.gone(ws)
    if (!connection || !this.state.exists) return
    this.remember(connection)
    const isEnded = connection.expiresAt <= Date.now() || this.isEnded(connection.deviceId)
    this.presence.closed(connection, isEnded)
  }

  /** Keeps how far a device had confirmed when its socket went. */
  private remember(connection: Connection): void {
    if (connection.confirmedCursor <= 0) return
    const device = findDevice(this.state, connection.deviceId)
    if ((device?.cursor ?? 0) >= connection.confirmedCursor) return
    const resetUntil = device?.reset_until ?? null
    saveCursor(this.state, connection.deviceId, connection.confirmedCursor, resetUntil)
  }

  private highestCursor(): number {
    // What a socket that is closing has confirmed is not stored yet.
    const live = this.sockets.present().map((connection) => connection.confirmedCursor)
    return Math.max(highestCursor(this.state), ...live)
  }

  private isEnded(deviceId: string): boolean {
    return this.state.isDeleted || findDevice(this.state, deviceId)?.ended_at != null
  }

  /**
   * Runs a block that writes, after making the tables if it is the first. Should it throw, they are
   * rolled back and memory is read anew from them.
   */
  private write<T>(block: () => T): T {
    try {
      return this.ctx.storage.transactionSync(() => {
        this.state.ensure(this.ctx.storage, this.ownerId)
        return block()
      })
    } catch (error) {
      this.state = UserState.load(this.ctx.storage)
      throw error
    }
  }

  /** Whose object this is: as stored, or by the name that every call but an alarm has. */
  private get ownerId(): string {
    const userId = this.state.userId ?? this.ctx.id.name
    if (userId === undefined) throw new Error('a user object is made by name')
    return userId
  }

  private get limited(): boolean {
    return this.env.RATE_LIMITS !== 'off'
  }
}

// Run twice, these leave what running once does: the runtime may repeat them after a lost connection.
const { deliver, sync, channels, attach: attachDevice, endDevice } = UserObject.prototype
retryable(deliver, sync, channels, attachDevice, endDevice)

function withPresence(contact: Contact, { status, lastActiveAt }: PresenceOf): Contact {
  return { ...contact, status, lastActiveAt }
}

function helloFor(connection: Connection): z.infer<typeof userHelloSchema> {
  return {
    t: 'hello',
    protocol: PROTOCOL_VERSION,
    userId: connection.userId,
    deviceId: connection.deviceId,
    heartbeatSeconds: HEARTBEAT_SECONDS,
    offlineAfterSeconds: OFFLINE_AFTER_SECONDS,
    maxTextLength: MAX_TEXT_LENGTH,
  }
}

function report(error: unknown): void {
  console.error('user object', error instanceof Error ? error.message : String(error))
}
