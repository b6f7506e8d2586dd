import { HEARTBEAT_SECONDS, MAX_TEXT_LENGTH } from '../protocol/limits.ts'
import { Account } from './account.ts'
import { Active } from './active.ts'
import { Arrivals } from './arrivals.ts'
import { ChannelCalls } from './channel-calls.ts'
import type { ClientEvents, ClientOptions } from './client-options.ts'
import type { EndReason } from './connection.ts'
import { Conversations } from './conversations.ts'
import { Delivery } from './delivery.ts'
import { discover } from './discover.ts'
import { Emitter } from './emitter.ts'
import { Endpoints } from './endpoints.ts'
import { HistoryReader } from './history.ts'
import { Http } from './http.ts'
import { Invites } from './invites.ts'
import { LateLink } from './late-link.ts'
import type { Link, LinkDeps } from './link.ts'
import { MemberLoader } from './member-loader.ts'
import { MemoryStore } from './memory-store.ts'
import { Model, noChanges } from './model.ts'
import { Outbox } from './outbox.ts'
import { OwnLink } from './own-link.ts'
import { asParleyError } from './parley-error.ts'
import { People } from './people.ts'
import { Push } from './push.ts'
import { Reads } from './reads.ts'
import { refusalOf } from './refusal.ts'
import { SearchCalls } from './search-calls.ts'
import { socketAddress } from './socket-address.ts'
import type { Saved, Store } from './store.ts'
import { Sync } from './sync.ts'
import { tolerant } from './tolerant-store.ts'
import { Watch } from './watch.ts'

/** Messages of a channel in memory while nobody looks at it: a few screens. */
const HELD_UNSEEN = 200

/** The parts of a client, wired: what arrives goes to memory and store, what is written goes out. */
export class Device {
  readonly events = new Emitter<ClientEvents>()
  readonly model = new Model()
  readonly account: Account
  readonly calls: ChannelCalls
  readonly people: People
  readonly push: Push
  readonly active: Active
  readonly history: HistoryReader
  readonly invites: Invites
  readonly search: SearchCalls
  readonly outbox: Outbox
  readonly reads: Reads
  readonly link: Link
  readonly conversations: Conversations
  readonly arrivals: Arrivals
  maxTextLength = MAX_TEXT_LENGTH
  readonly #session: 'cookie' | 'token'
  readonly #endpoints: Endpoints
  readonly #http: Http
  readonly #store: Store
  readonly #members: MemberLoader
  readonly #sync: Sync
  readonly #delivery: Delivery
  readonly #watch: Watch
  #heartbeatSeconds = HEARTBEAT_SECONDS
  #token: string | null
  #started: Promise<void> | null = null

