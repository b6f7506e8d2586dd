declare module 'http_ece' {
  import type { ECDH } from 'node:crypto'
  interface Parameters {
    version: 'aes128gcm'
    privateKey: ECDH
    authSecret: string | Buffer
  }
  export function decrypt(body: Buffer, parameters: Parameters): Buffer
}

declare module 'web-push-testing/src/server.js' {
  import type { Server } from 'node:http'
  import type { PushApiModel } from 'web-push-testing/src/PushApiModel.js'
  export default class WebPushTestingServer {
    _server: Server
    constructor(model: PushApiModel, port: number)
    startServer(): void
  }
}

declare module 'web-push-testing/src/PushApiModel.js' {
  export class PushApiModel {}
}
