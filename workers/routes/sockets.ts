import { createRoute } from '@hono/zod-openapi'
import * as z from 'zod'
import { userStub } from '../../durable-objects/shared/stubs.ts'
import { UPGRADE_HEADER, type UserUpgrade } from '../../durable-objects/user/upgrade.ts'
import { queryInt } from '../../protocol/schemas.ts'
import { locationHint } from '../location.ts'
import { requireSocketSession } from '../middleware/session.ts'
import { createRouter, problems } from '../router.ts'

export const socketRoutes = createRouter()

socketRoutes.openapi(
  createRoute({
    method: 'get',
    path: '/v1/ws',
    operationId: 'openUserSocket',
    tags: ['Sync'],
    summary: 'The user socket',
    description:
      'A WebSocket upgrade. The server sends `hello`, then `sync` frames from `cursor` on. Authenticates like any call, or once with `ticket`.',
    security: [{ cookie: [] }, { bearer: [] }, { ticket: [] }],
    middleware: [requireSocketSession],
    request: {
      query: z.object({
        cursor: queryInt(z.int())
          .optional()
          .transform((value) => value ?? 0),
        ticket: z.string().max(256).optional(),
      }),
    },
    responses: {
      101: { description: 'Switching to the WebSocket protocol' },
      ...problems('invalid', 'unauthenticated', 'forbidden', 'unavailable'),
    },
  }),
  async (c) => {
    const { userId, deviceId, expiresAt } = c.var.session
    const { cursor } = c.req.valid('query')
    const upgrade: UserUpgrade = { userId, deviceId, expiresAt, cursor }
    const headers = new Headers(c.req.raw.headers)
    headers.set(UPGRADE_HEADER, JSON.stringify(upgrade))
    // The raw request is passed on: a socket accepted here could not hibernate.
    const stub = userStub(c.env, userId, locationHint(c.req.raw))
    return await stub.fetch(new Request(c.req.raw, { headers }))
  },
)
