import { createRoute } from '@hono/zod-openapi'
import { discoverSchema, type Discover } from '../../protocol/http.ts'
import * as limits from '../../protocol/limits.ts'
import { settingsOf } from '../config.ts'
import { placeOf, sortEndpoints } from '../discovery.ts'
import { createRouter, problems } from '../router.ts'

/** What a client can plan with; the rest of protocol/limits is enforced but needs no planning. */
const TOLD = {
  maxClientIdLength: limits.MAX_CLIENT_ID_LENGTH,
  maxTitleLength: limits.MAX_TITLE_LENGTH,
  maxNameLength: limits.MAX_NAME_LENGTH,
  maxBioLength: limits.MAX_BIO_LENGTH,
  minHandleLength: limits.MIN_HANDLE_LENGTH,
  maxHandleLength: limits.MAX_HANDLE_LENGTH,
  minPasswordLength: limits.MIN_PASSWORD_LENGTH,
  maxPasswordLength: limits.MAX_PASSWORD_LENGTH,
  maxPageSize: limits.MAX_PAGE_SIZE,
  maxFrameBytes: limits.MAX_FRAME_BYTES,
  maxBodyBytes: limits.MAX_BODY_BYTES,
  windowBytes: limits.WINDOW_BYTES,
  maxSyncWaitSeconds: limits.MAX_SYNC_WAIT_SECONDS,
  maxSocketsPerUser: limits.MAX_SOCKETS_PER_USER,
  inboxMaxAgeMs: limits.INBOX_MAX_AGE_MS,
  inboxMaxRows: limits.INBOX_MAX_ROWS,
}

export const discoverRoutes = createRouter()

discoverRoutes.openapi(
  createRoute({
    method: 'get',
    path: '/v1/discover',
    operationId: 'discover',
    tags: ['Service'],
    summary: 'Where to connect to, and the numbers of the protocol',
    security: [],
    responses: {
      200: {
        description: 'The endpoints, best first',
        content: { 'application/json': { schema: discoverSchema } },
      },
      ...problems('too_large', 'unavailable'),
    },
  }),
  (c) => {
    const cf = c.req.raw.cf
    const { endpoints, push } = settingsOf(c.env)
    const here = { url: new URL(c.req.url).origin, region: 'default' }
    const answer: Discover = {
      endpoints:
        endpoints.length === 0
          ? [here]
          : sortEndpoints(endpoints, placeOf(cf)).map(({ url, region }) => ({ url, region })),
      heartbeatSeconds: limits.HEARTBEAT_SECONDS,
      offlineAfterSeconds: limits.OFFLINE_AFTER_SECONDS,
      maxTextLength: limits.MAX_TEXT_LENGTH,
      maxGroupMembers: limits.MAX_GROUP_MEMBERS,
      protocol: limits.PROTOCOL_VERSION,
      limits: TOLD,
      pushPublicKey: push.vapid.publicKey,
      colo: typeof cf?.colo === 'string' ? cf.colo : null,
      serverTime: Date.now(),
    }
    return c.json(answer, 200)
  },
)
