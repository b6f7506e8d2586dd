import type { Message } from '../protocol/objects.ts'
import type { ConnectionState, EndReason } from './connection.ts'
import type { Fetch } from './http.ts'
import type { LinkSharing } from './late-link.ts'
import type { SharedOutbox } from './shared-outbox.ts'
import type { Store } from './store.ts'
import type { WebSocketConstructor } from './web-socket.ts'

export interface ClientOptions {
  /** Where the service is, for example `https://chat.example`. */
  baseUrl: string
  /**
   * `cookie` in a page served by the service itself: the browser carries the session. `token`, the
   * default, everywhere else: a bearer token, and a fresh ticket for each socket.
   */
  session?: 'cookie' | 'token'
  /** The token of an earlier login; a new one is told by the event `token`. */
  token?: string | null
  /** Where state is kept; in memory unless given. */
  store?: Store
  /** What makes it one outbox with other clients over the same store, such as the windows of a browser. */
  sharedOutbox?: SharedOutbox | null
  /** What has it share one connection with other clients over the same store and session. */
  sharedLink?: LinkSharing | null
  fetch?: Fetch
  WebSocket?: WebSocketConstructor
  /** From 0 to 1; for tests. */
  random?: () => number
}

export interface ClientEvents {
  connection: ConnectionState
  /** The connection will not come back: log in again, or get a newer version. */
  ended: Exclude<EndReason, 'left'>
  /** Channels whose row, messages or outgoing messages changed; with `reset`, all of them may have. */
  changed: { channelIds: ReadonlySet<string>; reset: boolean }
  /** Contacts that came, went or changed; after a reset, all of them may have. */
  contacts: { userIds: ReadonlySet<string> }
  /** People who are watched, or were asked about, came or went. */
  presence: { userIds: ReadonlySet<string> }
  /** A message was seen for the first time, live or on catching up; in order. Not what was sent from here. */
  message: Message
  /** Who is writing in a conversation that is open, whenever that changes. */
  typing: { channelId: string; userIds: readonly string[] }
  /** Everything that happened while this device was away has arrived. */
  upToDate: null
  token: string | null
}
