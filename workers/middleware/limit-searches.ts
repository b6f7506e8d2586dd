import { createMiddleware } from 'hono/factory'
import type { MiddlewareHandler } from 'hono'
import { fail } from '../../protocol/errors.ts'
import { SEARCHES_PER_USER } from '../../protocol/limits.ts'
import { settingsOf } from '../config.ts'
import type { AppEnv } from '../context.ts'
import { problem } from '../problem.ts'

/** Searches, mentions and exports, which cost more than other reads, so often a person; after the session. */
export const limitSearches: MiddlewareHandler<AppEnv> = createMiddleware(async (c, next) => {
  if (settingsOf(c.env).limited) {
    const { success } = await c.env.SEARCH_LIMIT.limit({ key: c.var.session.userId })
    const retryAfter = SEARCHES_PER_USER.windowMs / 1000
    if (!success) return problem(c, fail('rate_limited', 'Too many searches', retryAfter))
  }
  await next()
  return undefined
})
