import { ParleyError } from '../../client/index.ts'
import { laterText, type LaterText } from '../later-text.ts'

/** By the reasons of the account service and of the SDK. */
const WORDS: Partial<Record<string, keyof LaterText['passkeys']['errors']>> = {
  PASSKEY_NOT_FOUND: 'unknown',
  PASSKEY_KNOWN: 'known',
  PASSKEY_NOT_ALLOWED: 'notAllowed',
  PASSKEY_NOT_UNLOCKED: 'failed',
  CHALLENGE_NOT_FOUND: 'failed',
  AUTHENTICATION_FAILED: 'failed',
  FAILED_TO_VERIFY_REGISTRATION: 'failed',
  TOO_MANY_PASSKEYS: 'full',
}

/** What to say of a refusal that is about the passkey itself; null for any other failure. */
export function passkeyRefusal(caught: unknown): string | null {
  if (!(caught instanceof ParleyError)) return null
  const words = WORDS[caught.reason ?? '']
  return words === undefined ? null : laterText.passkeys.errors[words]
}
