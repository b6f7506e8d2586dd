import { ParleyError } from '../../client/index.ts'
import { text } from '../text.ts'

type AccountWord = keyof typeof text.accountErrors

/** What the account service calls things, by the beginning of its code. */
const ACCOUNT_ERRORS: ReadonlyArray<[string, AccountWord]> = [
  ['INVALID_EMAIL_OR_PASSWORD', 'wrong'],
  ['INVALID_USERNAME_OR_PASSWORD', 'wrong'],
  ['USER_NOT_FOUND', 'wrong'],
  ['INVALID_PASSWORD', 'wrongPassword'],
  ['USER_ALREADY_EXISTS', 'emailTaken'],
  ['EMAIL_ALREADY', 'emailTaken'],
  ['USERNAME_IS_ALREADY_TAKEN', 'handleTaken'],
  ['USERNAME_', 'handleBad'],
  ['INVALID_USERNAME', 'handleBad'],
  ['INVALID_EMAIL', 'emailBad'],
  ['PASSWORD_TOO_SHORT', 'passwordShort'],
  ['PASSWORD_TOO_LONG', 'passwordLong'],
  ['INVALID_TOKEN', 'badLink'],
]

/** What happened and what to do, for people. Anything but a ParleyError is a bug and is thrown on. */
export function wordsFor(caught: unknown): string {
  if (!(caught instanceof ParleyError)) throw caught
  const { reason, code, retryAfter } = caught
  const account = ACCOUNT_ERRORS.find(([start]) => reason?.startsWith(start))
  if (account !== undefined) return text.accountErrors[account[1]]
  const words = text.errors[code]
  return retryAfter === null ? words : `${words} ${text.errors.tryAgainIn(Math.ceil(retryAfter))}`
}
