import type { ChannelServerFrame } from '../protocol/channel-socket.ts'
import type { Channel, Message, Presence } from '../protocol/objects.ts'
import type { SyncFrame } from '../protocol/user-socket.ts'
import type { ClientEvents } from './client-options.ts'
import type { Emitter } from './emitter.ts'
import type { Receipt } from './members.ts'
import type { Changes, Model } from './model.ts'
import type { Outbox } from './outbox.ts'
import { recentOf } from './recent.ts'
import type { Store } from './store.ts'
import { Typing } from './typing.ts'

export interface ArrivalsDeps {
  settle: Outbox['settle']
  saveChannel: Store['saveChannel']
  saveRecent: Store['saveRecent']
  /** Somebody has left a channel. */
  left: (channelId: string, userId: string) => void
}

/** What comes in, by whichever socket, poll or answer: into the model, and told to who listens. */
export class Arrivals {
  readonly typing: Typing
  /** Whether everything from before the connection has arrived at least once. */
  upToDate = false
  readonly #events: Emitter<ClientEvents>
  readonly #model: Model
  readonly #deps: ArrivalsDeps

  constructor(events: Emitter<ClientEvents>, model: Model, deps: ArrivalsDeps) {
    this.#events = events
    this.#model = model
    this.#deps = deps
    this.typing = new Typing((channelId) =>
      events.emit('typing', { channelId, userIds: this.typing.in(channelId) }),
    )
  }

  /** A `sync` frame that the model has taken. */
  synced(changes: Changes, frame: SyncFrame): void {
    this.#tell(changes, frame.messages)
    if (!frame.more) this.complete()
  }

  /** Nothing is missing any more. */
  complete(): void {
    this.upToDate = true
    this.#events.emit('upToDate', null)
  }

  /**
   * A frame of an open conversation.
   * @param isReset its rows are the newest, and do not go on from what was held
   */
  live(channelId: string, frame: ChannelServerFrame, isReset: boolean): void {
    switch (frame.t) {
      case 'hello':
        this.channel(frame.channel)
        return
      case 'messages':
        this.#tell(this.#model.applyRows(frame, isReset), frame.messages)
        if (isReset) this.keepRecent(channelId)
        return
      case 'typing':
        return this.typing.started(channelId, frame.userId)
      case 'receipt':
        return this.receipt(frame)
      case 'ok':
      case 'error':
      case 'bye':
        // The connection has taken these.
        return
    }
  }

  /** A channel that the server answered with; returns it as it is known now. */
  channel(channel: Channel): Channel {
    this.#model.applyAnswer(channel)
    this.changed(channel.channelId)
    const known = this.#model.channels.get(channel.channelId) ?? channel
    void this.#deps.saveChannel(known)
    return known
  }

  /** Keeps the newest messages of a channel, after they were read otherwise than by `sync`. */
  keepRecent(channelId: string): void {
    const recent = recentOf(channelId, this.#model.timeline(channelId).latest)
    if (recent !== null) void this.#deps.saveRecent(recent)
  }

  /** A message that the server answered with. */
  message(message: Message): void {
    if (this.#model.applyMessage(message)) this.changed(message.channelId)
  }

  /** A message that was sent from here is stored: that is no news when it comes again. */
  sent(message: Message): void {
    this.#model.skipNews(message)
    this.message(message)
  }

  receipt(receipt: Receipt): void {
    if (this.#model.applyReceipt(receipt)) this.changed(receipt.channelId)
  }

  presence(told: readonly Presence[]): void {
    for (const presence of told) this.#model.presence.set(presence.userId, presence)
    this.#events.emit('presence', { userIds: new Set(told.map(({ userId }) => userId)) })
  }

  changed(channelId: string): void {
    this.#events.emit('changed', { channelIds: new Set([channelId]), reset: false })
  }

  /** Tells each message once, and not what was sent from here. */
  #tell(changes: Changes, messages: readonly Message[]): void {
    const own = new Set<Message>()
    for (const message of messages) {
      const { userId, clientId } = message
      const mayBeOurs = clientId !== null && userId === this.#model.userId
      if (mayBeOurs && this.#deps.settle(clientId)) own.add(message)
    }
    for (const { channelId, userId } of changes.arrived) this.typing.stopped(channelId, userId)
    this.#events.emit('changed', changes)
    if (changes.contactIds.size > 0 || changes.reset)
      this.#events.emit('contacts', { userIds: changes.contactIds })
    for (const message of changes.arrived) {
      if (!own.has(message)) this.#events.emit('message', message)
      const { channelId, system, userId } = message
      if (system?.action === 'left') this.#deps.left(channelId, userId)
    }
  }
}
