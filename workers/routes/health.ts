import { createRoute } from '@hono/zod-openapi'
import { healthSchema } from '../../protocol/http.ts'
import { PROTOCOL_VERSION } from '../../protocol/limits.ts'
import { version } from '../../package.json'
import { createRouter, problems } from '../router.ts'

export const healthRoutes = createRouter()

healthRoutes.openapi(
  createRoute({
    method: 'get',
    path: '/healthz',
    operationId: 'health',
    tags: ['Service'],
    summary: 'Whether this deployment serves, and which versions run',
    security: [],
    responses: {
      200: {
        description: 'It does',
        content: { 'application/json': { schema: healthSchema } },
      },
      ...problems('too_large', 'unavailable'),
    },
  }),
  (c) =>
    c.json(
      {
        ok: true as const,
        versions: {
          parley: version,
          protocol: String(PROTOCOL_VERSION),
          deployment: c.env.DEPLOYMENT.id,
        },
      },
      200,
    ),
)
