import { createRoute } from '@hono/zod-openapi'
import { eq, type SQL } from 'drizzle-orm'
import * as z from 'zod'
import { fail } from '../../protocol/errors.ts'
import { usersQuerySchema, usersSchema } from '../../protocol/http.ts'
import { type User, userSchema } from '../../protocol/objects.ts'
import { idSchema } from '../../protocol/schemas.ts'
import { mainDb } from '../db/main.ts'
import { user } from '../db/schema.ts'
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
    const [me] = await findUsers(c.env, eq(user.id, c.var.session.userId))
    // The account went while its session was being read.
    if (me === undefined) return problem(c, fail('unauthenticated', 'this account is gone'))
    return c.json(me, 200)
  },
)

userRoutes.openapi(
  createRoute({
    method: 'get',
    path: '/v1/users',
    operationId: 'findUsers',
    tags: ['People'],
    summary: 'Who has this handle',
    middleware: [requireSession],
    request: { query: usersQuerySchema },
    responses: {
      200: {
        description: 'One profile, or none',
        content: { 'application/json': { schema: usersSchema } },
      },
      ...problems('invalid', 'unauthenticated', 'unavailable'),
    },
  }),
  async (c) => {
    const { handle } = c.req.valid('query')
    return c.json({ users: await findUsers(c.env, eq(user.username, handle)) }, 200)
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
    const [found] = await findUsers(c.env, eq(user.id, c.req.valid('param').userId))
    if (found === undefined) return problem(c, fail('not_found', 'there is no such user'))
    return c.json(found, 200)
  },
)

async function findUsers(env: Env, which: SQL): Promise<User[]> {
  const rows = await mainDb(env)
    .select({
      userId: user.id,
      handle: user.username,
      name: user.name,
      image: user.image,
      bio: user.bio,
      createdAt: user.createdAt,
    })
    .from(user)
    .where(which)
  return rows.map((row) => ({ ...row, createdAt: row.createdAt.getTime() }))
}
