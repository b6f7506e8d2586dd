import type { Channel, Member, Message, Notify, Role, User } from '../protocol/objects.ts'
import type { Hits } from '../protocol/search.ts'
import { countCodePoints } from '../protocol/text.ts'
import type { Account } from './account.ts'
import { newClientId } from './client-id.ts'
import type { ClientEvents, ClientOptions } from './client-options.ts'
import type { ConnectionState } from './connection.ts'
import type { OpenConversation } from './conversations.ts'
import { Device } from './device.ts'
import type { Invites } from './invites.ts'
import { messageState, readersOf, type MessageState } from './message-state.ts'
import type { Outgoing } from './outgoing.ts'
import { ParleyError } from './parley-error.ts'
import type { People } from './people.ts'
import type { Push } from './push.ts'
import type { PageOfHits, Search } from './search-calls.ts'
import type { Timeline } from './timeline.ts'

/** One device of one person: everything it knows, and what it can do. */
export class ParleyClient {
  /** Sign up, log in and out, devices, passwords. */
  readonly account: Account
  /** Links by which people join groups. */
  readonly invites: Invites
  /** Finding people, being friends or not, who is there, what one has decided about that. */
  readonly people: People
  /** Where this device gets its pushes. */
  readonly push: Push
  readonly #device: Device

  constructor(options: ClientOptions) {
    this.#device = new Device(options)
    this.account = this.#device.account
    this.invites = this.#device.invites
    this.people = this.#device.people
    this.push = this.#device.push
  }

  /** Calls `listener` for each event until the returned function is called. */
  on<Name extends keyof ClientEvents>(
    name: Name,
    listener: (event: ClientEvents[Name]) => void,
  ): () => void {
    return this.#device.events.on(name, listener)
  }

  /** Who is logged in, as far as this client has been told. */
  get userId(): string | null {
    return this.#device.model.userId
  }

  get connection(): ConnectionState {
    return this.#device.link.state
  }

  /** Whether everything from before the connection has arrived at least once. */
  get upToDate(): boolean {
    return this.#device.arrivals.upToDate
  }

  /** In code points, as the server said. */
  get maxTextLength(): number {
    return this.#device.maxTextLength
  }

  /** Connects, and stays connected until `close`. Resolves when the first attempt is under way. */
  connect(): Promise<void> {
    return this.#device.connect()
  }

  /** Disconnects. What was not sent stays in the outbox. */
  close(): void {
    this.#device.close()
  }

  /** Tell it when the network or the machine is back: it tries at once instead of waiting. */
  wake(): void {
    this.#device.wake()
  }

  /** Tell it when the network seems to have gone: within two seconds it knows. */
  check(): void {
    this.#device.check()
  }

  /**
   * Tell it whether somebody looks at this device: while nobody does, what comes is pushed. Without a word
   * somebody does, as long as it is connected.
   */
  setActive(on: boolean): void {
    this.#device.active.set(on)
  }

  /** Ends the session and forgets everything that was kept. */
  async signOut(): Promise<void> {
    await this.account.signOut()
    this.close()
    this.#device.setToken(null)
    await this.forget()
  }

  /** Forgets everything that is kept on this device, what was not sent included. */
  forget(): Promise<void> {
    return this.#device.forget()
  }

  /** All channels, latest activity first, those one has left included. */
  channels(): Channel[] {
    return this.#device.model.channelsByActivity()
  }

  channel(channelId: string): Channel | null {
    return this.#device.model.channels.get(channelId) ?? null
  }

  /** Somebody who is or was seen as a member of one of the channels; without a handle if their account is gone. */
  person(userId: string): Member | null {
    return this.#device.model.people.get(userId) ?? null
  }

  /** The messages held of a channel, and what is known about holes in them. */
  timeline(channelId: string): Timeline {
    return this.#device.model.timeline(channelId)
  }

  /** Messages of a channel that are on their way or were refused. */
  outgoing(channelId: string): Outgoing[] {
    return this.#device.outbox.of(channelId)
  }

  /** Fetches a channel with its members. */
  async loadChannel(channelId: string): Promise<Channel> {
    return this.#device.arrivals.channel(await this.#device.calls.channel(channelId))
  }

  /** Fetches one message, such as one that is replied to; the timeline then knows it, with holes around it. */
  async loadMessage(channelId: string, messageId: number): Promise<Message> {
    const message = await this.#device.calls.message(channelId, messageId)
    this.#device.arrivals.message(message)
    return message
  }

