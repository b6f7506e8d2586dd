import { ParleyError } from '../../client/index.ts'
import { text } from '../text.ts'

/** What the account service calls things, by the beginning of its code. */
const ACCOUNT_WORDS: ReadonlyArray<[string, string]> = [
  ['INVALID_EMAIL_OR_PASSWORD', text.accountErrors.wrong],
  ['INVALID_USERNAME_OR_PASSWORD', text.accountErrors.wrong],
  ['USER_NOT_FOUND', text.accountErrors.wrong],
  ['INVALID_PASSWORD', text.accountErrors.wrongPassword],
  ['USER_ALREADY_EXISTS', text.accountErrors.emailTaken],
  ['EMAIL_ALREADY', text.accountErrors.emailTaken],
  ['USERNAME_IS_ALREADY_TAKEN', text.accountErrors.handleTaken],
  ['USERNAME_', text.accountErrors.handleBad],
  ['INVALID_USERNAME', text.accountErrors.handleBad],
  ['INVALID_EMAIL', text.accountErrors.emailBad],
  ['PASSWORD_TOO_SHORT', text.accountErrors.passwordShort],
  ['PASSWORD_TOO_LONG', text.accountErrors.passwordLong],
  ['INVALID_TOKEN', text.account.resetBadLink],
]

/** What happened and what to do, for people. Anything but a ParleyError is a bug and is thrown on. */
export function wordsFor(caught: unknown): string {
  if (!(caught instanceof ParleyError)) throw caught
  const { reason, code, retryAfter } = caught
  const account = ACCOUNT_WORDS.find(([start]) => reason?.startsWith(start))
  if (account !== undefined) return account[1]
  const words = text.errors[code]
  return retryAfter === null ? words : `${words} ${text.errors.tryAgainIn(Math.ceil(retryAfter))}`
}
