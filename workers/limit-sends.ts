import { fail, ok, type Result } from '../protocol/errors.ts'
import { SENDS_PER_USER } from '../protocol/limits.ts'
import { settingsOf } from './config.ts'

/** Counts one call over HTTP that everyone in a channel is told of: a message, or a reaction. */
export async function limitSends(env: Env, userId: string): Promise<Result<null>> {
  if (!settingsOf(env).limited) return ok(null)
  const { success } = await env.SEND_LIMIT.limit({ key: userId })
  return success
    ? ok(null)
    : fail('rate_limited', 'Too many messages', SENDS_PER_USER.windowMs / 1000)
}
