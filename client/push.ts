import { discoverSchema } from '../protocol/http.ts'
import type { PushAddress } from '../protocol/push.ts'
import type { Http } from './http.ts'
import { ParleyError } from './parley-error.ts'

/** `PushSubscription` of a browser, or what its `toJSON` says. */
export interface WebPushSubscriptionLike {
  endpoint?: string
  keys?: Record<string, string>
  toJSON?: () => WebPushSubscriptionLike
}

/** Where this device gets the pushes of its person. Calls reject with a ParleyError and may be repeated. */
export class Push {
  readonly #http: Http

  constructor(http: Http) {
    this.#http = http
  }

  /** The `applicationServerKey` that a browser subscribes with, in base64url; null if there are no pushes. */
  async publicKey(): Promise<string | null> {
    const { pushPublicKey } = await this.#http.call('GET', '/v1/discover', discoverSchema)
    return pushPublicKey
  }

  /**
   * Has the pushes of this device go there, in the place of where they went before; best repeated at every
   * start. Rejects with `invalid` for a push service that the server does not know.
   */
  async register(subscription: WebPushSubscriptionLike): Promise<void> {
    await this.#http.send('PUT', '/v1/push', { body: addressOf(subscription) })
  }

  /** Has no more pushes go there. */
  async unregister(subscription: WebPushSubscriptionLike): Promise<void> {
    await this.#http.send('DELETE', '/v1/push', { body: addressOf(subscription) })
  }
}

function addressOf(subscription: WebPushSubscriptionLike): PushAddress {
  const { endpoint, keys } = subscription.toJSON?.() ?? subscription
  const { p256dh, auth } = keys ?? {}
  if (endpoint === undefined || p256dh === undefined || auth === undefined) {
    throw new ParleyError({
      code: 'invalid',
      detail: 'The subscription has no endpoint or no keys.',
    })
  }
  return { kind: 'webpush', subscription: { endpoint, keys: { p256dh, auth } } }
}
