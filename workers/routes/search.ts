import { createRoute } from '@hono/zod-openapi'
import { userStub } from '../../durable-objects/shared/stubs.ts'
import { ok, type Result } from '../../protocol/errors.ts'
import { MAX_SEARCHED_CHANNELS } from '../../protocol/limits.ts'
import {
  hitsSchema,
  mentionsQuerySchema,
  searchQuerySchema,
  type SearchParameters,
} from '../../protocol/search.ts'
import { findChannel } from '../channels.ts'
import { archiveShards, type ArchiveShard } from '../db/archive.ts'
import { findMarks, parseQuery, toExpression } from '../db/search-query.ts'
import { limitSearches } from '../middleware/limit-searches.ts'
import { requireSession } from '../middleware/session.ts'
import { problem } from '../problem.ts'
import { createRouter, problems } from '../router.ts'
import { readHits } from '../search/hits.ts'
import { handleMarks } from '../search/snippet.ts'

/** Finding messages by their words, and those that mention me. */
export const searchRoutes = createRouter()

/** Terms in one statement of the index, over all channels that it asks for. */
const TERMS_PER_STATEMENT = 2_000

const hitsAnswer = {
  description: 'Hits, newest first',
  content: { 'application/json': { schema: hitsSchema } },
}

searchRoutes.openapi(
  createRoute({
    method: 'get',
    path: '/v1/search',
    operationId: 'search',
    tags: ['Messages'],
    summary: 'Messages by their words, in my channels',
    description: `All words of \`q\` have to be there; case and accents do not count. A message is found some seconds after it was sent. Without a channel, in those of mine with the latest activity (${MAX_SEARCHED_CHANNELS}).`,
    middleware: [requireSession, limitSearches] as const,
    request: { query: searchQuerySchema },
    responses: {
      200: hitsAnswer,
      ...problems('invalid', 'unauthenticated', 'not_found', 'rate_limited', 'unavailable'),
    },
  }),
  async (c) => {
    const asked = c.req.valid('query')
    const me = c.var.session.userId
    const query = parseQuery(asked.q)
    if (!query.ok) return problem(c, query)
    const scope = await scopeOf(c.env, me, asked)
    if (!scope.ok) return problem(c, scope)
    const sender = asked.userId ?? null
    const expression = toExpression(query.value, sender)
    const { shards, channelIds } = scope.value
    const parts = partsOf(channelIds, expression)
    const hits = await readHits(c.env, me, {
      ...asked,
      shards,
      find: (shard, span) => shard.find(parts, expression, span),
      marks: ({ text, userId }) =>
        sender === null || userId === sender ? findMarks(query.value, text) : null,
    })
    return hits.ok ? c.json(hits.value, 200) : problem(c, hits)
  },
)

searchRoutes.openapi(
  createRoute({
    method: 'get',
    path: '/v1/mentions',
    operationId: 'listMentions',
    tags: ['Messages'],
    summary: 'Messages that mention me',
    middleware: [requireSession, limitSearches] as const,
    request: { query: mentionsQuerySchema },
    responses: {
      200: hitsAnswer,
      ...problems('invalid', 'unauthenticated', 'rate_limited', 'unavailable'),
    },
  }),
  async (c) => {
    const { userId, handle } = c.var.session
    const hits = await readHits(c.env, userId, {
      ...c.req.valid('query'),
      shards: archiveShards(c.env),
      find: (shard, span) => shard.mentions(userId, span),
      marks: ({ text, mentions }) => (mentions.includes(userId) ? handleMarks(text, handle) : null),
    })
    return hits.ok ? c.json(hits.value, 200) : problem(c, hits)
  },
)

interface Scope {
  channelIds: string[]
  shards: ReadonlyMap<number, ArchiveShard>
}

/** Where to look: the channel that was named and its shards, or all of mine and all shards. */
async function scopeOf(
  env: Env,
  userId: string,
  { channelId }: SearchParameters,
): Promise<Result<Scope>> {
  const all = archiveShards(env)
  if (channelId === undefined) {
    const channelIds = await userStub(env, userId).ownChannels(MAX_SEARCHED_CHANNELS)
    return ok({ channelIds, shards: all })
  }
  const stub = findChannel(env, channelId)
  if (!stub.ok) return stub
  const used = await stub.value.archivedIn(userId)
  if (!used.ok) return used
  const shards = new Map([...all].filter(([number]) => used.value.includes(number)))
  return ok({ channelIds: [channelId], shards })
}

function partsOf(channelIds: string[], expression: string): string[][] {
  const terms = expression.split(' ').length
  const size = Math.max(1, Math.floor(TERMS_PER_STATEMENT / terms))
  const parts: string[][] = []
  for (let at = 0; at < channelIds.length; at += size) parts.push(channelIds.slice(at, at + size))
  return parts
}
