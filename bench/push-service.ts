import { createECDH, randomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { WebPushSubscription } from '../protocol/push.ts'

/** A push service on this machine that takes everything at once. */
export class PushService {
  /** Pushes that it has taken. */
  taken = 0
  /** Told of each push, by the path of its endpoint. */
  onPush: (path: string) => void = () => {}

  private readonly server: Server
  private readonly url: string
  /** All browsers have the same keys here. */
  private readonly keys = {
    p256dh: createECDH('prime256v1').generateKeys('base64url'),
    auth: randomBytes(16).toString('base64url'),
  }

  private constructor(server: Server, port: number) {
    this.server = server
    this.url = `http://127.0.0.1:${port}/push`
    server.on('request', (request, response) => {
      request.resume()
      request.on('end', () => {
        response.writeHead(201).end()
        this.taken++
        this.onPush(request.url ?? '')
      })
    })
  }

  static async start(port: number): Promise<PushService> {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    return new PushService(server, port)
  }

  /** The address of a browser. Its endpoint's path ends in `name`. */
  addressOf(name: string): { kind: 'webpush'; subscription: WebPushSubscription } {
    return { kind: 'webpush', subscription: { endpoint: `${this.url}/${name}`, keys: this.keys } }
  }

  stop(): void {
    this.server.closeAllConnections()
    this.server.close()
  }
}
