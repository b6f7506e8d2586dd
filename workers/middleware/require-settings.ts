import type { MiddlewareHandler } from 'hono'
import { fail } from '../../protocol/errors.ts'
import { checkSettings } from '../config.ts'
import type { AppEnv } from '../context.ts'
import { problem } from '../problem.ts'

/** A deployment that lacks a secret or a setting serves nothing, and says which (never a value). */
export const requireSettings: MiddlewareHandler<AppEnv> = async (c, next) => {
  const check = checkSettings(c.env)
  if (!check.ok) {
    return problem(c, fail('unavailable', `not configured: ${check.faults.join('; ')}`, 60))
  }
  await next()
  return undefined
}
