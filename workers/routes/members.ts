import { createRoute } from '@hono/zod-openapi'
import * as z from 'zod'
import { putMemberSchema } from '../../protocol/http.ts'
import { idSchema } from '../../protocol/schemas.ts'
import { findChannel, requireAddable } from '../channels.ts'
import { requireSession } from '../middleware/session.ts'
import { problem } from '../problem.ts'
import { createRouter, problems } from '../router.ts'
import { channelAnswer } from './channels.ts'

export const memberRoutes = createRouter()

const memberParams = z.object({ channelId: idSchema, userId: idSchema })

memberRoutes.openapi(
  createRoute({
    method: 'put',
    path: '/v1/channels/{channelId}/members/{userId}',
    operationId: 'putMember',
    tags: ['Members'],
    summary: 'Add a person to a group, or change what they are in it',
    description:
      'Without a role it adds, unless they have blocked me or take only friends; with one it changes the role of a member. Whoever makes another the owner is an admin then.',
    middleware: [requireSession],
    request: {
      params: memberParams,
      body: { required: false, content: { 'application/json': { schema: putMemberSchema } } },
    },
    responses: {
      200: channelAnswer('The channel with its members'),
      ...problems(
        'invalid',
        'unauthenticated',
        'forbidden',
        'not_found',
        'group_full',
        'too_large',
        'unavailable',
      ),
    },
  }),
  async (c) => {
    const { channelId, userId } = c.req.valid('param')
    const stub = findChannel(c.env, channelId)
    if (!stub.ok) return problem(c, stub)
    const actorId = c.var.session.userId
    const { role } = c.req.valid('json') ?? {}
    if (role !== undefined) {
      const changed = await stub.value.setRole(actorId, userId, role)
      if (!changed.ok) return problem(c, changed)
      return c.json({ channel: changed.value }, 200)
    }
    // Who is not in the channel is told so before anything else: people are not looked up for them.
    const seen = await stub.value.describe(actorId)
    if (!seen.ok) return problem(c, seen)
    const profiles = await requireAddable(c.env, actorId, [userId])
    if (!profiles.ok) return problem(c, profiles)
    const [, profile] = profiles.value
    const added = profile ? await stub.value.add(actorId, profile) : seen
    if (!added.ok) return problem(c, added)
    return c.json({ channel: added.value }, 200)
  },
)

memberRoutes.openapi(
  createRoute({
    method: 'delete',
    path: '/v1/channels/{channelId}/members/{userId}',
    operationId: 'deleteMember',
    tags: ['Members'],
    summary: 'Remove a person from a group, or leave it oneself',
    description: 'An owner who leaves hands over to the oldest admin, else to the oldest member.',
    middleware: [requireSession],
    request: { params: memberParams },
    responses: {
      200: channelAnswer('The channel as it is now, or as one left it'),
      ...problems('invalid', 'unauthenticated', 'forbidden', 'not_found', 'unavailable'),
    },
  }),
  async (c) => {
    const { channelId, userId } = c.req.valid('param')
    const stub = findChannel(c.env, channelId)
    if (!stub.ok) return problem(c, stub)
    const channel = await stub.value.remove(c.var.session.userId, userId)
    if (!channel.ok) return problem(c, channel)
    return c.json({ channel: channel.value }, 200)
  },
)
