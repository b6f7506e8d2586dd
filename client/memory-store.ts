import type { Channel, Contact } from '../protocol/objects.ts'
import type { SyncFrame } from '../protocol/user-socket.ts'
import { goesOn } from './goes-on.ts'
import type { Outgoing } from './outgoing.ts'
import {
  addToRecent,
  byChannel,
  isBack,
  MAX_RECENT_CHANNELS,
  newerOf,
  newestAt,
  type Recent,
} from './recent.ts'
import type { Saved, Store } from './store.ts'

/** A store that lives as long as the program: a client made anew with it goes on from its cursor. */
export class MemoryStore implements Store {
  #userId: string | null = null
  #cursor = 0
  readonly #channels = new Map<string, Channel>()
  readonly #contacts = new Map<string, Contact>()
  readonly #recent = new Map<string, Recent>()
  readonly #outgoing = new Map<string, Outgoing>()

  async load(): Promise<Saved> {
    return {
      userId: this.#userId,
      cursor: this.#cursor,
      channels: [...this.#channels.values()],
      contacts: [...this.#contacts.values()],
      recent: [...this.#recent.values()],
      outgoing: [...this.#outgoing.values()],
    }
  }

  /** Takes over what another store has kept. */
  async restore(saved: Saved): Promise<void> {
    this.#userId = saved.userId
    this.#cursor = saved.cursor
    for (const channel of saved.channels) this.#channels.set(channel.channelId, channel)
    for (const contact of saved.contacts) this.#contacts.set(contact.user.userId, contact)
    for (const recent of saved.recent) this.#recent.set(recent.channelId, recent)
    for (const outgoing of saved.outgoing) this.#outgoing.set(outgoing.clientId, outgoing)
  }

  async saveUser(userId: string): Promise<void> {
    this.#userId = userId
  }

  async saveSync(frame: SyncFrame, from = this.#cursor): Promise<void> {
    if (goesOn(this.#cursor, from, frame) !== 'take') return
    if (frame.reset) {
      this.#channels.clear()
      this.#contacts.clear()
      this.#recent.clear()
    }
    for (const channel of frame.channels) {
      const before = this.#channels.get(channel.channelId)
      const members = channel.members ?? before?.members ?? null
      if (isBack(before, channel)) this.#recent.delete(channel.channelId)
      this.#channels.set(channel.channelId, { ...channel, members })
    }
    for (const contact of frame.contacts) {
      if (contact.state === 'none') this.#contacts.delete(contact.user.userId)
      else this.#contacts.set(contact.user.userId, contact)
    }
    for (const [channelId, messages] of byChannel(frame)) {
      const held = this.#recent.get(channelId) ?? null
      this.#keep(channelId, addToRecent(held, channelId, messages, this.#userId))
    }
    this.#cursor = frame.cursor
  }

  async saveChannel(channel: Channel): Promise<void> {
    this.#channels.set(channel.channelId, channel)
  }

  async saveRecent(recent: Recent): Promise<void> {
    const { channelId } = recent
    this.#keep(channelId, newerOf(this.#recent.get(channelId) ?? null, recent))
  }

  async saveOutgoing(outgoing: Outgoing): Promise<void> {
    this.#outgoing.set(outgoing.clientId, { ...outgoing, kept: true })
  }

  async deleteOutgoing(clientId: string): Promise<void> {
    this.#outgoing.delete(clientId)
  }

  async clear(): Promise<void> {
    this.#userId = null
    this.#cursor = 0
    this.#channels.clear()
    this.#contacts.clear()
    this.#recent.clear()
    this.#outgoing.clear()
  }

  #keep(channelId: string, recent: Recent | null): void {
    if (recent === null) this.#recent.delete(channelId)
    else this.#recent.set(channelId, recent)
    if (this.#recent.size <= MAX_RECENT_CHANNELS) return
    const all = [...this.#recent.values()]
    const oldest = all.reduce((a, b) => (newestAt(b) < newestAt(a) ? b : a))
    this.#recent.delete(oldest.channelId)
  }
}
