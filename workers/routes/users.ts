import { createRoute } from '@hono/zod-openapi'
import * as z from 'zod'
import { userStub } from '../../durable-objects/shared/stubs.ts'
import { fail } from '../../protocol/errors.ts'
import {
  deleteMeSchema,
  patchMeSchema,
  usersQuerySchema,
  usersSchema,
} from '../../protocol/http.ts'
import { userSchema } from '../../protocol/objects.ts'
import { idSchema } from '../../protocol/schemas.ts'
import { checkPassword } from '../auth/check-password.ts'
import { findByHandle, findByPrefix, findUser } from '../db/users.ts'
import { requireSession } from '../middleware/session.ts'
import { problem } from '../problem.ts'
import { createRouter, problems } from '../router.ts'

export const userRoutes = createRouter()

const oneUser = {
  description: 'The profile',
  content: { 'application/json': { schema: userSchema } },
}

userRoutes.openapi(
  createRoute({
    method: 'get',
    path: '/v1/me',
    operationId: 'getMe',
    tags: ['People'],
    summary: 'My own profile',
    middleware: [requireSession],
    responses: { 200: oneUser, ...problems('unauthenticated', 'unavailable') },
  }),
  async (c) => {
    const me = await findUser(c.env, c.var.session.userId)
    // The account went while its session was being read.
    if (me === null) return problem(c, fail('unauthenticated', 'this account is gone'))
    return c.json(me, 200)
  },
)

userRoutes.openapi(
  createRoute({
    method: 'patch',
    path: '/v1/me',
    operationId: 'patchMe',
    tags: ['People'],
    summary: 'Change my profile',
    description:
      'What is left out stays; null takes bio or image away. A handle that somebody has is a `conflict`. Whoever shares a channel with me or has me among their contacts is told.',
    middleware: [requireSession],
    request: {
      body: { required: true, content: { 'application/json': { schema: patchMeSchema } } },
    },
    responses: {
      200: oneUser,
      ...problems(
        'invalid',
        'unauthenticated',
        'forbidden',
        'conflict',
        'too_large',
        'rate_limited',
        'unavailable',
      ),
    },
  }),
  async (c) => {
    const stub = userStub(c.env, c.var.session.userId)
    const changed = await stub.changeProfile(c.req.valid('json'))
    if (!changed.ok) return problem(c, changed)
    return c.json(changed.value, 200)
  },
)

userRoutes.openapi(
  createRoute({
    method: 'delete',
    path: '/v1/me',
    operationId: 'deleteMe',
    tags: ['Account'],
    summary: 'Delete my account',
    description:
      'For good. All my devices are logged out, groups are left (and handed over), nobody can write to me any more; name, handle, e-mail address, picture and contacts are erased. What I wrote stays, under "Deleted account". The e-mail address can be used again at once, the handle after 30 days. A wrong password is `forbidden`.',
    middleware: [requireSession],
    request: {
      body: { required: true, content: { 'application/json': { schema: deleteMeSchema } } },
    },
    responses: {
      204: { description: 'The account is deleted' },
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
    const { userId } = c.var.session
    const checked = await checkPassword(c.env, userId, c.req.valid('json').password)
    if (!checked.ok) return problem(c, checked)
    const deleted = await userStub(c.env, userId).deleteAccount()
    if (!deleted.ok) return problem(c, deleted)
    return c.body(null, 204)
  },
)

userRoutes.openapi(
  createRoute({
    method: 'get',
    path: '/v1/users',
    operationId: 'findUsers',
    tags: ['People'],
    summary: 'Who has this handle, or one that begins so',
    description: 'At most 20 by a prefix, in alphabetical order.',
    middleware: [requireSession],
    request: { query: usersQuerySchema },
    responses: {
      200: {
        description: 'By handle one profile or none',
        content: { 'application/json': { schema: usersSchema } },
      },
      ...problems('invalid', 'unauthenticated', 'unavailable'),
    },
  }),
  async (c) => {
    const { handle, prefix } = c.req.valid('query')
    const users =
      handle === undefined
        ? await findByPrefix(c.env, prefix ?? '')
        : await findByHandle(c.env, handle)
    return c.json({ users }, 200)
  },
)

userRoutes.openapi(
  createRoute({
    method: 'get',
    path: '/v1/users/{userId}',
    operationId: 'getUser',
    tags: ['People'],
    summary: 'A profile',
    middleware: [requireSession],
    request: { params: z.object({ userId: idSchema }) },
    responses: {
      200: oneUser,
      ...problems('invalid', 'unauthenticated', 'not_found', 'unavailable'),
    },
  }),
  async (c) => {
    const found = await findUser(c.env, c.req.valid('param').userId)
    if (found === null) return problem(c, fail('not_found', 'there is no such user'))
    return c.json(found, 200)
  },
)
