import { createRoute } from '@hono/zod-openapi'
import { userStub } from '../../durable-objects/shared/stubs.ts'
import { syncQuerySchema } from '../../protocol/http.ts'
import { syncFrameSchema } from '../../protocol/user-socket.ts'
import { locationHint } from '../location.ts'
import { requireSession } from '../middleware/session.ts'
import { problem } from '../problem.ts'
import { createRouter, jsonText, problems } from '../router.ts'

export const syncRoutes = createRouter()

syncRoutes.openapi(
  createRoute({
    method: 'get',
    path: '/v1/sync',
    operationId: 'sync',
    tags: ['Sync'],
    summary: 'What changed above a cursor, by polling or long polling',
    description:
      'Answers at once if there is something; else it waits up to `wait` seconds for something to come. Asking with a cursor confirms it.',
    middleware: [requireSession],
    request: { query: syncQuerySchema },
    responses: {
      200: {
        description: 'The body of a `sync` frame',
        content: { 'application/json': { schema: syncFrameSchema } },
      },
      ...problems('invalid', 'unauthenticated', 'rate_limited', 'unavailable'),
    },
  }),
  async (c) => {
    const { cursor, wait } = c.req.valid('query')
    const { userId, deviceId } = c.var.session
    const stub = userStub(c.env, userId, locationHint(c.req.raw))
    const waitId = crypto.randomUUID()
    const answer = stub.sync(deviceId, cursor, wait, waitId)
    const { signal } = c.req.raw
    const leave = (): void => c.executionCtx.waitUntil(stub.stopWaiting(waitId))
    if (signal.aborted) leave()
    else signal.addEventListener('abort', leave)
    const frame = await answer
    signal.removeEventListener('abort', leave)
    if (!frame.ok) return problem(c, frame)
    return jsonText(frame.value)
  },
)
