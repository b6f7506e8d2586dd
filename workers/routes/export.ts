import { createRoute } from '@hono/zod-openapi'
import type { ChannelObject } from '../../durable-objects/channel/channel-object.ts'
import type { Result } from '../../protocol/errors.ts'
import type { History } from '../../protocol/http.ts'
import { MAX_PAGE_SIZE } from '../../protocol/limits.ts'
import { messageSchema } from '../../protocol/objects.ts'
import { findChannel } from '../channels.ts'
import { limitSearches } from '../middleware/limit-searches.ts'
import { requireSession } from '../middleware/session.ts'
import { problem, type ProblemResponse } from '../problem.ts'
import { createRouter, problems } from '../router.ts'
import { channelParams } from './channels.ts'

/** All of a channel for one of its members. */
export const exportRoutes = createRouter()

/** A page that the channel does not answer for is asked for so often, and then the export breaks off. */
const TRIES = 3

exportRoutes.openapi(
  createRoute({
    method: 'get',
    path: '/v1/channels/{channelId}/export',
    operationId: 'exportChannel',
    tags: ['Messages'],
    summary: 'All messages of a channel, one JSON object a line',
    description:
      'From the first message on, in order. An answer that breaks off, as it does when I am removed meanwhile, is not complete.',
    middleware: [requireSession, limitSearches] as const,
    request: { params: channelParams },
    responses: {
      200: {
        description: 'JSON Lines: a Message each',
        content: { 'application/jsonl': { schema: messageSchema } },
      },
      ...problems('invalid', 'unauthenticated', 'not_found', 'rate_limited', 'unavailable'),
    },
  }),
  async (c) => {
    const { channelId } = c.req.valid('param')
    const stub = findChannel(c.env, channelId)
    if (!stub.ok) return problem(c, stub)
    const pages = new Pages(stub.value, c.var.session.userId)
    const first = await pages.read()
    if (!first.ok) return problem(c, first)
    return new Response(linesOf(pages, first.value), {
      headers: {
        'content-type': 'application/jsonl; charset=utf-8',
        'content-disposition': `attachment; filename="${channelId}.jsonl"`,
      },
    }) as ProblemResponse
  },
)

/** The pages of a history in order, as a member reads them: each is asked for in their name. */
class Pages {
  private after = 0

  constructor(
    private readonly stub: DurableObjectStub<ChannelObject>,
    private readonly userId: string,
  ) {}

  async read(): Promise<Result<History>> {
    for (let attempt = 1; ; attempt++) {
      const page = await this.stub.history(this.userId, { after: this.after, limit: MAX_PAGE_SIZE })
      if (page.ok) this.after = page.value.messages.at(-1)?.messageId ?? this.after
      if (page.ok || page.code !== 'unavailable' || attempt === TRIES) return page
    }
  }
}

/**
 * One page in memory at a time, read when the last one has gone out. Breaks off with an error, so that
 * nobody takes a part for the whole.
 */
function linesOf(pages: Pages, first: History): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let waiting: History | null = first
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const page = waiting ?? (await readOn(pages))
        waiting = null
        for (const message of page.messages) {
          controller.enqueue(encoder.encode(`${JSON.stringify(message)}\n`))
        }
        if (!page.hasMoreAfter || page.messages.length === 0) controller.close()
      },
    },
    { highWaterMark: 0 },
  )
}

async function readOn(pages: Pages): Promise<History> {
  const page = await pages.read()
  if (!page.ok) throw new Error(`the export ends early: ${page.detail}`)
  return page.value
}
