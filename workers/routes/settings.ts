import { createRoute } from '@hono/zod-openapi'
import { userStub } from '../../durable-objects/shared/stubs.ts'
import { patchSettingsSchema } from '../../protocol/http.ts'
import { settingsSchema } from '../../protocol/objects.ts'
import { readSettings } from '../db/settings.ts'
import { requireSession } from '../middleware/session.ts'
import { problem } from '../problem.ts'
import { createRouter, problems } from '../router.ts'

export const settingsRoutes = createRouter()

const answer = {
  description: 'All settings as they are now',
  content: { 'application/json': { schema: settingsSchema } },
}

settingsRoutes.openapi(
  createRoute({
    method: 'get',
    path: '/v1/settings',
    operationId: 'getSettings',
    tags: ['Account'],
    summary: 'What I have decided about others',
    middleware: [requireSession],
    responses: { 200: answer, ...problems('unauthenticated', 'unavailable') },
  }),
  async (c) => c.json(await readSettings(c.env, c.var.session.userId), 200),
)

settingsRoutes.openapi(
  createRoute({
    method: 'patch',
    path: '/v1/settings',
    operationId: 'patchSettings',
    tags: ['Account'],
    summary: 'Decide otherwise',
    description: 'What is left out stays.',
    middleware: [requireSession],
    request: {
      body: { required: true, content: { 'application/json': { schema: patchSettingsSchema } } },
    },
    responses: {
      200: answer,
      ...problems('invalid', 'unauthenticated', 'forbidden', 'too_large', 'unavailable'),
    },
  }),
  async (c) => {
    const stub = userStub(c.env, c.var.session.userId)
    const settings = await stub.changeSettings(c.req.valid('json'))
    if (!settings.ok) return problem(c, settings)
    return c.json(settings.value, 200)
  },
)
