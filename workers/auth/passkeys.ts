import { passkey } from '@better-auth/passkey'
import { APIError } from 'better-auth/api'
import { count, eq } from 'drizzle-orm'
import * as z from 'zod'
import { MAX_PASSKEYS } from '../../protocol/limits.ts'
import { nameSchema } from '../../protocol/schemas.ts'
import { mainDb } from '../db/main.ts'
import { passkey as passkeys } from '../db/schema.ts'

/** The cookie that names a challenge, without the prefixes that Better Auth puts before it. */
const CHALLENGE = 'passkey'

/** Whether a cookie of this name carries a challenge. It says nothing about who asks. */
export function isChallengeCookie(name: string): boolean {
  return name.replace(/^__Secure-/, '') === `parley.${CHALLENGE}`
}

/** What the page sends of a new passkey; whatever else Better Auth would take is left out. */
export const newPasskeySchema = z
  .object({
    response: z
      .looseObject({ id: z.string() })
      .describe('`PublicKeyCredential.toJSON()` of what the browser made'),
    name: nameSchema.describe('how it is called in the list'),
  })
  .meta({ id: 'NewPasskey' })

export const renamePasskeySchema = z
  .object({ id: z.string(), name: nameSchema })
  .meta({ id: 'RenamePasskey' })

/**
 * Passkeys for the deployment as it is reached at `origin`: one made here works at this host and nowhere
 * else. A passkey stands for the password, so it has to be unlocked each time by its person (a finger, a
 * face, a PIN); Better Auth only asks for that, we refuse what comes without.
 */
export function passkeyPlugin(env: Env, origin: string) {
  return passkey({
    rpID: new URL(origin).hostname,
    rpName: 'Parley',
    origin,
    advanced: { webAuthnChallengeCookie: CHALLENGE },
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    registration: {
      afterVerification: async ({ user, verification }) => {
        requireUnlocked(verification.registrationInfo?.userVerified)
        const db = mainDb(env)
        const [row] = await db
          .select({ count: count() })
          .from(passkeys)
          .where(eq(passkeys.userId, user.id))
        if ((row?.count ?? 0) < MAX_PASSKEYS) return
        const message = `at most ${MAX_PASSKEYS} passkeys`
        throw new APIError('BAD_REQUEST', { code: 'TOO_MANY_PASSKEYS', message })
      },
    },
    authentication: {
      afterVerification: ({ verification }) =>
        requireUnlocked(verification.authenticationInfo.userVerified),
    },
  })
}

function requireUnlocked(verified: boolean | undefined): void {
  if (verified === true) return
  const message = 'the passkey was used without its PIN, finger or face'
  throw new APIError('BAD_REQUEST', { code: 'PASSKEY_NOT_UNLOCKED', message })
}