  /** Loads the newest messages, or those before the ones held. */
  loadOlder(channelId: string): Promise<void> {
    return this.#device.history.loadOlder(channelId)
  }

  /**
   * Lets go of all but the newest `count` messages of a channel, to hold no more in memory than is looked
   * at: `loadOlder` reads the others again. Of channels that are not open this happens by itself.
   */
  letGo(channelId: string, count: number): void {
    this.#device.model.timeline(channelId).keepNewest(count)
    this.#device.arrivals.changed(channelId)
  }

  /** Loads the messages on both sides of one. */
  loadAround(channelId: string, messageId: number): Promise<void> {
    return this.#device.history.loadAround(channelId, messageId)
  }

  /**
   * Loads the messages around a time in Unix milliseconds. Resolves with the first one sent then or
   * later, or else the newest; with null for a channel that has none.
   */
  loadAt(channelId: string, at: number): Promise<Message | null> {
    return this.#device.history.loadAt(channelId, at)
  }

  /** Loads on from a message towards now. */
  loadNewer(channelId: string, messageId: number): Promise<void> {
    return this.#device.history.loadNewer(channelId, messageId)
  }

  /**
   * A page of messages that have certain words, newest first, in one channel or in all of mine. With the
   * `next` of a page the search goes on; a page may be short and still have a `next`.
   */
  search(search: Search, page: PageOfHits = {}): Promise<Hits> {
    return this.#device.search.search(search, page)
  }

  /** A page of messages that mention me, newest first. */
  mentions(page: PageOfHits = {}): Promise<Hits> {
    return this.#device.search.mentions(page)
  }

  /**
   * All messages of a channel in order, as they come from the server. Throws a ParleyError if that
   * breaks off: what came until then is not all of it.
   */
  export(channelId: string, signal?: AbortSignal): AsyncIterable<Message> {
    return this.#device.search.export(channelId, signal)
  }

  /**
   * Puts a message into the outbox and returns at once; it is sent as soon as there is a connection,
   * after the earlier ones of its channel. Throws a ParleyError for a text that is empty or too long.
   */
  send(channelId: string, text: string, replyTo: number | null = null): Outgoing {
    const outgoing: Outgoing = {
      clientId: newClientId(),
      channelId,
      text: this.#checked(text),
      replyTo,
      createdAt: Date.now(),
      state: 'sending',
      kept: false,
      error: null,
    }
    this.#device.outbox.add(outgoing)
    return outgoing
  }

  /**
   * Sends over HTTP, past the outbox, and resolves with the stored message: for programs that want to
   * know what became of it. After a failure repeat it with the same `clientId`: it is stored once.
   */
  async sendNow(channelId: string, text: string, clientId = newClientId()): Promise<Message> {
    return this.#device.calls.send({ channelId, clientId, text, replyTo: null })
  }

  /** Sends a refused message again. */
  retry(clientId: string): void {
    this.#device.outbox.retry(clientId)
  }

  /** Gives a refused message up. */
  discard(clientId: string): void {
    this.#device.outbox.discard(clientId)
  }

  /**
   * Gives a message of one's own another text, for everyone. Nothing changes here before the server
   * has said so; rejects with a ParleyError. Safe to repeat.
   */
  async edit(channelId: string, messageId: number, text: string): Promise<Message> {
    const message = await this.#device.calls.edit(channelId, messageId, this.#checked(text))
    this.#device.arrivals.message(message)
    return message
  }

  /** Takes a message back for everyone: one's own, as an admin anybody's. Otherwise like `edit`. */
  async delete(channelId: string, messageId: number): Promise<Message> {
    const message = await this.#device.calls.delete(channelId, messageId)
    this.#device.arrivals.message(message)
    return message
  }

  /** Reacts to a message with one emoji; safe to repeat. Otherwise like `edit`. */
  async react(channelId: string, messageId: number, emoji: string): Promise<Message> {
    const message = await this.#device.calls.react('PUT', channelId, messageId, emoji)
    this.#device.arrivals.message(message)
    return message
  }

  /** Takes one's own reaction back. */
  async unreact(channelId: string, messageId: number, emoji: string): Promise<Message> {
    const message = await this.#device.calls.react('DELETE', channelId, messageId, emoji)
    this.#device.arrivals.message(message)
    return message
  }

