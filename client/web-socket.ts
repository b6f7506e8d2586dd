/** What the SDK needs of a WebSocket: the browser's, Node's, React Native's and `ws` all have it. */
export interface WebSocketLike {
  readonly readyState: number
  send(data: string): void
  close(code?: number, reason?: string): void
  addEventListener(type: 'open' | 'message' | 'close' | 'error', listener: Listener): void
}

/** `readyState` of a socket that takes frames. */
export const OPEN = 1

type Listener = (event: { data?: unknown; code?: number }) => void

export type WebSocketConstructor = new (url: string) => WebSocketLike
