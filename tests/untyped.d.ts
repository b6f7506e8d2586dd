declare module 'http_ece' {
  import type { ECDH } from 'node:crypto'
  interface Parameters {
    version: 'aes128gcm'
    privateKey: ECDH
    authSecret: string | Buffer
  }
  export function decrypt(body: Buffer, parameters: Parameters): Buffer
}

declare module 'web-push-testing/src/PushApiModel.js' {
  export const PushApiModel: new () => object
}

declare module 'web-push-testing/src/server.js' {
  export default class WebPushTestingServer {
    constructor(model: object, port: number)
    startServer(): void
  }
}
