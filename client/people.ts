import {
  contactAnswerSchema,
  presenceAnswerSchema,
  usersSchema,
  type PatchSettings,
} from '../protocol/http.ts'
import { MAX_WATCHED } from '../protocol/limits.ts'
import {
  settingsSchema,
  userSchema,
  type Contact,
  type Presence,
  type Settings,
  type User,
} from '../protocol/objects.ts'
import type { Http } from './http.ts'
import type { Model } from './model.ts'
import type { Watch } from './watch.ts'

export interface PeopleDeps {
  http: Http
  model: Model
  watch: Watch
  onPresence: (presence: readonly Presence[]) => void
}

/**
 * Other people: finding them, being friends or not, and whether they are there. Calls reject with a
 * ParleyError and may be repeated; what they change in the list comes by `sync` and is told by the event
 * `contacts`.
 */
export class People {
  readonly #deps: PeopleDeps

  constructor(deps: PeopleDeps) {
    this.#deps = deps
  }

  /** Friends, open requests and whom one has blocked, as far as this device was told; by name. */
  list(): Contact[] {
    const { contacts } = this.#deps.model
    return [...contacts.keys()]
      .flatMap((userId) => this.contact(userId) ?? [])
      .sort((a, b) => a.user.name.localeCompare(b.user.name))
  }

  /** What somebody is to this person, with what is known of their presence; null for no contact. */
  contact(userId: string): Contact | null {
    const contact = this.#deps.model.contacts.get(userId)
    if (contact === undefined) return null
    const { status, lastActiveAt } = this.presence(userId)
    return { ...contact, status, lastActiveAt }
  }

  /** The profile of anybody, as it is now. Rejects with `not_found`. */
  profile(userId: string): Promise<User> {
    return this.#deps.http.call('GET', `/v1/users/${encodeURIComponent(userId)}`, userSchema)
  }

  /** The person with exactly this handle, or null. */
  async findByHandle(handle: string): Promise<User | null> {
    const query = { handle }
    const { users } = await this.#deps.http.call('GET', '/v1/users', usersSchema, { query })
    return users[0] ?? null
  }

  /** People whose handle begins with these two or more characters; at most 20, in alphabetical order. */
  async findByPrefix(prefix: string): Promise<User[]> {
    const query = { prefix }
    const { users } = await this.#deps.http.call('GET', '/v1/users', usersSchema, { query })
    return users
  }

  /** Asks somebody to be friends; accepts, if they have asked. */
  ask(userId: string): Promise<Contact> {
    return this.#change('PUT', 'contacts', userId)
  }

  accept(userId: string): Promise<Contact> {
    return this.ask(userId)
  }

  /** Ends a friendship, or takes a request back. */
  remove(userId: string): Promise<Contact> {
    return this.#change('DELETE', 'contacts', userId)
  }

  decline(userId: string): Promise<Contact> {
    return this.remove(userId)
  }

  block(userId: string): Promise<Contact> {
    return this.#change('PUT', 'blocks', userId)
  }

  unblock(userId: string): Promise<Contact> {
    return this.#change('DELETE', 'blocks', userId)
  }

  /**
   * Says who is on screen: from then on the event `presence` tells when they come and go. Replaces the
   * last list; of more than 200 the first count.
   */
  watch(userIds: readonly string[]): void {
    this.#deps.watch.set([...new Set(userIds)].slice(0, MAX_WATCHED))
  }

  /** Whether somebody is there, as last heard; `status` is null for what is not known or not shown. */
  presence(userId: string): Presence {
    const known = this.#deps.model.presence.get(userId)
    return known ?? { userId, status: null, lastActiveAt: null }
  }

  /** Asks once who of a channel's members is there. */
  async channelPresence(channelId: string): Promise<Presence[]> {
    const path = `/v1/channels/${encodeURIComponent(channelId)}/presence`
    const { presence } = await this.#deps.http.call('GET', path, presenceAnswerSchema)
    this.#deps.onPresence(presence)
    return presence
  }

  settings(): Promise<Settings> {
    return this.#deps.http.call('GET', '/v1/settings', settingsSchema)
  }

  /** Changes what is given; resolves with all settings. */
  changeSettings(change: PatchSettings): Promise<Settings> {
    return this.#deps.http.call('PATCH', '/v1/settings', settingsSchema, { body: change })
  }

  async #change(
    method: 'PUT' | 'DELETE',
    list: 'contacts' | 'blocks',
    userId: string,
  ): Promise<Contact> {
    const path = `/v1/${list}/${encodeURIComponent(userId)}`
    const { contact } = await this.#deps.http.call(method, path, contactAnswerSchema)
    return contact
  }
}
