import { createRoute } from '@hono/zod-openapi'
import {
  archiveComparisonSchema,
  archiveStatusSchema,
  compareBodySchema,
  moveBodySchema,
} from '../../protocol/operator.ts'
import { findChannel } from '../channels.ts'
import { requireOperator } from '../middleware/operator.ts'
import { problem } from '../problem.ts'
import { createRouter, problems } from '../router.ts'
import { channelParams } from './channels.ts'

/** What operators do with the two copies of a channel; see docs/operations.md. */
export const operatorRoutes = createRouter()

const common = {
  tags: ['Operators'],
  security: [{ operator: [] }],
  middleware: [requireOperator],
}

operatorRoutes.openapi(
  createRoute({
    ...common,
    method: 'get',
    path: '/v1/operator/channels/{channelId}/archive',
    operationId: 'getArchive',
    summary: 'How much of a channel is where, and what is not archived yet',
    request: { params: channelParams },
    responses: {
      200: {
        description: 'The two copies',
        content: { 'application/json': { schema: archiveStatusSchema } },
      },
      ...problems('invalid', 'unauthenticated', 'not_found', 'unavailable'),
    },
  }),
  async (c) => {
    const stub = findChannel(c.env, c.req.valid('param').channelId)
    if (!stub.ok) return problem(c, stub)
    const status = await stub.value.archiveStatus()
    return status.ok ? c.json(status.value, 200) : problem(c, status)
  },
)

operatorRoutes.openapi(
  createRoute({
    ...common,
    method: 'post',
    path: '/v1/operator/channels/{channelId}/archive/rebuild',
    operationId: 'rebuildArchive',
    summary: 'Archive all that the channel object holds anew',
    description: 'It goes on by itself; the status tells how much is left.',
    request: { params: channelParams },
    responses: {
      202: { description: 'It has begun' },
      ...problems('invalid', 'unauthenticated', 'not_found', 'unavailable'),
    },
  }),
  async (c) => {
    const stub = findChannel(c.env, c.req.valid('param').channelId)
    if (!stub.ok) return problem(c, stub)
    const begun = await stub.value.rebuildArchive()
    return begun.ok ? c.body(null, 202) : problem(c, begun)
  },
)

operatorRoutes.openapi(
  createRoute({
    ...common,
    method: 'post',
    path: '/v1/operator/channels/{channelId}/archive/compare',
    operationId: 'compareArchive',
    summary: 'Hold the channel object against the archive, a part at a time',
    description:
      'What is not archived yet is not compared, nor what was dropped. Goes on with `after: next`.',
    request: {
      params: channelParams,
      body: { required: true, content: { 'application/json': { schema: compareBodySchema } } },
    },
    responses: {
      200: {
        description: 'What differs',
        content: { 'application/json': { schema: archiveComparisonSchema } },
      },
      ...problems('invalid', 'unauthenticated', 'not_found', 'too_large', 'unavailable'),
    },
  }),
  async (c) => {
    const stub = findChannel(c.env, c.req.valid('param').channelId)
    if (!stub.ok) return problem(c, stub)
    const comparison = await stub.value.compareArchive(c.req.valid('json').after ?? 0)
    return comparison.ok ? c.json(comparison.value, 200) : problem(c, comparison)
  },
)

operatorRoutes.openapi(
  createRoute({
    ...common,
    method: 'post',
    path: '/v1/operator/channels/{channelId}/archive/move',
    operationId: 'moveArchive',
    summary: 'Archive messages from now on in another shard',
    description: 'Older ones, and changes of them, stay where they are.',
    request: {
      params: channelParams,
      body: { required: true, content: { 'application/json': { schema: moveBodySchema } } },
    },
    responses: {
      204: { description: 'From now on it does' },
      ...problems('invalid', 'unauthenticated', 'not_found', 'too_large', 'unavailable'),
    },
  }),
  async (c) => {
    const stub = findChannel(c.env, c.req.valid('param').channelId)
    if (!stub.ok) return problem(c, stub)
    const moved = await stub.value.moveArchive(c.req.valid('json').shard)
    return moved.ok ? c.body(null, 204) : problem(c, moved)
  },
)
