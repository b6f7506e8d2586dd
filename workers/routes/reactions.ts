import { createRoute } from '@hono/zod-openapi'
import { emojiSchema } from '../../protocol/schemas.ts'
import { findChannel } from '../channels.ts'
import { requireSession } from '../middleware/session.ts'
import { problem } from '../problem.ts'
import { createRouter, problems } from '../router.ts'
import { messageAnswer, messageParams } from './messages.ts'

export const reactionRoutes = createRouter()

const reactionParams = messageParams.extend({ emoji: emojiSchema })
const path = '/v1/channels/{channelId}/messages/{messageId}/reactions/{emoji}'

reactionRoutes.openapi(
  createRoute({
    method: 'put',
    path,
    operationId: 'react',
    tags: ['Messages'],
    summary: 'React to a message',
    description: 'One of each kind a person; at most 20 different emoji a message.',
    middleware: [requireSession],
    request: { params: reactionParams },
    responses: {
      200: messageAnswer('The message with its new version'),
      ...problems(
        'invalid',
        'unauthenticated',
        'forbidden',
        'blocked',
        'not_found',
        'conflict',
        'rate_limited',
        'unavailable',
      ),
    },
  }),
  async (c) => {
    const { channelId, messageId, emoji } = c.req.valid('param')
    const { userId } = c.var.session
    const stub = findChannel(c.env, channelId)
    if (!stub.ok) return problem(c, stub)
    const message = await stub.value.react(userId, messageId, emoji)
    if (!message.ok) return problem(c, message)
    return c.json({ message: message.value }, 200)
  },
)

reactionRoutes.openapi(
  createRoute({
    method: 'delete',
    path,
    operationId: 'unreact',
    tags: ['Messages'],
    summary: 'Take my reaction back',
    middleware: [requireSession],
    request: { params: reactionParams },
    responses: {
      200: messageAnswer('The message with its new version'),
      ...problems(
        'invalid',
        'unauthenticated',
        'forbidden',
        'not_found',
        'rate_limited',
        'unavailable',
      ),
    },
  }),
  async (c) => {
    const { channelId, messageId, emoji } = c.req.valid('param')
    const { userId } = c.var.session
    const stub = findChannel(c.env, channelId)
    if (!stub.ok) return problem(c, stub)
    const message = await stub.value.unreact(userId, messageId, emoji)
    if (!message.ok) return problem(c, message)
    return c.json({ message: message.value }, 200)
  },
)