  constructor(options: ClientOptions) {
    const random = options.random ?? Math.random
    this.#session = options.session ?? 'token'
    this.#token = options.token ?? null
    this.#store = tolerant(options.store ?? new MemoryStore())
    this.#endpoints = new Endpoints(options.baseUrl)
    this.#http = new Http({
      fetch: options.fetch ?? ((url, init) => fetch(url, init)),
      endpoints: this.#endpoints,
      token: () => this.#token,
      onToken: (token) => this.setToken(token),
    })
    this.account = new Account(this.#http)
    this.calls = new ChannelCalls(this.#http, random)
    this.search = new SearchCalls(this.#http)
    this.push = new Push(this.#http)
    this.arrivals = new Arrivals(this.events, this.model, {
      settle: (clientId) => this.outbox.settle(clientId),
      saveChannel: (channel) => this.#keep(() => this.#store.saveChannel(channel)),
      saveRecent: (recent) => this.#keep(() => this.#store.saveRecent(recent)),
      left: (channelId, userId) => void this.#readAnew(channelId, userId),
    })
    this.invites = new Invites(this.#http, this.arrivals)
    const onChange = (channelId: string) => this.arrivals.changed(channelId)
    this.history = new HistoryReader(this.#http, this.model, (channelId, { kind }) => {
      onChange(channelId)
      if (kind === 'newest') this.arrivals.keepRecent(channelId)
    })
    this.#members = new MemberLoader(
      this.model,
      (channelId) => this.calls.channel(channelId),
      (channel) => void this.arrivals.channel(channel),
    )
    const sockets = {
      WebSocket: options.WebSocket ?? WebSocket,
      random,
      onUnreachable: () => this.#endpoints.failed(this.#endpoints.current),
    }
    const link: LinkDeps = {
      ...sockets,
      http: this.#http,
      cursor: () => this.#sync.cursor,
      kept: () => this.#sync.kept,
      address: () => this.#address(`/v1/ws?cursor=${this.#sync.cursor}`),
      refusal: () => this.#userRefusal(),
      onHello: (frame) => {
        this.maxTextLength = frame.maxTextLength
        this.#heartbeatSeconds = frame.heartbeatSeconds
        void this.#greeted(frame.userId)
        this.#watch.greeted()
        this.active.greeted()
        if (!this.arrivals.upToDate && this.#sync.cursor > 0) void this.#lookWhetherUpToDate()
      },
      onUser: (userId) => void this.#greeted(userId),
      onSync: (frame) => this.#sync.receive(frame),
      onFrame: (frame) => {
        if (frame.t === 'presence') {
          const { userId, status, lastActiveAt } = frame
          this.arrivals.presence([{ userId, status, lastActiveAt }])
        }
        if (frame.t === 'receipt') this.arrivals.receipt(frame)
      },
      onState: (state) => this.events.emit('connection', state),
      onEnd: (reason) => this.#ended(reason),
    }
    const sharing = options.sharedLink ?? null
    this.link = sharing === null ? new OwnLink(link) : new LateLink(link, sharing)
    this.active = new Active({
      hasSocket: () => this.link.hasSocket,
      post: (on) => this.link.post({ t: 'active', on }),
    })
    this.#watch = new Watch({
      hasSocket: () => this.link.hasSocket,
      send: (userIds) => this.link.request({ t: 'watch', userIds }),
    })
    this.people = new People({
      http: this.#http,
      model: this.model,
      watch: this.#watch,
      onPresence: (presence) => this.arrivals.presence(presence),
    })
    this.conversations = new Conversations({
      ...sockets,
      heartbeatSeconds: () => this.#heartbeatSeconds,
      address: (channelId) => {
        const { version } = this.model.timeline(channelId)
        return this.#address(`/v1/channels/${encodeURIComponent(channelId)}/ws?after=${version}`)
      },
      refusal: (channelId) => refusalOf(() => this.calls.channel(channelId)),
      onFrame: (...live) => this.arrivals.live(...live),
      onOnline: () => this.#flush(),
      onClosed: (channelId, reason) => {
        this.arrivals.typing.close(channelId)
        if (reason === 'unauthenticated') this.link.end(reason)
      },
    })
    this.#sync = new Sync({
      model: this.model,
      store: this.#store,
      confirm: (cursor) => this.link.post({ t: 'cursor', cursor }),
      onChanges: (changes, frame) => {
        if (changes.reset) this.#members.reset()
        this.arrivals.synced(changes, frame)
        this.#members.look(changes.channelIds)
        this.#letGo(changes.channelIds)
      },
    })
    this.#delivery = new Delivery(this.conversations, this.link, this.calls)
    const isReady = (channelId: string) => this.#delivery.isReady(channelId)
    this.outbox = new Outbox({
      store: this.#store,
      random,
      isReady,
      deliver: (outgoing) => this.#delivery.send(outgoing),
      onStored: (message) => this.arrivals.sent(message),
      onChange,
      userId: () => this.model.userId,
      shared: options.sharedOutbox ?? null,
    })
    this.reads = new Reads({
      isReady,
      deliver: (channelId, messageId) => this.#delivery.read(channelId, messageId),
    })
  }

  /** See `ParleyClient.connect`. */
  async connect(): Promise<void> {
    this.#delivery.connects = true
    await (this.#started ??= this.#start())
    this.link.connect()
    this.conversations.connect()
  }

  close(): void {
    this.#sync.confirmNow()
    this.conversations.disconnect()
    this.link.close()
  }

  wake(): void {
    this.link.wake()
    this.conversations.wake()
  }

  check(): void {
    this.link.check()
    this.conversations.check()
  }

  /** Forgets everything that is kept on this device, what was not sent included. */
  async forget(): Promise<void> {
    this.#letGoOfAll()
    await this.#store.clear()
    this.events.emit('changed', noChanges(true))
  }

  #letGoOfAll(): void {
    this.conversations.clear()
    this.model.forget()
    this.outbox.clear()
    this.reads.clear()
    this.#watch.clear()
    this.#members.reset()
    this.#sync.startAt(0)
    this.arrivals.upToDate = false
    this.model.userId = null
  }

  async #start(): Promise<void> {
    this.#takeUp(await this.#store.load())
    // With a cookie only the origin it belongs to can be talked to.
    if (this.#session === 'token') await discover(this.#http, this.#endpoints)
  }

  /**
   * Somebody else has logged in here: nothing of what is held is theirs. What is kept is, once another client over
   * the store has begun anew, and may hold what they have written meanwhile.
   */
  async #startAs(userId: string): Promise<void> {
    this.#letGoOfAll()
    const saved = await this.#store.load()
    if (saved.userId === userId) this.#takeUp(saved)
    else await this.#store.clear()
    this.events.emit('changed', noChanges(true))
  }

  #takeUp(saved: Saved): void {
    this.model.userId = saved.userId
    for (const channel of saved.channels) this.model.applyAnswer(channel)
    for (const contact of saved.contacts) this.model.contacts.set(contact.user.userId, contact)
    for (const { channelId, messages } of saved.recent) {
      if (this.model.channels.has(channelId)) this.model.timeline(channelId).restore(messages)
    }
    this.outbox.restore(saved.outgoing)
    this.#sync.startAt(saved.cursor)
    if (saved.channels.length > 0) this.events.emit('changed', noChanges(true))
  }

  /** Not what was asked before somebody logged out and is answered after it. */
  async #keep(save: () => Promise<void>): Promise<void> {
    if (this.model.userId !== null) await save()
  }

  async #greeted(userId: string): Promise<void> {
    if (this.model.userId !== null && this.model.userId !== userId) {
      this.close()
      await this.#startAs(userId)
      this.link.connect()
      return
    }
    this.model.userId = userId
    this.#flush()
    await this.#store.saveUser(userId)
  }

  /**
   * A device that comes back and lacks nothing is sent no `sync`. What it lacks is sent right after `hello`, and so comes before
   * the answer to whatever it asks then.
   */
  async #lookWhetherUpToDate(): Promise<void> {
    const { cursor } = this.#sync
    try {
      await this.link.request({ t: 'active', on: this.active.on })
    } catch (caught) {
      // On a connection that was lost the next one asks again.
      const isSilent = asParleyError(caught).code === 'network' && this.link.hasSocket
      return isSilent ? this.#lookWhetherUpToDate() : undefined
    }
    if (cursor === this.#sync.cursor) this.arrivals.complete()
  }

  /** Whoever has left may be gone for good, which no list of members tells any more. */
  async #readAnew(channelId: string, userId: string): Promise<void> {
    if (userId === this.model.userId || !this.model.people.has(userId)) return
    const { epoch } = this.model
    try {
      const user = await this.people.profile(userId)
      if (epoch !== this.model.epoch) return
      this.model.renamePerson(user)
      this.arrivals.changed(channelId)
    } catch (caught) {
      // They are called as they were.
      asParleyError(caught)
    }
  }

  /** Of channels that nobody looks at only the newest messages stay in memory. */
  #letGo(channelIds: ReadonlySet<string>): void {
    for (const channelId of channelIds) {
      const timeline = this.model.timeline(channelId)
      const isLong = timeline.latest.length > 2 * HELD_UNSEEN
      if (isLong && !this.conversations.has(channelId)) timeline.keepNewest(HELD_UNSEEN)
    }
  }

  #flush(): void {
    this.outbox.flush()
    this.reads.flush()
  }

  #ended(reason: EndReason): void {
    this.conversations.disconnect()
    if (reason !== 'left') this.events.emit('ended', reason)
  }

  #address(target: string): Promise<string> {
    return socketAddress(this.#http, this.#endpoints, this.#token, target)
  }

  async #userRefusal(): Promise<EndReason | null> {
    // With a token, the ticket for the next attempt tells.
    return this.#session === 'token' ? null : refusalOf(() => this.account.me())
  }

  setToken(token: string | null): void {
    if (this.#session === 'cookie') return
    this.#token = token
    this.events.emit('token', token)
  }
}
