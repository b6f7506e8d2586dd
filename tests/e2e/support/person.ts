import { randomUUID } from 'node:crypto'
import type { Channel, Message, User } from '../../../protocol/objects.ts'
import type { History } from '../../../protocol/http.ts'
import type { SyncFrame } from '../../../protocol/user-socket.ts'
import { Device } from './device.ts'

export interface Answer<T = unknown> {
  status: number
  headers: Headers
  body: T
}

export const PASSWORD = 'correct horse battery'

/**
 * Someone with an account and one login, speaking plain HTTP as the contract has it: no code of ours
 * in between.
 */
export class Person {
  readonly url: string
  readonly handle: string
  readonly email: string
  readonly userId: string
  readonly token: string

  private constructor(url: string, handle: string, email: string, userId: string, token: string) {
    this.url = url
    this.handle = handle
    this.email = email
    this.userId = userId
    this.token = token
  }

  static async signUp(url: string, name: string): Promise<Person> {
    const handle = `${name}_${randomUUID().replaceAll('-', '').slice(0, 12)}`
    const email = `${handle}@example.org`
    const answer = await post(`${url}/api/auth/sign-up/email`, {
      email,
      password: PASSWORD,
      name,
      username: handle,
    })
    return Person.loggedIn(url, handle, email, answer)
  }

  /** Another device of the same person. */
  async logInAgain(): Promise<Person> {
    const answer = await post(`${this.url}/api/auth/sign-in/username`, {
      username: this.handle,
      password: PASSWORD,
    })
    return Person.loggedIn(this.url, this.handle, this.email, answer)
  }

  private static async loggedIn(
    url: string,
    handle: string,
    email: string,
    response: Response,
  ): Promise<Person> {
    const text = await response.text()
    const token = response.headers.get('set-auth-token')
    if (!response.ok || token === null) throw new Error(`${response.status} ${text}`)
    const body = JSON.parse(text) as { user: { id: string } }
    return new Person(url, handle, email, body.user.id, token)
  }

  async call<T = unknown>(method: string, path: string, body?: unknown): Promise<Answer<T>> {
    return await call<T>(this.url, method, path, body, { authorization: `Bearer ${this.token}` })
  }

  async me(): Promise<User> {
    return (await this.call<User>('GET', '/v1/me')).body
  }

  async openDm(other: { userId: string }): Promise<Channel> {
    const body = { kind: 'dm', userId: other.userId }
    return (await this.call<{ channel: Channel }>('POST', '/v1/channels', body)).body.channel
  }

  async makeGroup(title: string, members: { userId: string }[]): Promise<Channel> {
    const answer = await this.call<{ channel: Channel }>('POST', '/v1/channels', {
      kind: 'group',
      title,
      userIds: members.map((member) => member.userId),
      clientId: randomUUID(),
    })
    if (answer.status !== 201) throw new Error(JSON.stringify(answer.body))
    return answer.body.channel
  }

  async send(channelId: string, text: string, clientId: string = randomUUID()): Promise<Message> {
    const path = `/v1/channels/${channelId}/messages`
    const answer = await this.call<{ message: Message }>('POST', path, { clientId, text })
    if (answer.status > 201) throw new Error(JSON.stringify(answer.body))
    return answer.body.message
  }

  async history(channelId: string, query = ''): Promise<History> {
    return (await this.call<History>('GET', `/v1/channels/${channelId}/messages${query}`)).body
  }

  async sync(cursor: number, wait = 0): Promise<SyncFrame> {
    return (await this.call<SyncFrame>('GET', `/v1/sync?cursor=${cursor}&wait=${wait}`)).body
  }

  async connect(cursor = 0): Promise<Device> {
    return await Device.connect(`${this.url.replace('http', 'ws')}/v1/ws?cursor=${cursor}`, {
      authorization: `Bearer ${this.token}`,
    })
  }
}

export async function call<T = unknown>(
  url: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer<T>> {
  const response = await fetch(url + path, {
    method,
    headers: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
    body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
    redirect: 'manual',
  })
  const text = await response.text()
  const isJson = /json/.test(response.headers.get('content-type') ?? '')
  return {
    status: response.status,
    headers: response.headers,
    body: (isJson && text !== '' ? JSON.parse(text) : text) as T,
  }
}

async function post(url: string, body: unknown): Promise<Response> {
  return await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}
