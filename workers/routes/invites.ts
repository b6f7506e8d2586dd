import { createRoute } from '@hono/zod-openapi'
import * as z from 'zod'
import type { ChannelObject } from '../../durable-objects/channel/channel-object.ts'
import { invitedStub } from '../../durable-objects/shared/stubs.ts'
import { fail, ok, type Result } from '../../protocol/errors.ts'
import { createInviteSchema, inviteAnswerSchema, invitesSchema } from '../../protocol/http.ts'
import { idSchema } from '../../protocol/schemas.ts'
import { findChannel, NO_CHANNEL, requireProfiles } from '../channels.ts'
import { settingsOf } from '../config.ts'
import { requireSession } from '../middleware/session.ts'
import { problem } from '../problem.ts'
import { createRouter, problems } from '../router.ts'
import { channelAnswer, channelParams } from './channels.ts'

/** The window of INVITE_LIMIT (wrangler.toml); the binding does not tell what is left of it. */
const WINDOW_SECONDS = 60

export const inviteRoutes = createRouter()

inviteRoutes.openapi(
  createRoute({
    method: 'post',
    path: '/v1/channels/{channelId}/invites',
    operationId: 'createInvite',
    tags: ['Invites'],
    summary: 'Make an invite link',
    description: 'At most 20 of a group count at a time; `conflict` beyond.',
    middleware: [requireSession],
    request: {
      params: channelParams,
      body: { required: false, content: { 'application/json': { schema: createInviteSchema } } },
    },
    responses: {
      201: {
        description: 'Made',
        content: { 'application/json': { schema: inviteAnswerSchema } },
      },
      ...problems(
        'invalid',
        'unauthenticated',
        'forbidden',
        'not_found',
        'conflict',
        'too_large',
        'unavailable',
      ),
    },
  }),
  async (c) => {
    const stub = findChannel(c.env, c.req.valid('param').channelId)
    if (!stub.ok) return problem(c, stub)
    const { maxUses = null, expiresAt = null } = c.req.valid('json') ?? {}
    const invite = await stub.value.createInvite(c.var.session.userId, { maxUses, expiresAt })
    if (!invite.ok) return problem(c, invite)
    return c.json({ invite: invite.value }, 201)
  },
)

inviteRoutes.openapi(
  createRoute({
    method: 'get',
    path: '/v1/channels/{channelId}/invites',
    operationId: 'listInvites',
    tags: ['Invites'],
    summary: 'The invite links of a group that count, newest first',
    middleware: [requireSession],
    request: { params: channelParams },
    responses: {
      200: {
        description: 'At most 20',
        content: { 'application/json': { schema: invitesSchema } },
      },
      ...problems('invalid', 'unauthenticated', 'forbidden', 'not_found', 'unavailable'),
    },
  }),
  async (c) => {
    const stub = findChannel(c.env, c.req.valid('param').channelId)
    if (!stub.ok) return problem(c, stub)
    const invites = await stub.value.invites(c.var.session.userId)
    if (!invites.ok) return problem(c, invites)
    return c.json({ invites: invites.value }, 200)
  },
)

inviteRoutes.openapi(
  createRoute({
    method: 'delete',
    path: '/v1/channels/{channelId}/invites/{code}',
    operationId: 'revokeInvite',
    tags: ['Invites'],
    summary: 'Take an invite link back',
    middleware: [requireSession],
    request: { params: channelParams.extend({ code: idSchema }) },
    responses: {
      204: { description: 'It counts for nothing any more, if it ever did' },
      ...problems('invalid', 'unauthenticated', 'forbidden', 'not_found', 'unavailable'),
    },
  }),
  async (c) => {
    const { channelId, code } = c.req.valid('param')
    const stub = findChannel(c.env, channelId)
    if (!stub.ok) return problem(c, stub)
    const revoked = await stub.value.revokeInvite(c.var.session.userId, code)
    if (!revoked.ok) return problem(c, revoked)
    return c.body(null, 204)
  },
)

inviteRoutes.openapi(
  createRoute({
    method: 'get',
    path: '/v1/invites/{code}',
    operationId: 'lookAtInvite',
    tags: ['Invites'],
    summary: 'Where an invite link leads',
    description:
      'The group with its title and how many are in, and not who. `not_found` for whatever does not count (any more), and for whoever was removed from the group.',
    middleware: [requireSession],
    request: { params: z.object({ code: idSchema }) },
    responses: {
      200: channelAnswer('The group as it looks from outside'),
      ...problems('invalid', 'unauthenticated', 'not_found', 'rate_limited', 'unavailable'),
    },
  }),
  async (c) => {
    const { code } = c.req.valid('param')
    const { userId } = c.var.session
    const stub = await findInvited(c.env, userId, code)
    if (!stub.ok) return problem(c, stub)
    const channel = await stub.value.lookAtInvite(userId, code)
    if (!channel.ok) return problem(c, channel)
    return c.json({ channel: channel.value }, 200)
  },
)

inviteRoutes.openapi(
  createRoute({
    method: 'post',
    path: '/v1/invites/{code}',
    operationId: 'join',
    tags: ['Invites'],
    summary: 'Join a group by an invite link',
    description: 'Whoever is in already stays so and uses nothing up.',
    middleware: [requireSession],
    request: { params: z.object({ code: idSchema }) },
    responses: {
      200: channelAnswer('The group, which I am in now'),
      ...problems(
        'invalid',
        'unauthenticated',
        'forbidden',
        'not_found',
        'group_full',
        'rate_limited',
        'unavailable',
      ),
    },
  }),
  async (c) => {
    const { code } = c.req.valid('param')
    const { userId } = c.var.session
    const stub = await findInvited(c.env, userId, code)
    if (!stub.ok) return problem(c, stub)
    const profiles = await requireProfiles(c.env, [userId])
    if (!profiles.ok) return problem(c, profiles)
    const [profile] = profiles.value
    const channel = profile ? await stub.value.join(profile, code) : NO_CHANNEL
    if (!channel.ok) return problem(c, channel)
    return c.json({ channel: channel.value }, 200)
  },
)

/** The object of the group that a code leads to; each look counts, so that nobody tries codes. */
async function findInvited(
  env: Env,
  userId: string,
  code: string,
): Promise<Result<DurableObjectStub<ChannelObject>>> {
  if (settingsOf(env).limited) {
    const { success } = await env.INVITE_LIMIT.limit({ key: userId })
    if (!success) return fail('rate_limited', 'Too many invite links', WINDOW_SECONDS)
  }
  const stub = invitedStub(env, code)
  return stub ? ok(stub) : fail('not_found', 'No such invite link')
}
