import { verifyPassword } from 'better-auth/crypto'
import { fail, ok, type Result } from '../../protocol/errors.ts'
import { settingsOf } from '../config.ts'
import { findPasswordHash } from '../db/delete-account.ts'
import { consume } from './rate-limit.ts'

/** Guesses of the password, by whoever sits at a device that somebody left unlocked. */
const TRIES = { window: 60, max: 10 }

/**
 * Asks a person who is logged in for their password once more. Refuses a wrong one with `forbidden`, and more
 * than ten tries a minute, whatever they are for, with `rate_limited`.
 */
export async function checkPassword(
  env: Env,
  userId: string,
  password: string,
): Promise<Result<null>> {
  if (settingsOf(env).limited) {
    const { retryAfter } = await consume(env, `${userId}|/password`, TRIES)
    if (retryAfter !== null) {
      return fail('rate_limited', 'Too many tries of the password', retryAfter)
    }
  }
  const hash = await findPasswordHash(env, userId)
  if (hash !== null && (await verifyPassword({ hash, password }))) return ok(null)
  return fail('forbidden', 'This is not the password of the account')
}
