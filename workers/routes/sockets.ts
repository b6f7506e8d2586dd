import { createRoute } from '@hono/zod-openapi'
import * as z from 'zod'
import { userStub } from '../../durable-objects/shared/stubs.ts'
import { UPGRADE_HEADER, type Upgrade } from '../../durable-objects/shared/upgrade.ts'
import { queryInt, versionSchema } from '../../protocol/schemas.ts'
import { findChannel, NO_CHANNEL } from '../channels.ts'
import type { Session } from '../context.ts'
import { locationHint } from '../location.ts'
import { requireSocketSession } from '../middleware/session.ts'
import { problem } from '../problem.ts'
import { createRouter, problems } from '../router.ts'
import { channelParams } from './channels.ts'

export const socketRoutes = createRouter()

const SECURITY = [{ cookie: [] }, { bearer: [] }, { ticket: [] }]
const SWITCHING = { description: 'Switching to the WebSocket protocol' }
const ticket = z.string().max(256).optional()

socketRoutes.openapi(
  createRoute({
    method: 'get',
    path: '/v1/ws',
    operationId: 'openUserSocket',
    tags: ['Sync'],
    summary: 'The user socket',
    description:
      'A WebSocket upgrade. The server sends `hello`, then `sync` frames from `cursor` on. Authenticates like any call, or once with `ticket`.',
    security: SECURITY,
    middleware: [requireSocketSession],
    request: {
      query: z.object({
        cursor: queryInt(z.int())
          .optional()
          .transform((value) => value ?? 0),
        ticket,
      }),
    },
    responses: {
      101: SWITCHING,
      ...problems('invalid', 'unauthenticated', 'forbidden', 'unavailable'),
    },
  }),
  async (c) => {
    const stub = userStub(c.env, c.var.session.userId, locationHint(c.req.raw))
    return await stub.fetch(upgradeRequest(c.req.raw, c.var.session, c.req.valid('query').cursor))
  },
)

socketRoutes.openapi(
  createRoute({
    method: 'get',
    path: '/v1/channels/{channelId}/ws',
    operationId: 'openChannelSocket',
    tags: ['Sync'],
    summary: 'The channel socket: one open conversation',
    description:
      'A WebSocket upgrade. The server sends `hello`, then `messages` frames above the version `after`, and typing and receipts of all members.',
    security: SECURITY,
    middleware: [requireSocketSession],
    request: {
      params: channelParams,
      query: z.object({
        after: queryInt(versionSchema)
          .optional()
          .transform((value) => value ?? 0),
        ticket,
      }),
    },
    responses: {
      101: SWITCHING,
      ...problems('invalid', 'unauthenticated', 'forbidden', 'not_found', 'unavailable'),
    },
  }),
  async (c) => {
    const { channelId } = c.req.valid('param')
    const { userId, deviceId } = c.var.session
    const channel = findChannel(c.env, channelId)
    if (!channel.ok) return problem(c, channel)
    // Noted before the socket opens, so that ending the device finds every socket that it has.
    const attached = await userStub(c.env, userId).attach(deviceId, channelId)
    if (!attached.ok) return problem(c, attached)
    const upgrade = upgradeRequest(c.req.raw, c.var.session, c.req.valid('query').after)
    const response = await channel.value.fetch(upgrade)
    return response.status === 101 ? response : problem(c, NO_CHANNEL)
  },
)

/**
 * The request that an object gets for an upgrade. The raw one is passed on, for a socket accepted here
 * could not hibernate; who asks, and from where on, is told in a header that no caller can set.
 */
function upgradeRequest(request: Request, session: Session, cursor: number): Request {
  const { userId, deviceId, expiresAt } = session
  const upgrade: Upgrade = { userId, deviceId, expiresAt, cursor }
  const headers = new Headers(request.headers)
  headers.set(UPGRADE_HEADER, JSON.stringify(upgrade))
  return new Request(request, { headers })
}
