import { createRoute } from '@hono/zod-openapi'
import { and, desc, eq, gt } from 'drizzle-orm'
import * as z from 'zod'
import { fail } from '../../protocol/errors.ts'
import { devicesSchema } from '../../protocol/http.ts'
import type { Device } from '../../protocol/objects.ts'
import { idSchema } from '../../protocol/schemas.ts'
import { endDevice } from '../auth/end-devices.ts'
import { mainDb } from '../db/main.ts'
import { session } from '../db/schema.ts'
import { requireSession } from '../middleware/session.ts'
import { problem } from '../problem.ts'
import { createRouter, problems } from '../router.ts'

/** More devices than anybody looks through; the latest are shown. */
const MAX_DEVICES = 200

export const deviceRoutes = createRouter()

deviceRoutes.openapi(
  createRoute({
    method: 'get',
    path: '/v1/devices',
    operationId: 'listDevices',
    tags: ['Account'],
    summary: 'Where I am logged in',
    middleware: [requireSession],
    responses: {
      200: {
        description: 'The latest login first',
        content: { 'application/json': { schema: devicesSchema } },
      },
      ...problems('unauthenticated', 'unavailable'),
    },
  }),
  async (c) => {
    const { userId, deviceId } = c.var.session
    const rows = await mainDb(c.env)
      .select()
      .from(session)
      .where(and(eq(session.userId, userId), gt(session.expiresAt, new Date())))
      .orderBy(desc(session.createdAt))
      .limit(MAX_DEVICES)
    const devices = rows.map((row): Device => ({
      deviceId: row.id,
      current: row.id === deviceId,
      userAgent: row.userAgent === '' ? null : row.userAgent,
      ipAddress: row.ipAddress === '' ? null : row.ipAddress,
      createdAt: row.createdAt.getTime(),
      lastUsedAt: row.updatedAt.getTime(),
      expiresAt: row.expiresAt.getTime(),
    }))
    return c.json({ devices }, 200)
  },
)

deviceRoutes.openapi(
  createRoute({
    method: 'delete',
    path: '/v1/devices/{deviceId}',
    operationId: 'endDevice',
    tags: ['Account'],
    summary: 'Log a device of mine out and close its sockets',
    middleware: [requireSession],
    request: { params: z.object({ deviceId: idSchema }) },
    responses: {
      204: { description: 'It is logged out' },
      ...problems('invalid', 'unauthenticated', 'forbidden', 'not_found', 'unavailable'),
    },
  }),
  async (c) => {
    const { deviceId } = c.req.valid('param')
    const ended = await endDevice(c.env, c.var.session.userId, deviceId)
    if (!ended) return problem(c, fail('not_found', 'you have no such device'))
    return c.body(null, 204)
  },
)
