import * as z from 'zod'
import { retryAfterSeconds } from './retry-after.ts'

/** What of a service account's key file counts; the operator has the file from Google's console. */
export const serviceAccountSchema = z.object({
  project_id: z.string().regex(/^[a-z0-9:.-]+$/),
  client_email: z.string().min(1),
  private_key_id: z.string().optional(),
  /** PKCS #8 in PEM. */
  private_key: z
    .string()
    .regex(/^-----BEGIN PRIVATE KEY-----\s[A-Za-z0-9+/=\s]+-----END PRIVATE KEY-----\s*$/),
  token_uri: z.url().default('https://oauth2.googleapis.com/token'),
})
export type ServiceAccount = z.infer<typeof serviceAccountSchema>

const SCOPE = 'https://www.googleapis.com/auth/firebase.messaging'
/** The longest that Google takes. */
const ASSERTION_SECONDS = 60 * 60
/** A token is not used any more so long before it expires: clocks differ, and a push takes its time. */
const MARGIN_MS = 5 * 60 * 1000

const answerSchema = z.object({
  access_token: z.string().min(1),
  expires_in: z.number().positive(),
})

/**
 * A token; or why there is none: `away` if Google did not answer or is busy, with the seconds that it asks to
 * wait, `refused` if it wants us not.
 */
export type GoogleToken =
  | { ok: true; token: string }
  | { ok: false; reason: 'away'; after: number | null }
  | { ok: false; reason: 'refused'; status: number }

/**
 * Access tokens of a service account (RFC 7523): an assertion that we sign is exchanged for one, which is
 * used until shortly before it expires. Who asks while one is on its way shares it.
 */
export class GoogleTokens {
  private current: { token: string; until: number } | null = null
  private asking: Promise<GoogleToken> | null = null

  constructor(
    private readonly account: ServiceAccount,
    private readonly send: typeof fetch,
    private readonly timeoutMs: number,
  ) {}

  async get(): Promise<GoogleToken> {
    if (this.current !== null && this.current.until > Date.now()) {
      return { ok: true, token: this.current.token }
    }
    this.asking ??= this.ask().finally(() => (this.asking = null))
    return await this.asking
  }

  /** The token was not taken: the next one is a new one. */
  forget(token: string): void {
    if (this.current?.token === token) this.current = null
  }

  private async ask(): Promise<GoogleToken> {
    const body = new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: await assertionOf(this.account, Date.now()),
    })
    try {
      const answer = await this.send(this.account.token_uri, {
        method: 'POST',
        body,
        redirect: 'manual',
        signal: AbortSignal.timeout(this.timeoutMs),
      })
      if (!answer.ok) {
        await answer.body?.cancel()
        const { status } = answer
        if (status !== 429 && status < 500) return { ok: false, reason: 'refused', status }
        return { ok: false, reason: 'away', after: retryAfterSeconds(answer.headers, Date.now()) }
      }
      const { access_token: token, expires_in: seconds } = answerSchema.parse(await answer.json())
      this.current = { token, until: Date.now() + seconds * 1000 - MARGIN_MS }
      return { ok: true, token }
    } catch {
      // No answer, or none that is one.
      return { ok: false, reason: 'away', after: null }
    }
  }
}

async function assertionOf(account: ServiceAccount, now: number): Promise<string> {
  const issuedAt = Math.floor(now / 1000)
  const header = { alg: 'RS256', typ: 'JWT', kid: account.private_key_id }
  const claims = {
    iss: account.client_email,
    scope: SCOPE,
    aud: account.token_uri,
    iat: issuedAt,
    exp: issuedAt + ASSERTION_SECONDS,
  }
  const signed = `${base64url(JSON.stringify(header))}.${base64url(JSON.stringify(claims))}`
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  const der = Buffer.from(account.private_key.replaceAll(/-----[A-Z ]+-----|\s/g, ''), 'base64')
  const key = await crypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign'])
  const signature = await crypto.subtle.sign(algorithm.name, key, Buffer.from(signed))
  return `${signed}.${Buffer.from(signature).toString('base64url')}`
}

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url')
}
