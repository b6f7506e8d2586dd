import {
  channelAnswerSchema,
  inviteAnswerSchema,
  invitesSchema,
  type CreateInvite,
} from '../protocol/http.ts'
import type { Channel, Invite } from '../protocol/objects.ts'
import type { Arrivals } from './arrivals.ts'
import type { Http } from './http.ts'

/** Links by which people join groups. All of these reject with a ParleyError. */
export class Invites {
  readonly #http: Http
  readonly #arrivals: Arrivals

  constructor(http: Http, arrivals: Arrivals) {
    this.#http = http
    this.#arrivals = arrivals
  }

  /** Makes a link to a group of which one is owner or admin; its code is what others need. */
  async create(channelId: string, limits: CreateInvite = {}): Promise<Invite> {
    const call = { body: limits }
    const { invite } = await this.#http.call('POST', path(channelId), inviteAnswerSchema, call)
    return invite
  }

  /** The links of a group that count, newest first. */
  async list(channelId: string): Promise<Invite[]> {
    const { invites } = await this.#http.call('GET', path(channelId), invitesSchema)
    return invites
  }

  async revoke(channelId: string, code: string): Promise<void> {
    await this.#http.send('DELETE', `${path(channelId)}/${encodeURIComponent(code)}`)
  }

  /** Where a code leads, before one joins: title and number of members, and not who they are. */
  async look(code: string): Promise<Channel> {
    const { channel } = await this.#http.call('GET', invitePath(code), channelAnswerSchema)
    return channel
  }

  /** Joins the group that a code leads to. Safe to repeat: it uses nothing up twice. */
  async join(code: string): Promise<Channel> {
    const { channel } = await this.#http.call('POST', invitePath(code), channelAnswerSchema)
    return this.#arrivals.channel(channel)
  }
}

function path(channelId: string): string {
  return `/v1/channels/${encodeURIComponent(channelId)}/invites`
}

function invitePath(code: string): string {
  return `/v1/invites/${encodeURIComponent(code)}`
}