  /**
   * Opens a conversation that is on screen: until `close`, what is said in it comes and goes by a
   * socket of its own, and so does who is writing. At most four are open at a time.
   */
  open(channelId: string): OpenConversation {
    return this.#device.conversations.open(channelId)
  }

  /** Who is writing in an open conversation, by user id. */
  typing(channelId: string): string[] {
    return this.#device.arrivals.typing.in(channelId)
  }

  /** How far a stored message of one's own has got. In groups always `sent`, see `readers`. */
  stateOf(message: Message): MessageState {
    const channel = this.channel(message.channelId)
    return channel === null ? 'sent' : messageState(channel, message)
  }

  /** Who has seen a message, by user id, as far as the channel's members are known. */
  readers(message: Message): string[] {
    const channel = this.channel(message.channelId)
    return channel === null ? [] : readersOf(channel, message)
  }

  /** Everything up to `messageId` was seen. Only moves forwards, and takes `markUnread` back. */
  markRead(channelId: string, messageId: number): void {
    const { markedUnread = false, readMessageId = 0 } = this.channel(channelId) ?? {}
    const isNews = markedUnread && messageId >= readMessageId
    this.#device.model.applyRead(channelId, messageId)
    this.#device.arrivals.changed(channelId)
    this.#device.reads.add(channelId, messageId, isNews)
  }

  /** What of a channel calls for attention on one's devices: all, mentions of oneself, or nothing. */
  async setNotify(channelId: string, notify: Notify): Promise<Channel> {
    return this.#device.arrivals.channel(
      await this.#device.calls.changeSettings(channelId, { notify }),
    )
  }

  /** Hides a chat on all of one's devices until the next message in it; with false shows it again. */
  async hide(channelId: string, hidden = true): Promise<Channel> {
    return this.#device.arrivals.channel(
      await this.#device.calls.changeSettings(channelId, { hidden }),
    )
  }

  /** Marks a chat as unread on all of one's devices, until `markRead` or with false. */
  async markUnread(channelId: string, markedUnread = true): Promise<Channel> {
    return this.#device.arrivals.channel(
      await this.#device.calls.changeSettings(channelId, { markedUnread }),
    )
  }

  /** The person with exactly this handle, or null. */
  findByHandle(handle: string): Promise<User | null> {
    return this.people.findByHandle(handle)
  }

  /** The channel shared with one other person, or with oneself for notes. */
  async openDm(userId: string): Promise<Channel> {
    return this.#device.arrivals.channel(await this.#device.calls.create({ kind: 'dm', userId }))
  }

  /** @param clientId pass the same one again to repeat a creation whose outcome is not known. */
  async createGroup(title: string, userIds: string[], clientId = newClientId()): Promise<Channel> {
    return this.#device.arrivals.channel(
      await this.#device.calls.create({ kind: 'group', title, userIds, clientId }),
    )
  }

  async rename(channelId: string, title: string): Promise<Channel> {
    return this.#device.arrivals.channel(await this.#device.calls.rename(channelId, title))
  }

  async addMember(channelId: string, userId: string): Promise<Channel> {
    return this.#device.arrivals.channel(await this.#device.calls.putMember(channelId, userId))
  }

  /** Makes somebody an admin or a member again; with `owner` one hands over, and is an admin then. */
  async setRole(channelId: string, userId: string, role: Role): Promise<Channel> {
    return this.#device.arrivals.channel(
      await this.#device.calls.putMember(channelId, userId, role),
    )
  }

  removeMember(channelId: string, userId: string): Promise<void> {
    return this.#device.calls.removeMember(channelId, userId)
  }

  /** Leaves a group. Its row stays in the list, marked with `leftAt`. */
  async leave(channelId: string): Promise<void> {
    const userId = this.#device.model.userId ?? (await this.account.me()).userId
    await this.#device.calls.removeMember(channelId, userId)
  }

  #checked(text: string): string {
    const checked = text.toWellFormed()
    const { maxTextLength } = this.#device
    if (checked === '') throw new ParleyError({ code: 'invalid', detail: 'There is no text.' })
    if (countCodePoints(checked, maxTextLength) > maxTextLength) {
      const detail = `A message has at most ${maxTextLength} characters.`
      throw new ParleyError({ code: 'text_too_long', detail })
    }
    return checked
  }
}
