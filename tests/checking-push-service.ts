import { Server } from 'node:http'
import { createServer, type AddressInfo } from 'node:net'
import { PushApiModel } from 'web-push-testing/src/PushApiModel.js'
import WebPushTestingServer from 'web-push-testing/src/server.js'
import * as z from 'zod'
import { webPushSubscriptionSchema, type WebPushSubscription } from '../protocol/push.ts'

const subscribedSchema = z.object({
  data: webPushSubscriptionSchema.extend({ clientHash: z.string() }),
})
const notificationsSchema = z.object({ data: z.object({ messages: z.array(z.string()) }) })

/** A browser's subscription at that service, and what reached it, decrypted. */
export interface CheckedSubscription {
  subscription: WebPushSubscription
  messages(): Promise<string[]>
  expire(): Promise<unknown>
}

/** `web-push-testing`: a push service that somebody else wrote, which decrypts and checks signatures. */
export class CheckingPushService {
  private constructor(
    private readonly url: string,
    private readonly http: Server,
  ) {}

  /** It prints every request, which only the caller can keep from the terminal. */
  static async start(): Promise<CheckingPushService> {
    const port = await freePort()
    const server = new WebPushTestingServer(new PushApiModel(), port)
    server.startServer()
    const http = z.instanceof(Server).parse(Reflect.get(server, '_server'))
    await new Promise((resolve) => http.once('listening', resolve))
    return new CheckingPushService(`http://localhost:${port}`, http)
  }

  async subscribe(applicationServerKey: string): Promise<CheckedSubscription> {
    const options = { userVisibleOnly: 'true', applicationServerKey }
    const { data } = await this.post('/subscribe', options, subscribedSchema)
    const { clientHash, ...subscription } = data
    return {
      subscription,
      messages: async () =>
        (await this.post('/get-notifications', { clientHash }, notificationsSchema)).data.messages,
      expire: () => fetch(`${this.url}/expire-subscription/${clientHash}`, { method: 'POST' }),
    }
  }

  stop(): void {
    this.http.close()
    this.http.closeAllConnections()
  }

  private async post<T>(path: string, body: unknown, schema: z.ZodType<T>): Promise<T> {
    const response = await fetch(this.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    return schema.parse(await response.json())
  }
}

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}
