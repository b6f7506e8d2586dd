import { PROTOCOL_VERSION } from '../protocol/limits.ts'
import { serverFrameSchema, type DeviceFrame, type ServerFrame } from '../protocol/user-socket.ts'
import { Connection, type ConnectionDeps } from './connection.ts'
import { frameParser } from './parse-frame.ts'

export type UserSocket = Connection<DeviceFrame, ServerFrame>

/** The socket that carries everything of one person: `GET /v1/ws`. */
export function userSocket(deps: Omit<ConnectionDeps<ServerFrame>, 'parse'>): UserSocket {
  const socket: UserSocket = new Connection({
    ...deps,
    parse: frameParser(serverFrameSchema),
    onFrame(frame) {
      if (frame.t === 'hello') {
        if (frame.protocol > PROTOCOL_VERSION) return socket.end('outdated')
        socket.greeted(frame.heartbeatSeconds)
      }
      deps.onFrame(frame)
    },
  })
  return socket
}
