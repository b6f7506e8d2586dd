import { discoverSchema } from '../../protocol/http.ts'

/**
 * Registers the subscription that takes the place of one that the browser has ended: the one it brings, or a
 * new one. Whatever fails is made good when the page starts next.
 */
export async function renew(
  manager: PushManager,
  renewed: PushSubscription | null | undefined,
): Promise<void> {
  const subscription = renewed ?? (await manager.getSubscription()) ?? (await subscribe(manager))
  await call('PUT', '/v1/push', { kind: 'webpush', subscription: subscription.toJSON() })
}

/** A call in the name of whoever is logged in. Throws unless it was answered well. */
export async function call(method: 'PUT', path: string, body: unknown): Promise<void> {
  const answer = await fetch(path, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status}`)
}

async function subscribe(manager: PushManager): Promise<PushSubscription> {
  const answer = await fetch('/v1/discover')
  const { pushPublicKey } = discoverSchema.parse(await answer.json())
  return await manager.subscribe({ userVisibleOnly: true, applicationServerKey: pushPublicKey })
}
