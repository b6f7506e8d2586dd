import { createRoute } from '@hono/zod-openapi'
import { userStub } from '../../durable-objects/shared/stubs.ts'
import { presenceAnswerSchema, presenceQuerySchema } from '../../protocol/http.ts'
import { findChannel } from '../channels.ts'
import { requireSession } from '../middleware/session.ts'
import { problem } from '../problem.ts'
import { createRouter, problems } from '../router.ts'
import { channelParams } from './channels.ts'

export const presenceRoutes = createRouter()

const answer = {
  description: 'One entry for each, in the order asked for; `status` null where I may not see it',
  content: { 'application/json': { schema: presenceAnswerSchema } },
}

presenceRoutes.openapi(
  createRoute({
    method: 'get',
    path: '/v1/presence',
    operationId: 'getPresence',
    tags: ['People'],
    summary: 'Who of these people is there',
    description: 'At most 200. Who is on screen is better watched over the user socket.',
    middleware: [requireSession],
    request: { query: presenceQuerySchema },
    responses: {
      200: answer,
      ...problems('invalid', 'unauthenticated', 'rate_limited', 'unavailable'),
    },
  }),
  async (c) => {
    const stub = userStub(c.env, c.var.session.userId)
    const presence = await stub.presenceOf(c.req.valid('query').userIds, false)
    if (!presence.ok) return problem(c, presence)
    return c.json({ presence: presence.value }, 200)
  },
)

presenceRoutes.openapi(
  createRoute({
    method: 'get',
    path: '/v1/channels/{channelId}/presence',
    operationId: 'getChannelPresence',
    tags: ['Channels'],
    summary: 'Who of the members is there',
    middleware: [requireSession],
    request: { params: channelParams },
    responses: {
      200: answer,
      ...problems('invalid', 'unauthenticated', 'not_found', 'rate_limited', 'unavailable'),
    },
  }),
  async (c) => {
    const { userId } = c.var.session
    const stub = findChannel(c.env, c.req.valid('param').channelId)
    if (!stub.ok) return problem(c, stub)
    const channel = await stub.value.describe(userId)
    if (!channel.ok) return problem(c, channel)
    const members = (channel.value.members ?? []).map((member) => member.userId)
    const presence = await userStub(c.env, userId).presenceOf(members, true)
    if (!presence.ok) return problem(c, presence)
    return c.json({ presence: presence.value }, 200)
  },
)
