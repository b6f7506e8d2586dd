import { createRoute } from '@hono/zod-openapi'
import { channelSettingsSchema } from '../../protocol/http.ts'
import { findChannel } from '../channels.ts'
import { requireSession } from '../middleware/session.ts'
import { problem } from '../problem.ts'
import { createRouter, problems } from '../router.ts'
import { channelAnswer, channelParams } from './channels.ts'

export const channelSettingRoutes = createRouter()

channelSettingRoutes.openapi(
  createRoute({
    method: 'patch',
    path: '/v1/channels/{channelId}/me',
    operationId: 'changeChannelSettings',
    tags: ['Channels'],
    summary: 'Mute, hide or mark a channel as unread, for myself',
    description: 'All of my devices hear of it, and nobody else.',
    middleware: [requireSession],
    request: {
      params: channelParams,
      body: { required: true, content: { 'application/json': { schema: channelSettingsSchema } } },
    },
    responses: {
      200: channelAnswer('The channel as I see it now'),
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
    const channel = await stub.value.changeSettings(c.var.session.userId, c.req.valid('json'))
    if (!channel.ok) return problem(c, channel)
    return c.json({ channel: channel.value }, 200)
  },
)
