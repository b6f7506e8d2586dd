import { createRoute } from '@hono/zod-openapi'
import { userStub } from '../../durable-objects/shared/stubs.ts'
import { fail } from '../../protocol/errors.ts'
import { pushAddressSchema, type PushAddress } from '../../protocol/push.ts'
import { settingsOf } from '../config.ts'
import { requireSession } from '../middleware/session.ts'
import { problem } from '../problem.ts'
import { isPushEndpoint } from '../push/endpoints.ts'
import { createRouter, problems } from '../router.ts'
import type { Settings } from '../settings.ts'

export const pushRoutes = createRouter()

const body = { required: true, content: { 'application/json': { schema: pushAddressSchema } } }

pushRoutes.openapi(
  createRoute({
    method: 'put',
    path: '/v1/push',
    operationId: 'registerPush',
    tags: ['Account'],
    summary: 'Have the pushes for this device go to an address',
    description:
      'In the place of its last one, until it logs out. An address belongs to the last device that registered it. May be repeated, which a client does whenever it starts.',
    middleware: [requireSession],
    request: { body },
    responses: {
      204: { description: 'It is registered' },
      ...problems(
        'invalid',
        'unauthenticated',
        'forbidden',
        'too_large',
        'rate_limited',
        'unavailable',
      ),
    },
  }),
  async (c) => {
    const { userId, deviceId, expiresAt } = c.var.session
    const address = c.req.valid('json')
    const refused = refuse(settingsOf(c.env), address)
    if (refused !== null) return problem(c, fail('invalid', refused))
    const registered = await userStub(c.env, userId).registerPush(deviceId, address, expiresAt)
    if (!registered.ok) return problem(c, registered)
    return c.body(null, 204)
  },
)

pushRoutes.openapi(
  createRoute({
    method: 'delete',
    path: '/v1/push',
    operationId: 'unregisterPush',
    tags: ['Account'],
    summary: 'Have no more pushes go to an address',
    description: 'Only this device’s own address counts; another one changes nothing.',
    middleware: [requireSession],
    request: { body },
    responses: {
      204: { description: 'This device does not get pushes there' },
      ...problems('invalid', 'unauthenticated', 'forbidden', 'too_large', 'unavailable'),
    },
  }),
  async (c) => {
    const { userId, deviceId } = c.var.session
    const released = await userStub(c.env, userId).unregisterPush(deviceId, c.req.valid('json'))
    if (!released.ok) return problem(c, released)
    return c.body(null, 204)
  },
)

/** Why nothing could be sent to an address from here, or null. */
function refuse({ push }: Settings, address: PushAddress): string | null {
  switch (address.kind) {
    case 'webpush':
      return isPushEndpoint(push.hosts, address.subscription.endpoint)
        ? null
        : 'subscription.endpoint: not at a push service that is known here'
    case 'fcm':
      return push.fcm === null ? 'kind: not offered here' : null
  }
}
