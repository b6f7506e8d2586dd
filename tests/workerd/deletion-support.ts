import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import type { Profile } from '../../durable-objects/shared/profile.ts'
import { userStub } from '../../durable-objects/shared/stubs.ts'
import type { Channel, Message } from '../../protocol/objects.ts'
import { call, PASSWORD, type Login } from './edge.ts'

/** People by the edge, of whom some delete their account. */

/** The same person as the objects know them. */
export function profileOf({ userId, username }: Login): Profile {
  return { userId, handle: username, name: username, image: null, receipts: true }
}

export function as(
  { bearer }: Login,
  method: string,
  path: string,
  body?: unknown,
): Promise<Response> {
  return call(path, { method, headers: bearer, ...(body === undefined ? {} : { body }) })
}

export async function json<T>(response: Response): Promise<T> {
  if (response.status >= 300) throw new Error(`${response.status} ${await response.text()}`)
  return await response.json<T>()
}

export async function deleteMe(who: Login, password = PASSWORD): Promise<Response> {
  return await as(who, 'DELETE', '/v1/me', { password })
}

export async function open(who: Login, body: object): Promise<Channel> {
  return (await json<{ channel: Channel }>(await as(who, 'POST', '/v1/channels', body))).channel
}

export function group(who: Login, others: Login[]): Promise<Channel> {
  const userIds = others.map(({ userId }) => userId)
  return open(who, { kind: 'group', title: 'Allotment', userIds, clientId: crypto.randomUUID() })
}

export async function channel(who: Login, { channelId }: Channel): Promise<Channel> {
  return (await json<{ channel: Channel }>(await as(who, 'GET', `/v1/channels/${channelId}`)))
    .channel
}

export async function say(who: Login, { channelId }: Channel, text: string): Promise<Response> {
  const body = { clientId: crypto.randomUUID(), text }
  return await as(who, 'POST', `/v1/channels/${channelId}/messages`, body)
}

export async function log(who: Login, { channelId }: Channel): Promise<Message[]> {
  const answer = await as(who, 'GET', `/v1/channels/${channelId}/messages`)
  return (await json<{ messages: Message[] }>(answer)).messages
}

export async function owed({ userId }: Login): Promise<string[]> {
  return await runInDurableObject(userStub(env, userId), (_, { storage }) =>
    storage.sql
      .exec<{ kind: string }>('SELECT kind FROM owed')
      .toArray()
      .map(({ kind }) => kind),
  )
}

export async function ownRooms({ userId }: Login): Promise<string[]> {
  return await userStub(env, userId).ownChannels(10)
}
