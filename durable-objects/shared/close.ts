/** Codes that only say how a socket ended; a close frame must not carry them (RFC 6455, 7.4.1). */
const NEVER_SENT = new Set([1005, 1006, 1015])

/**
 * Completes the closing handshake that the other side began. The runtime does not do so for a
 * hibernating socket, and a client would wait for it until its own time limit.
 */
export function echoClose(ws: WebSocket, code: number): void {
  try {
    ws.close(NEVER_SENT.has(code) ? 1000 : code)
  } catch {
    // The socket is closed on both sides already, which is what was wanted.
  }
}
