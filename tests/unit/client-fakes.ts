import { vi } from 'vitest'
import { MemoryStore, ParleyClient, type ClientOptions } from '../../client/index.ts'
import type { Channel, Member, Message } from '../../protocol/objects.ts'

type Listener = (event: { data?: unknown; code?: number }) => void
// oxlint-disable-next-line typescript/no-explicit-any -- a frame as a test looks at it
type Frame = Record<string, any>

/** A socket whose other side is the test. */
export class FakeWebSocket {
  static all: FakeWebSocket[] = []
  static get last(): FakeWebSocket {
    return FakeWebSocket.all.at(-1)!
  }

  readonly url: string
  readonly sent: string[] = []
  closed = false
  readyState = 0
  readonly #listeners = new Map<string, Listener[]>()

  constructor(url: string) {
    this.url = url
    FakeWebSocket.all.push(this)
  }

  addEventListener(type: string, listener: Listener): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener])
  }

  send(data: string): void {
    this.sent.push(data)
  }

  close(): void {
    this.closed = true
    this.readyState = 3
  }

  /** Frames the device has sent of one type. */
  frames(type: string): Frame[] {
    return this.sent
      .filter((data) => data !== 'ping')
      .map((data) => JSON.parse(data))
      .filter((frame) => frame.t === type)
  }

  emit(type: string, event: { data?: unknown; code?: number } = {}): void {
    for (const listener of this.#listeners.get(type) ?? []) listener(event)
  }

  receive(frame: Frame | 'pong'): void {
    this.emit('message', { data: frame === 'pong' ? frame : JSON.stringify(frame) })
  }

  async open(hello: Frame = {}): Promise<void> {
    this.readyState = 1
    this.emit('open')
    this.receive({ ...HELLO, ...hello })
    await settle()
  }

  async drop(code = 1006): Promise<void> {
    this.readyState = 3
    this.emit('close', { code })
    await settle()
  }
}

export const HELLO = {
  t: 'hello',
  protocol: 1,
  userId: 'me',
  deviceId: 'device',
  heartbeatSeconds: 5,
  offlineAfterSeconds: 30,
  maxTextLength: 99_999,
}

/** Lets promises run that wait for nothing but each other. */
export async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0)
}

export function sync(fields: Frame): Frame {
  return {
    t: 'sync',
    cursor: 1,
    messages: [],
    channels: [],
    contacts: [],
    reset: false,
    more: false,
    ...fields,
  }
}

export function message(messageId: number, fields: Partial<Message> = {}): Message {
  return {
    channelId: 'c1',
    messageId,
    version: messageId,
    userId: 'other',
    clientId: `other-${messageId}`,
    kind: 'text',
    text: `text ${messageId}`,
    system: null,
    replyTo: null,
    mentions: [],
    reactions: {},
    createdAt: 1000 * messageId,
    editedAt: null,
    deletedAt: null,
    ...fields,
  }
}

export function channel(channelId: string, fields: Partial<Channel> = {}): Channel {
  return {
    channelId,
    kind: 'group',
    title: channelId,
    role: 'member',
    memberCount: 2,
    members: [],
    lastMessage: null,
    readMessageId: 0,
    unread: 0,
    mentionCount: 0,
    notify: 'all',
    hidden: false,
    markedUnread: false,
    createdAt: 0,
    leftAt: null,
    ...fields,
  }
}

export function member(userId: string, fields: Partial<Member> = {}): Member {
  return {
    userId,
    handle: userId,
    name: userId,
    image: null,
    role: 'member',
    readMessageId: 0,
    deliveredMessageId: null,
    ...fields,
  }
}

/** A DM of `me` and `other`, of whom the fields tell. */
export function dm(channelId: string, other: Partial<Member> = {}): Channel {
  const members = [member('me'), member('other', { deliveredMessageId: 0, ...other })]
  return channel(channelId, { kind: 'dm', title: null, members })
}

export function rows(version: number, messages: Message[], fields: Frame = {}): Frame {
  return { t: 'messages', channelId: 'c1', messages, version, more: false, ...fields }
}

type Answer = { status?: number; body?: unknown; headers?: Record<string, string> }
type Route = (url: URL, body: Frame) => Answer | Promise<Answer>

/** A fetch that answers from `routes`, keyed as `GET /path`; anything else has no server behind it. */
export function fakeFetch(routes: Record<string, Route>) {
  return vi.fn(async (address: string, init: RequestInit) => {
    const url = new URL(address)
    const route = routes[`${init.method} ${url.pathname}`]
    if (route === undefined) throw new TypeError('fetch failed')
    const body = typeof init.body === 'string' ? JSON.parse(init.body) : {}
    const answer = await route(url, body)
    return Response.json(answer.body ?? {}, {
      status: answer.status ?? 200,
      headers: answer.headers ?? {},
    })
  })
}

export function problem(status: number, code: string): Answer {
  return { status, body: { type: 'about:blank', title: code, status, detail: code, code } }
}

export function makeClient(options: Partial<ClientOptions> = {}): ParleyClient {
  return new ParleyClient({
    baseUrl: 'https://chat.example',
    session: 'cookie',
    store: new MemoryStore(),
    WebSocket: FakeWebSocket,
    fetch: fakeFetch({}),
    random: () => 0.5,
    ...options,
  })
}

/** A client that is connected and has an empty list of channels. */
export async function connected(options: Partial<ClientOptions> = {}) {
  const client = makeClient(options)
  await client.connect()
  await settle()
  await FakeWebSocket.last.open()
  FakeWebSocket.last.receive(sync({ reset: true, channels: [channel('c1'), channel('c2')] }))
  await settle()
  return { client, socket: FakeWebSocket.last }
}

/** The same with `c1` open, whose socket has said hello and brought `messages`. */
export async function opened(messages: Message[] = [], options: Partial<ClientOptions> = {}) {
  const { client, socket: user } = await connected(options)
  const conversation = client.open('c1')
  await settle()
  const socket = FakeWebSocket.last
  await socket.open({ ...channelHello(), reset: true })
  socket.receive(rows(messages.at(-1)?.version ?? 1, messages))
  await settle()
  return { client, user, conversation, socket }
}

export function channelHello(fields: Frame = {}): Frame {
  return { t: 'hello', channel: channel('c1'), version: 0, reset: false, ...fields }
}
