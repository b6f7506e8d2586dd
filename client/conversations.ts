import type { ChannelServerFrame } from '../protocol/channel-socket.ts'
import { ChannelSocket, type ChannelSocketDeps } from './channel-socket.ts'
import type { EndReason } from './connection.ts'

/** What is on screen, and a little more; every other channel is served by the user socket. */
const MAX_OPEN = 4

/** A conversation that somebody looks at: what is said arrives without a detour, typing included. */
export interface OpenConversation {
  readonly channelId: string
  /** Somebody writes here: call it with every key, others are told often enough. */
  typing(): void
  /** Lets go of it. Messages go on coming by the user socket. */
  close(): void
}

type SocketDeps = Pick<
  ChannelSocketDeps,
  'WebSocket' | 'random' | 'onUnreachable' | 'heartbeatSeconds'
>

export interface ConversationsDeps extends SocketDeps {
  address: (channelId: string) => Promise<string>
  refusal: (channelId: string) => Promise<EndReason | null>
  onFrame: (channelId: string, frame: ChannelServerFrame, isReset: boolean) => void
  /** It is there, or there again: what waits can be sent. */
  onOnline: (channelId: string) => void
  /** It was closed here, or for good by the server. */
  onClosed: (channelId: string, reason: EndReason | null) => void
}

interface Entry {
  socket: ChannelSocket
  holders: number
}

/** The conversations that are open, each with one socket however often it was opened. */
export class Conversations {
  readonly #deps: ConversationsDeps
  readonly #entries = new Map<string, Entry>()

  constructor(deps: ConversationsDeps) {
    this.#deps = deps
  }

  /** Opens a channel. Beyond four, the one that was opened first goes back to the user socket. */
  open(channelId: string): OpenConversation {
    const entry = this.#entries.get(channelId) ?? this.#add(channelId)
    entry.holders++
    let isHeld = true
    return {
      channelId,
      typing: () => entry.socket.typing(),
      close: () => {
        if (!isHeld) return
        isHeld = false
        entry.holders--
        if (entry.holders === 0 && this.#entries.get(channelId) === entry) this.#remove(channelId)
      },
    }
  }

  has(channelId: string): boolean {
    return this.#entries.has(channelId)
  }

  /** The socket of a channel, if it takes frames right now. */
  online(channelId: string): ChannelSocket | null {
    const socket = this.#entries.get(channelId)?.socket
    return socket?.isOnline ? socket : null
  }

  /** Connects those that were left open when the client was closed. */
  connect(): void {
    for (const { socket } of this.#entries.values()) socket.connect()
  }

  wake(): void {
    for (const { socket } of this.#entries.values()) socket.wake()
  }

  check(): void {
    for (const { socket } of this.#entries.values()) socket.check()
  }

  /** Disconnects all, without letting go of them. */
  disconnect(): void {
    for (const { socket } of this.#entries.values()) socket.close()
  }

  /** Lets go of all: they were somebody else's. */
  clear(): void {
    for (const channelId of this.#entries.keys()) this.#remove(channelId)
  }

  #add(channelId: string): Entry {
    const [oldest] = this.#entries.keys()
    if (oldest !== undefined && this.#entries.size >= MAX_OPEN) this.#remove(oldest)
    const entry: Entry = { socket: this.#makeSocket(channelId), holders: 0 }
    this.#entries.set(channelId, entry)
    entry.socket.connect()
    return entry
  }

  #makeSocket(channelId: string): ChannelSocket {
    const { address, refusal, onFrame, onOnline, ...deps } = this.#deps
    return new ChannelSocket({
      ...deps,
      address: () => address(channelId),
      refusal: () => refusal(channelId),
      onFrame: (...frame) => onFrame(channelId, ...frame),
      onState: (state) => state === 'online' && onOnline(channelId),
      onEnd: (reason) => this.#remove(channelId, reason),
    })
  }

  #remove(channelId: string, reason: EndReason | null = null): void {
    const entry = this.#entries.get(channelId)
    this.#entries.delete(channelId)
    entry?.socket.close()
    this.#deps.onClosed(channelId, reason)
  }
}
