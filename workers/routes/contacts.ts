import { createRoute } from '@hono/zod-openapi'
import * as z from 'zod'
import { userStub } from '../../durable-objects/shared/stubs.ts'
import type { ContactChange } from '../../durable-objects/user/contacts.ts'
import { contactAnswerSchema, contactsSchema, pageQuerySchema } from '../../protocol/http.ts'
import { idSchema } from '../../protocol/schemas.ts'
import { requireSession } from '../middleware/session.ts'
import { problem } from '../problem.ts'
import { createRouter, problems } from '../router.ts'

export const contactRoutes = createRouter()

contactRoutes.openapi(
  createRoute({
    method: 'get',
    path: '/v1/contacts',
    operationId: 'listContacts',
    tags: ['People'],
    summary: 'My friends, open requests and whom I have blocked',
    description: 'By user id. Of friends with their presence, as far as I may see it.',
    middleware: [requireSession],
    request: { query: pageQuerySchema },
    responses: {
      200: {
        description: 'A page of contacts',
        content: { 'application/json': { schema: contactsSchema } },
      },
      ...problems('invalid', 'unauthenticated', 'unavailable'),
    },
  }),
  async (c) => {
    const { before, limit } = c.req.valid('query')
    const page = await userStub(c.env, c.var.session.userId).contacts(before ?? null, limit)
    return c.json(page, 200)
  },
)

/** The four calls that change what somebody is to me; each may be repeated. */
function changeRoute(
  method: 'put' | 'delete',
  path: '/v1/contacts/{userId}' | '/v1/blocks/{userId}',
  change: ContactChange,
  operationId: string,
  summary: string,
  description: string,
): void {
  contactRoutes.openapi(
    createRoute({
      method,
      path,
      operationId,
      tags: ['People'],
      summary,
      description,
      middleware: [requireSession],
      request: { params: z.object({ userId: idSchema }) },
      responses: {
        200: {
          description: 'What they are to me now',
          content: { 'application/json': { schema: contactAnswerSchema } },
        },
        ...problems(
          'invalid',
          'unauthenticated',
          'forbidden',
          'blocked',
          'not_found',
          'conflict',
          'rate_limited',
          'unavailable',
        ),
      },
    }),
    async (c) => {
      const stub = userStub(c.env, c.var.session.userId)
      const contact = await stub.changeContact(change, c.req.valid('param').userId)
      if (!contact.ok) return problem(c, contact)
      return c.json({ contact: contact.value }, 200)
    },
  )
}

changeRoute(
  'put',
  '/v1/contacts/{userId}',
  'ask',
  'putContact',
  'Ask to be friends, or accept',
  'Both asking makes friends, in whichever order or at once. `blocked` for whom I have blocked myself.',
)
changeRoute(
  'delete',
  '/v1/contacts/{userId}',
  'remove',
  'deleteContact',
  'End a friendship, take a request back, or decline one',
  'Blocks nobody: they may ask again.',
)
changeRoute(
  'put',
  '/v1/blocks/{userId}',
  'block',
  'putBlock',
  'Block',
  'Ends a friendship. From then on: no DM between the two, no requests, no presence, no typing, no receipts. Groups go on.',
)
changeRoute(
  'delete',
  '/v1/blocks/{userId}',
  'unblock',
  'deleteBlock',
  'Unblock',
  'The friendship stays ended.',
)
