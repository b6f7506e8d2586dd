import { createRoute } from '@hono/zod-openapi'
import { fail } from '../../protocol/errors.ts'
import { ticketSchema } from '../../protocol/http.ts'
import { addressKey } from '../address.ts'
import { settingsOf } from '../config.ts'
import { requireSession } from '../middleware/session.ts'
import { problem } from '../problem.ts'
import { createRouter, problems } from '../router.ts'
import { issueTicket } from '../tickets.ts'

/** The window of TICKET_LIMIT (wrangler.toml); the binding does not tell what is left of it. */
const WINDOW_SECONDS = 60

export const ticketRoutes = createRouter()

ticketRoutes.openapi(
  createRoute({
    method: 'post',
    path: '/v1/tickets',
    operationId: 'createTicket',
    tags: ['Account'],
    summary: 'A ticket that opens one socket once, within 30 seconds',
    middleware: [requireSession],
    responses: {
      200: {
        description: 'Goes into `?ticket=` of a socket URL',
        content: { 'application/json': { schema: ticketSchema } },
      },
      ...problems('unauthenticated', 'forbidden', 'rate_limited', 'unavailable'),
    },
  }),
  async (c) => {
    if (settingsOf(c.env).limited) {
      const { success } = await c.env.TICKET_LIMIT.limit({ key: addressKey(c.req.raw) })
      if (!success) {
        return problem(
          c,
          fail('rate_limited', 'too many tickets from this address', WINDOW_SECONDS),
        )
      }
    }
    return c.json(await issueTicket(c.env, c.var.session.deviceId), 200)
  },
)
