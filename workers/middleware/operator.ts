import { createHash, timingSafeEqual } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import { fail } from '../../protocol/errors.ts'
import { settingsOf } from '../config.ts'
import type { AppEnv } from '../context.ts'
import { problem } from '../problem.ts'

/** Lets through who has the operators' key. A deployment without one has no operator calls at all. */
export const requireOperator: MiddlewareHandler<AppEnv> = async (c, next) => {
  const { operatorKey } = settingsOf(c.env)
  if (operatorKey === null) return problem(c, fail('not_found', 'there are no operator calls here'))
  const given = /^Bearer (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1] ?? ''
  if (!isSame(given, operatorKey)) {
    return problem(c, fail('unauthenticated', 'the operator key is needed'))
  }
  await next()
  return undefined
}

/** Compares digests, which are equally long, in constant time. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}
