import { MAX_TEXT_LENGTH } from '../protocol/limits.ts'
import type { Channel, Contact, Message } from '../protocol/objects.ts'
import type { ServerFrame, SyncFrame } from '../protocol/user-socket.ts'
import { Account } from './account.ts'
import { ChannelCalls } from './channel-calls.ts'
import type { ClientEvents, ClientOptions } from './client-options.ts'
import { discover } from './discover.ts'
import { Emitter } from './emitter.ts'
import { Endpoints } from './endpoints.ts'
import { HistoryReader } from './history.ts'
import { Http } from './http.ts'
import { MemberLoader } from './member-loader.ts'
import { MemoryStore } from './memory-store.ts'
import { Model, noChanges, type Changes } from './model.ts'
import { Outbox } from './outbox.ts'
import type { Outgoing } from './outgoing.ts'
import { ParleyError } from './parley-error.ts'
import { Reads } from './reads.ts'
import { socketAddress } from './socket-address.ts'
import type { Store } from './store.ts'
import { Sync } from './sync.ts'
import { UserSocket } from './user-socket.ts'

/** The parts of a client, wired: what arrives goes to memory and store, what is written goes out. */
export class Device {
  readonly events = new Emitter<ClientEvents>()
  readonly model = new Model()
  readonly account: Account
  readonly calls: ChannelCalls
  readonly history: HistoryReader
  readonly outbox: Outbox
  readonly reads: Reads
  readonly socket: UserSocket
  upToDate = false
  maxTextLength = MAX_TEXT_LENGTH
  readonly #session: 'cookie' | 'token'
  readonly #endpoints: Endpoints
  readonly #http: Http
  readonly #store: Store
  readonly #members: MemberLoader
  readonly #sync: Sync
  #token: string | null
  #started: Promise<void> | null = null
  /** A client that never connects sends over HTTP; one that does waits for its socket. */
  #connects = false

