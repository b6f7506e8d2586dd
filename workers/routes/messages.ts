import { createRoute } from '@hono/zod-openapi'
import * as z from 'zod'
import {
  historyQuerySchema,
  historySchema,
  editBodySchema,
  messageAnswerSchema,
  sendBodySchema,
} from '../../protocol/http.ts'
import { idSchema, messageIdSchema, queryInt } from '../../protocol/schemas.ts'
import { findChannel } from '../channels.ts'
import { requireSession } from '../middleware/session.ts'
import { problem } from '../problem.ts'
import { createRouter, problems } from '../router.ts'
import { channelParams } from './channels.ts'

export const messageRoutes = createRouter()

export const messageParams = z.object({ channelId: idSchema, messageId: queryInt(messageIdSchema) })

/** How every call that ends with a message answers. */
export function messageAnswer(description: string) {
  return { description, content: { 'application/json': { schema: messageAnswerSchema } } }
}

messageRoutes.openapi(
  createRoute({
    method: 'post',
    path: '/v1/channels/{channelId}/messages',
    operationId: 'sendMessage',
    tags: ['Messages'],
    summary: 'Send a message',
    description:
      'Sent again under the same clientId, over any transport, it answers what was stored the first time.',
    middleware: [requireSession],
    request: {
      params: channelParams,
      body: { required: true, content: { 'application/json': { schema: sendBodySchema } } },
    },
    responses: {
      200: messageAnswer('It was stored before'),
      201: messageAnswer('Stored'),
      ...problems(
        'invalid',
        'unauthenticated',
        'forbidden',
        'blocked',
        'not_found',
        'text_too_long',
        'too_large',
        'rate_limited',
        'unavailable',
      ),
    },
  }),
  async (c) => {
    const { userId } = c.var.session
    const stub = findChannel(c.env, c.req.valid('param').channelId)
    if (!stub.ok) return problem(c, stub)
    const { clientId, text, replyTo } = c.req.valid('json')
    const [sent] = await stub.value.send(userId, [{ clientId, text, replyTo: replyTo ?? null }])
    if (!sent) throw new Error('a channel answers one result for each message')
    if (!sent.ok) return problem(c, sent)
    const { message, created } = sent.value
    return created ? c.json({ message }, 201) : c.json({ message }, 200)
  },
)

messageRoutes.openapi(
  createRoute({
    method: 'get',
    path: '/v1/channels/{channelId}/messages',
    operationId: 'listMessages',
    tags: ['Messages'],
    summary: 'A page of the history, ascending',
    description:
      'At most one of before, after, around and at; without one, the newest. A page may end early at 1 MiB: hasMoreBefore and hasMoreAfter say whether there is more.',
    middleware: [requireSession],
    request: { params: channelParams, query: historyQuerySchema },
    responses: {
      200: {
        description: 'Messages',
        content: { 'application/json': { schema: historySchema } },
      },
      ...problems('invalid', 'unauthenticated', 'not_found', 'unavailable'),
    },
  }),
  async (c) => {
    const stub = findChannel(c.env, c.req.valid('param').channelId)
    if (!stub.ok) return problem(c, stub)
    const history = await stub.value.history(c.var.session.userId, c.req.valid('query'))
    if (!history.ok) return problem(c, history)
    return c.json(history.value, 200)
  },
)

messageRoutes.openapi(
  createRoute({
    method: 'get',
    path: '/v1/channels/{channelId}/messages/{messageId}',
    operationId: 'getMessage',
    tags: ['Messages'],
    summary: 'One message',
    middleware: [requireSession],
    request: { params: messageParams },
    responses: {
      200: messageAnswer('The message as it is now'),
      ...problems('invalid', 'unauthenticated', 'not_found', 'unavailable'),
    },
  }),
  async (c) => {
    const { channelId, messageId } = c.req.valid('param')
    const stub = findChannel(c.env, channelId)
    if (!stub.ok) return problem(c, stub)
    const message = await stub.value.message(c.var.session.userId, messageId)
    if (!message.ok) return problem(c, message)
    return c.json({ message: message.value }, 200)
  },
)

messageRoutes.openapi(
  createRoute({
    method: 'patch',
    path: '/v1/channels/{channelId}/messages/{messageId}',
    operationId: 'editMessage',
    tags: ['Messages'],
    summary: 'Give my message another text',
    description: 'It keeps its id, takes a new version and notes when it was edited.',
    middleware: [requireSession],
    request: {
      params: messageParams,
      body: { required: true, content: { 'application/json': { schema: editBodySchema } } },
    },
    responses: {
      200: messageAnswer('The message with its new version'),
      ...problems(
        'invalid',
        'unauthenticated',
        'forbidden',
        'blocked',
        'not_found',
        'conflict',
        'text_too_long',
        'too_large',
        'rate_limited',
        'unavailable',
      ),
    },
  }),
  async (c) => {
    const { channelId, messageId } = c.req.valid('param')
    const stub = findChannel(c.env, channelId)
    if (!stub.ok) return problem(c, stub)
    const { text } = c.req.valid('json')
    const message = await stub.value.edit(c.var.session.userId, messageId, text)
    if (!message.ok) return problem(c, message)
    return c.json({ message: message.value }, 200)
  },
)

messageRoutes.openapi(
  createRoute({
    method: 'delete',
    path: '/v1/channels/{channelId}/messages/{messageId}',
    operationId: 'deleteMessage',
    tags: ['Messages'],
    summary: 'Take a message back for everyone',
    description: 'My own; as an admin of a group anybody’s. What it said is gone, its place stays.',
    middleware: [requireSession],
    request: { params: messageParams },
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
    const { channelId, messageId } = c.req.valid('param')
    const stub = findChannel(c.env, channelId)
    if (!stub.ok) return problem(c, stub)
    const message = await stub.value.delete(c.var.session.userId, messageId)
    if (!message.ok) return problem(c, message)
    return c.json({ message: message.value }, 200)
  },
)
