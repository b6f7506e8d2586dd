import type { DeviceFrame, OkFrame, ServerFrame, SyncFrame } from '../protocol/user-socket.ts'
import type { ConnectionDeps, ConnectionState, EndReason } from './connection.ts'
import type { Http } from './http.ts'

export type Hello = Extract<ServerFrame, { t: 'hello' }>
/** What is left for whoever is told of frames. */
export type OtherFrame = Exclude<ServerFrame, Hello | SyncFrame>

/** What a link tells. */
export interface LinkEvents {
  onHello: (frame: Hello) => void
  /** Known by polling, which has no hello. */
  onUser: (userId: string) => void
  onSync: (frame: SyncFrame) => void
  onFrame: (frame: OtherFrame) => void
  onState: (state: ConnectionState) => void
  onEnd: (reason: EndReason) => void
}

export interface LinkDeps
  extends
    LinkEvents,
    Pick<
      ConnectionDeps<ServerFrame>,
      'WebSocket' | 'random' | 'address' | 'refusal' | 'onUnreachable'
    > {
  http: Http
  /** How far memory has got. */
  cursor: () => number
  /** Resolves when everything received is in the store. */
  kept: () => Promise<void>
}

/** What ties a device to its inbox: one of its own, or one that it shares. */
export interface Link {
  /** `online` also by polling. */
  readonly state: ConnectionState
  /** Whether the user socket takes frames right now. */
  readonly hasSocket: boolean
  connect(): void
  close(): void
  /** Closes it for good, and tells why. */
  end(reason: EndReason): void
  /** The machine woke up or is on a network again: try now, or find out now whether it still lives. */
  wake(): void
  /** The network seems to have gone: find out within two seconds. */
  check(): void
  /** Sends without waiting for an answer; dropped unless there is a socket. */
  post(frame: DeviceFrame): void
  /** Rejects with the server's refusal, or `network` if no answer came. */
  request(frame: DeviceFrame): Promise<OkFrame>
}