  constructor(options: ClientOptions) {
    const random = options.random ?? Math.random
    this.#session = options.session ?? 'token'
    this.#token = options.token ?? null
    this.#store = options.store ?? new MemoryStore()
    this.#endpoints = new Endpoints(options.baseUrl)
    this.#http = new Http({
      fetch: options.fetch ?? ((url, init) => fetch(url, init)),
      endpoints: this.#endpoints,
      token: () => this.#token,
      onToken: (token) => this.setToken(token),
    })
    this.account = new Account(this.#http)
    this.calls = new ChannelCalls(this.#http, random)
    this.history = new HistoryReader(this.#http, this.model, (id) => this.changed(id))
    this.#members = new MemberLoader(
      this.model,
      (channelId) => this.calls.channel(channelId),
      (channel) => this.answered(channel),
    )
    this.socket = new UserSocket({
      WebSocket: options.WebSocket ?? WebSocket,
      random,
      address: () => socketAddress(this.#http, this.#endpoints, this.#token, this.#sync.cursor),
      mayConnect: () => this.#mayConnect(),
      onUnreachable: () => this.#endpoints.failed(this.#endpoints.current),
      onFrame: (frame) => this.#receive(frame),
      onState: (state) => this.events.emit('connection', state),
      onEnd: (reason) => this.events.emit('ended', reason),
    })
    this.#sync = new Sync({
      model: this.model,
      store: this.#store,
      confirm: (cursor) => this.socket.post({ t: 'cursor', cursor }),
      onChanges: (changes, frame) => this.#applied(changes, frame),
    })
    const ready = () => !this.#connects || this.socket.state === 'online'
    this.outbox = new Outbox({
      store: this.#store,
      random,
      ready,
      deliver: (outgoing) => this.#deliver(outgoing),
      onStored: (message) => this.#stored(message),
      onChange: (channelId) => this.changed(channelId),
    })
    this.reads = new Reads({
      ready,
      deliver: (channelId, messageId) => this.#deliverRead(channelId, messageId),
    })
  }

  /** See `ParleyClient.connect`. */
  async connect(): Promise<void> {
    this.#connects = true
    await (this.#started ??= this.#start())
    this.socket.connect()
  }

  close(): void {
    this.#sync.confirmNow()
    this.socket.close()
  }

  /** Forgets everything that is kept on this device, what was not sent included. */
  async forget(): Promise<void> {
    this.model.forget()
    this.model.people.clear()
    this.outbox.clear()
    this.reads.clear()
    this.#members.reset()
    this.#sync.startAt(0)
    this.upToDate = false
    this.model.userId = null
    await this.#store.clear()
    this.events.emit('changed', noChanges(true))
  }

  async #start(): Promise<void> {
    const saved = await this.#store.load()
    this.model.userId = saved.userId
    for (const channel of saved.channels) this.model.applyAnswer(channel)
    for (const contact of saved.contacts) this.model.contacts.set(contact.user.userId, contact)
    this.outbox.restore(saved.outgoing)
    this.#sync.startAt(saved.cursor)
    if (saved.channels.length > 0) this.events.emit('changed', noChanges(true))
    // With a cookie only the origin it belongs to can be talked to.
    if (this.#session === 'token') await discover(this.#http, this.#endpoints)
  }

  #receive(frame: ServerFrame): void {
    switch (frame.t) {
      case 'hello':
        this.maxTextLength = frame.maxTextLength
        void this.#greeted(frame.userId)
        return
      case 'sync':
        this.#sync.receive(frame)
        return
      case 'presence':
        return this.#presence(frame.userId, frame.status, frame.lastActiveAt)
      case 'ok':
      case 'error':
      case 'bye':
      case 'receipt':
        // Requests and the socket have taken these; receipts of DMs come with the ticks.
        return
    }
  }

  async #greeted(userId: string): Promise<void> {
    if (this.model.userId !== null && this.model.userId !== userId) {
      // Somebody else has logged in here: nothing of what is held is theirs.
      this.socket.close()
      await this.forget()
      this.socket.connect()
      return
    }
    this.model.userId = userId
    this.outbox.flush()
    this.reads.flush()
    await this.#store.saveUser(userId)
  }

  #applied(changes: Changes, frame: SyncFrame): void {
    const own = new Set<Message>()
    for (const message of frame.messages) {
      const { userId, clientId } = message
      const mayBeOurs = clientId !== null && userId === this.model.userId
      if (mayBeOurs && this.outbox.settle(clientId)) own.add(message)
    }
    if (changes.reset) this.#members.reset()
    this.events.emit('changed', changes)
    if (changes.contactIds.size > 0) this.events.emit('contacts', { userIds: changes.contactIds })
    for (const message of changes.arrived) {
      if (!own.has(message)) this.events.emit('message', message)
    }
    if (!frame.more) {
      this.upToDate = true
      this.events.emit('upToDate', null)
    }
    this.#members.look(changes.channelIds)
  }

  async #deliver(outgoing: Outgoing): Promise<Message> {
    if (!this.#connects) return this.calls.send(outgoing)
    const { channelId, clientId, text, replyTo } = outgoing
    const { message } = await this.socket.request({
      t: 'send',
      channelId,
      clientId,
      text,
      replyTo,
    })
    if (message !== undefined) return message
    throw new ParleyError({ code: 'protocol', detail: 'The answer to a message was without it.' })
  }

  async #deliverRead(channelId: string, messageId: number): Promise<void> {
    if (!this.#connects) await this.calls.read(channelId, messageId)
    else await this.socket.request({ t: 'read', channelId, messageId })
  }

  #stored(message: Message): void {
    if (this.model.applyMessage(message)) this.changed(message.channelId)
  }

  answered(channel: Channel): Channel {
    this.model.applyAnswer(channel)
    this.changed(channel.channelId)
    return this.model.channels.get(channel.channelId) ?? channel
  }

  #presence(userId: string, status: Contact['status'], lastActiveAt: number | null): void {
    const contact = this.model.contacts.get(userId)
    if (contact === undefined) return
    this.model.contacts.set(userId, { ...contact, status, lastActiveAt })
    this.events.emit('contacts', { userIds: new Set([userId]) })
  }

  async #mayConnect(): Promise<boolean> {
    if (this.#session === 'token') return true
    try {
      await this.account.me()
      return true
    } catch (caught) {
      return !(caught instanceof ParleyError && caught.code === 'unauthenticated')
    }
  }

  changed(channelId: string): void {
    this.events.emit('changed', { channelIds: new Set([channelId]), reset: false })
  }

  setToken(token: string | null): void {
    if (this.#session === 'cookie') return
    this.#token = token
    this.events.emit('token', token)
  }
}
