import type { Message } from '../protocol/objects.ts'
import type { OkFrame } from '../protocol/user-socket.ts'
import type { ChannelCalls } from './channel-calls.ts'
import type { Conversations } from './conversations.ts'
import type { Link } from './link.ts'
import type { Outgoing } from './outgoing.ts'
import { ParleyError } from './parley-error.ts'

/**
 * The ways out for what is written here: the channel's socket is the shortest, then the user socket,
 * then HTTP. Whichever it is, a message keeps its clientId and is stored once.
 */
export class Delivery {
  readonly #conversations: Conversations
  readonly #link: Link
  readonly #calls: ChannelCalls
  /** A client that never connects uses HTTP; one that does waits for its connection. */
  connects = false

  constructor(conversations: Conversations, link: Link, calls: ChannelCalls) {
    this.#conversations = conversations
    this.#link = link
    this.#calls = calls
  }

  /** Whether there is a way right now. */
  isReady(channelId: string): boolean {
    if (!this.connects || this.#link.state === 'online') return true
    return this.#conversations.online(channelId) !== null
  }

  async send({ channelId, clientId, text, replyTo }: Outgoing): Promise<Message> {
    const frame = { t: 'send', clientId, text, replyTo } as const
    const socket = this.#conversations.online(channelId)
    if (socket !== null) return messageIn(await socket.request(frame))
    if (this.#link.hasSocket) return messageIn(await this.#link.request({ ...frame, channelId }))
    return this.#calls.send({ channelId, clientId, text, replyTo })
  }

  async read(channelId: string, messageId: number): Promise<void> {
    const frame = { t: 'read', messageId } as const
    const socket = this.#conversations.online(channelId)
    if (socket !== null) await socket.request(frame)
    else if (this.#link.hasSocket) await this.#link.request({ ...frame, channelId })
    else await this.#calls.read(channelId, messageId)
  }
}

function messageIn({ message }: OkFrame): Message {
  if (message !== undefined) return message
  throw new ParleyError({ code: 'protocol', detail: 'The answer to a message was without it.' })
}
