import * as z from 'zod'
import type { Http } from './http.ts'
import { ParleyError } from './parley-error.ts'

/** Passkeys, in browsers only. Loaded when they are first used. */

export interface Passkey {
  id: string
  name: string | null
  /** Unix milliseconds. */
  createdAt: number
}

const listSchema = z.array(
  z.object({
    id: z.string(),
    name: z.string().nullable(),
    createdAt: z.string().transform((text) => Date.parse(text)),
  }),
)
/** What the browser parses itself. */
const optionsSchema = z.unknown()

const PATH = '/api/auth/passkey'

export async function listPasskeys(http: Http): Promise<Passkey[]> {
  const passkeys = await http.call('GET', `${PATH}/list-user-passkeys`, listSchema)
  return passkeys.toSorted((a, b) => a.createdAt - b.createdAt)
}

/** False if the person thought better of it, or let the time run out. */
export async function addPasskey(http: Http, name: string): Promise<boolean> {
  const options = await http.call('GET', `${PATH}/generate-register-options`, optionsSchema)
  const response = await asked(() => {
    const json = options as PublicKeyCredentialCreationOptionsJSON
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(json)
    return navigator.credentials.create({ publicKey })
  })
  if (response === null) return false
  await http.send('POST', `${PATH}/verify-registration`, { body: { response, name } })
  return true
}

export async function removePasskey(http: Http, id: string): Promise<void> {
  await http.send('POST', `${PATH}/delete-passkey`, { body: { id } })
}

export async function renamePasskey(http: Http, id: string, name: string): Promise<void> {
  await http.send('POST', `${PATH}/update-passkey`, { body: { id, name } })
}

/** False if the person thought better of it, or `signal` gave it up. */
export async function logInWithPasskey(
  http: Http,
  { autofill = false, signal }: { autofill?: boolean; signal?: AbortSignal },
): Promise<boolean> {
  const options = await http.call('GET', `${PATH}/generate-authenticate-options`, optionsSchema)
  const response = await asked(() => {
    const json = options as PublicKeyCredentialRequestOptionsJSON
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON({
      ...json,
      userVerification: 'required',
    })
    return navigator.credentials.get({
      publicKey,
      ...(autofill ? { mediation: 'conditional' } : {}),
      ...(signal === undefined ? {} : { signal }),
    })
  })
  if (response === null) return false
  await http.send('POST', `${PATH}/verify-authentication`, { body: { response } })
  return true
}

/** What the browser answers, as JSON; null where the person said no. */
async function asked(ask: () => Promise<Credential | null>): Promise<unknown> {
  try {
    const credential = await ask()
    return credential instanceof PublicKeyCredential ? credential.toJSON() : null
  } catch (cause) {
    const name = cause instanceof Error ? cause.name : ''
    if (name === 'NotAllowedError' || name === 'AbortError') return null
    const known = name === 'InvalidStateError'
    const detail = known
      ? 'This device has a passkey for the account already.'
      : 'The browser does not allow a passkey here.'
    const reason = known ? 'PASSKEY_KNOWN' : 'PASSKEY_NOT_ALLOWED'
    throw new ParleyError({ code: known ? 'conflict' : 'forbidden', detail, reason }, cause)
  }
}
