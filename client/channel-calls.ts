import {
  channelAnswerSchema,
  messageAnswerSchema,
  type ChannelSettings,
  type CreateChannel,
} from '../protocol/http.ts'
import type { Channel, Message, Role } from '../protocol/objects.ts'
import { backoff } from './backoff.ts'
import type { Http } from './http.ts'
import type { Outgoing } from './outgoing.ts'
import { asParleyError } from './parley-error.ts'

const CREATE_ATTEMPTS = 3

/** The HTTP calls about channels and the people in them. */
export class ChannelCalls {
  readonly #http: Http
  readonly #random: () => number

  constructor(http: Http, random: () => number) {
    this.#http = http
    this.#random = random
  }

  async channel(channelId: string): Promise<Channel> {
    const { channel } = await this.#http.call('GET', path(channelId), channelAnswerSchema)
    return channel
  }

  /** Creating twice gives the same channel, so a lost answer is simply asked for again. */
  async create(body: CreateChannel): Promise<Channel> {
    for (let attempt = 0; ; attempt++) {
      try {
        const answer = await this.#http.call('POST', '/v1/channels', channelAnswerSchema, { body })
        return answer.channel
      } catch (caught) {
        const error = asParleyError(caught)
        if (!error.passing || attempt + 1 >= CREATE_ATTEMPTS) throw error
        await sleep(backoff(attempt, this.#random, error.retryAfter))
      }
    }
  }

  async rename(channelId: string, title: string): Promise<Channel> {
    const call = { body: { title } }
    const { channel } = await this.#http.call('PATCH', path(channelId), channelAnswerSchema, call)
    return channel
  }

  async putMember(channelId: string, userId: string, role?: Role): Promise<Channel> {
    const url = `${path(channelId)}/members/${encodeURIComponent(userId)}`
    const body = role === undefined ? {} : { role }
    const { channel } = await this.#http.call('PUT', url, channelAnswerSchema, { body })
    return channel
  }

  async removeMember(channelId: string, userId: string): Promise<void> {
    await this.#http.send('DELETE', `${path(channelId)}/members/${encodeURIComponent(userId)}`)
  }

  async send({
    channelId,
    clientId,
    text,
    replyTo,
  }: Pick<Outgoing, 'channelId' | 'clientId' | 'text' | 'replyTo'>): Promise<Message> {
    const call = { body: { clientId, text, replyTo } }
    const url = `${path(channelId)}/messages`
    const { message } = await this.#http.call('POST', url, messageAnswerSchema, call)
    return message
  }

  async message(channelId: string, messageId: number): Promise<Message> {
    const url = `${path(channelId)}/messages/${messageId}`
    const { message } = await this.#http.call('GET', url, messageAnswerSchema)
    return message
  }

  async edit(channelId: string, messageId: number, text: string): Promise<Message> {
    const url = `${path(channelId)}/messages/${messageId}`
    const call = { body: { text } }
    const { message } = await this.#http.call('PATCH', url, messageAnswerSchema, call)
    return message
  }

  async delete(channelId: string, messageId: number): Promise<Message> {
    const url = `${path(channelId)}/messages/${messageId}`
    const { message } = await this.#http.call('DELETE', url, messageAnswerSchema)
    return message
  }

  async react(
    method: 'PUT' | 'DELETE',
    channelId: string,
    messageId: number,
    emoji: string,
  ): Promise<Message> {
    const url = `${path(channelId)}/messages/${messageId}/reactions/${encodeURIComponent(emoji)}`
    const { message } = await this.#http.call(method, url, messageAnswerSchema)
    return message
  }

  async changeSettings(channelId: string, body: ChannelSettings): Promise<Channel> {
    const url = `${path(channelId)}/me`
    const { channel } = await this.#http.call('PATCH', url, channelAnswerSchema, { body })
    return channel
  }

  async read(channelId: string, messageId: number): Promise<void> {
    await this.#http.send('PUT', `${path(channelId)}/read`, { body: { messageId } })
  }
}

function path(channelId: string): string {
  return `/v1/channels/${encodeURIComponent(channelId)}`
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
