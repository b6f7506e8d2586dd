const ALGORITHM = { name: 'HMAC', hash: 'SHA-256' }
/** Of 32 bytes in Base64. */
const SIGNATURE_LENGTH = 44
const encoder = new TextEncoder()

let known: { secret: string; key: CryptoKey } | null = null

/**
 * The session token in `TOKEN.SIGNATURE`, which is what a cookie and a bearer token of Better Auth hold: an
 * HMAC with SHA-256, in Base64. Null unless `secret` has signed it.
 */
export async function signedToken(signed: string, secret: string): Promise<string | null> {
  const dot = signed.lastIndexOf('.')
  if (dot < 1) return null
  const token = signed.slice(0, dot)
  const encoded = signed.slice(dot + 1)
  // As strict as Better Auth, for it reads the same token when the session is to be prolonged.
  if (encoded.length !== SIGNATURE_LENGTH || !encoded.endsWith('=')) return null
  const signature = Buffer.from(encoded, 'base64')
  const isOurs = await crypto.subtle.verify(
    ALGORITHM,
    await keyOf(secret),
    signature,
    encoder.encode(token),
  )
  return isOurs ? token : null
}

/** Importing a key costs as much as using it. */
async function keyOf(secret: string): Promise<CryptoKey> {
  if (known?.secret === secret) return known.key
  const key = await crypto.subtle.importKey('raw', encoder.encode(secret), ALGORITHM, false, [
    'verify',
  ])
  known = { secret, key }
  return key
}
