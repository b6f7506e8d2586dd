import { createRoute } from '@hono/zod-openapi'
import { eq } from 'drizzle-orm'
import { confirmPasswordSchema } from '../../protocol/http.ts'
import { checkPassword } from '../auth/check-password.ts'
import { mainDb } from '../db/main.ts'
import { session } from '../db/schema.ts'
import { requireSession } from '../middleware/session.ts'
import { problem } from '../problem.ts'
import { createRouter, problems } from '../router.ts'

export const confirmPasswordRoutes = createRouter()

confirmPasswordRoutes.openapi(
  createRoute({
    method: 'post',
    path: '/v1/me/password',
    operationId: 'confirmPassword',
    tags: ['Account'],
    summary: 'Give my password again on this device',
    description:
      'This login then counts as fresh, as of now, which adding a passkey asks for: 15 minutes from it. A wrong password is `forbidden`.',
    middleware: [requireSession],
    request: {
      body: { required: true, content: { 'application/json': { schema: confirmPasswordSchema } } },
    },
    responses: {
      204: { description: 'It is mine' },
      ...problems(
        'invalid',
        'unauthenticated',
        'forbidden',
        'too_large',
        'rate_limited',
        'unavailable',
      ),
    },
  }),
  async (c) => {
    const { userId, deviceId } = c.var.session
    const checked = await checkPassword(c.env, userId, c.req.valid('json').password)
    if (!checked.ok) return problem(c, checked)
    // What Better Auth tells freshness by.
    await mainDb(c.env)
      .update(session)
      .set({ createdAt: new Date() })
      .where(eq(session.id, deviceId))
    return c.body(null, 204)
  },
)
