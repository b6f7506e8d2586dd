import { createRoute } from '@hono/zod-openapi'
import * as z from 'zod'
import { dmChannelId, groupChannelId } from '../../durable-objects/shared/channel-id.ts'
import { channelStub, userStub } from '../../durable-objects/shared/stubs.ts'
import { fail } from '../../protocol/errors.ts'
import {
  channelAnswerSchema,
  channelsSchema,
  createChannelSchema,
  pageQuerySchema,
  patchChannelSchema,
  readBodySchema,
  type CreateChannel,
} from '../../protocol/http.ts'
import { MAX_GROUP_MEMBERS } from '../../protocol/limits.ts'
import { idSchema } from '../../protocol/schemas.ts'
import { findChannel, NO_CHANNEL, requireAddable, requireProfiles } from '../channels.ts'
import type { Session } from '../context.ts'
import { locationHint } from '../location.ts'
import { requireSession } from '../middleware/session.ts'
import { problem } from '../problem.ts'
import { createRouter, jsonText, problems } from '../router.ts'

export const channelRoutes = createRouter()

export const channelParams = z.object({ channelId: idSchema })

/** How every call that ends with a channel answers. */
export function channelAnswer(description: string) {
  return { description, content: { 'application/json': { schema: channelAnswerSchema } } }
}

channelRoutes.openapi(
  createRoute({
    method: 'get',
    path: '/v1/channels',
    operationId: 'listChannels',
    tags: ['Channels'],
    summary: 'My channels, latest activity first',
    middleware: [requireSession],
    request: { query: pageQuerySchema },
    responses: {
      200: {
        description: 'A page of channels',
        content: { 'application/json': { schema: channelsSchema } },
      },
      ...problems('invalid', 'unauthenticated', 'unavailable'),
    },
  }),
  async (c) => {
    const { before, limit } = c.req.valid('query')
    const stub = userStub(c.env, c.var.session.userId, locationHint(c.req.raw))
    const page = await stub.channels(before ?? null, limit)
    if (!page.ok) return problem(c, page)
    return jsonText(page.value)
  },
)

channelRoutes.openapi(
  createRoute({
    method: 'post',
    path: '/v1/channels',
    operationId: 'createChannel',
    tags: ['Channels'],
    summary: 'Open a DM, or make a group',
    description:
      'A DM opened twice, from either side, is one channel; so is a group made twice with one clientId. `blocked` if one of a DM has blocked the other; `forbidden` for a group with somebody who has blocked me or takes only friends.',
    middleware: [requireSession],
    request: {
      body: { required: true, content: { 'application/json': { schema: createChannelSchema } } },
    },
    responses: {
      200: channelAnswer('It exists already'),
      201: channelAnswer('Made'),
      ...problems(
        'invalid',
        'unauthenticated',
        'forbidden',
        'blocked',
        'not_found',
        'group_full',
        'too_large',
        'unavailable',
      ),
    },
  }),
  async (c) => {
    const body = c.req.valid('json')
    const { session } = c.var
    const others = othersIn(body, session)
    if (others.length >= MAX_GROUP_MEMBERS) {
      return problem(c, fail('group_full', `A group has at most ${MAX_GROUP_MEMBERS} members`))
    }
    const channelId = channelIdFor(c.env, body, session)
    const stub = channelStub(c.env, channelId, locationHint(c.req.raw))
    if (!stub) return problem(c, NO_CHANNEL)
    const profiles =
      body.kind === 'dm'
        ? await requireProfiles(c.env, [session.userId, ...others])
        : await requireAddable(c.env, session.userId, others)
    if (!profiles.ok) {
      // A group that was made before is answered, whatever those in it have decided since.
      const made = body.kind === 'group' ? await stub.describe(session.userId) : NO_CHANNEL
      return made.ok ? c.json({ channel: made.value }, 200) : problem(c, profiles)
    }
    const [creator, ...rest] = profiles.value
    if (!creator) return problem(c, NO_CHANNEL)
    const result = await stub.create({
      channelId,
      kind: body.kind,
      title: body.kind === 'group' ? body.title : null,
      creator,
      others: rest,
    })
    if (!result.ok) return problem(c, result)
    const { channel, created } = result.value
    return created ? c.json({ channel }, 201) : c.json({ channel }, 200)
  },
)

channelRoutes.openapi(
  createRoute({
    method: 'get',
    path: '/v1/channels/{channelId}',
    operationId: 'getChannel',
    tags: ['Channels'],
    summary: 'A channel with its members',
    middleware: [requireSession],
    request: { params: channelParams },
    responses: {
      200: channelAnswer('The channel as I see it'),
      ...problems('invalid', 'unauthenticated', 'not_found', 'unavailable'),
    },
  }),
  async (c) => {
    const stub = findChannel(c.env, c.req.valid('param').channelId)
    if (!stub.ok) return problem(c, stub)
    const channel = await stub.value.describe(c.var.session.userId)
    if (!channel.ok) return problem(c, channel)
    return c.json({ channel: channel.value }, 200)
  },
)

channelRoutes.openapi(
  createRoute({
    method: 'patch',
    path: '/v1/channels/{channelId}',
    operationId: 'patchChannel',
    tags: ['Channels'],
    summary: 'Rename a group',
    middleware: [requireSession],
    request: {
      params: channelParams,
      body: { required: true, content: { 'application/json': { schema: patchChannelSchema } } },
    },
    responses: {
      200: channelAnswer('The channel as it is now'),
      ...problems(
        'invalid',
        'unauthenticated',
        'forbidden',
        'not_found',
        'too_large',
        'unavailable',
      ),
    },
  }),
  async (c) => {
    const stub = findChannel(c.env, c.req.valid('param').channelId)
    if (!stub.ok) return problem(c, stub)
    const { title } = c.req.valid('json')
    const { userId } = c.var.session
    const channel =
      title === undefined
        ? await stub.value.describe(userId)
        : await stub.value.rename(userId, title)
    if (!channel.ok) return problem(c, channel)
    return c.json({ channel: channel.value }, 200)
  },
)

channelRoutes.openapi(
  createRoute({
    method: 'put',
    path: '/v1/channels/{channelId}/read',
    operationId: 'markRead',
    tags: ['Channels'],
    summary: 'I have read up to this message',
    description: 'Only moves forwards; beyond the newest message it means the newest.',
    middleware: [requireSession],
    request: {
      params: channelParams,
      body: { required: true, content: { 'application/json': { schema: readBodySchema } } },
    },
    responses: {
      200: channelAnswer('The channel with its counts'),
      ...problems(
        'invalid',
        'unauthenticated',
        'forbidden',
        'not_found',
        'too_large',
        'unavailable',
      ),
    },
  }),
  async (c) => {
    const stub = findChannel(c.env, c.req.valid('param').channelId)
    if (!stub.ok) return problem(c, stub)
    const { messageId } = c.req.valid('json')
    const channel = await stub.value.read(c.var.session.userId, messageId, true)
    if (!channel.ok) return problem(c, channel)
    return c.json({ channel: channel.value }, 200)
  },
)

/** The others of a channel to be made, each once, without the one who makes it. */
function othersIn(body: CreateChannel, session: Session): string[] {
  const userIds = new Set(body.kind === 'dm' ? [body.userId] : body.userIds)
  userIds.delete(session.userId)
  return [...userIds]
}

function channelIdFor(env: Env, body: CreateChannel, session: Session): string {
  return body.kind === 'dm'
    ? dmChannelId(env.CHANNEL_KEY, session.userId, body.userId)
    : groupChannelId(env.CHANNEL_KEY, session.userId, body.clientId)
}
