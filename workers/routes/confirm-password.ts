import { createRoute } from '@hono/zod-openapi'
import { verifyPassword } from 'better-auth/crypto'
import { eq } from 'drizzle-orm'
import { fail } from '../../protocol/errors.ts'
import { confirmPasswordSchema } from '../../protocol/http.ts'
import { consume } from '../auth/rate-limit.ts'
import { settingsOf } from '../config.ts'
import { findPasswordHash } from '../db/delete-account.ts'
import { mainDb } from '../db/main.ts'
import { session } from '../db/schema.ts'
import { requireSession } from '../middleware/session.ts'
import { problem } from '../problem.ts'
import { createRouter, problems } from '../router.ts'

const TRIES = { window: 60, max: 10 }

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
    if (settingsOf(c.env).limited) {
      const { retryAfter } = await consume(c.env, `${userId}|/confirm-password`, TRIES)
      if (retryAfter !== null) {
        return problem(c, fail('rate_limited', 'Too many tries of the password', retryAfter))
      }
    }
    const hash = await findPasswordHash(c.env, userId)
    const { password } = c.req.valid('json')
    if (hash === null || !(await verifyPassword({ hash, password }))) {
      return problem(c, fail('forbidden', 'This is not the password of the account'))
    }
    // What Better Auth tells freshness by.
    await mainDb(c.env)
      .update(session)
      .set({ createdAt: new Date() })
      .where(eq(session.id, deviceId))
    return c.body(null, 204)
  },
)
