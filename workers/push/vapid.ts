import { vapidHeaders } from '@block65/webcrypto-web-push'
import { createECDH } from 'node:crypto'

/** Who we are to push services (RFC 8292). Keys in base64url: 32 bytes, and the point of 65. */
export interface VapidKeys {
  privateKey: string
  publicKey: string
  /** A `mailto:` or `https:` address at which a push service may reach the operator. */
  subject: string
}

/** The public key that belongs to a private one; null if it is no key of P-256. */
export function vapidPublicKey(privateKey: string): string | null {
  const bytes = Buffer.from(privateKey, 'base64url')
  if (bytes.length !== 32) return null
  const ecdh = createECDH('prime256v1')
  try {
    ecdh.setPrivateKey(bytes)
    return ecdh.getPublicKey('base64url')
  } catch {
    // Zero, or not below the order of the curve.
    return null
  }
}

/** The library's tokens are good for 12 hours; a service may see its clock and ours differ. */
const TOKEN_REUSE_MS = 6 * 60 * 60 * 1000
/** There are fewer push services than this; with `any` there is no telling. */
const MAX_TOKENS = 100

/**
 * Makes the `Authorization` of a push. A token is good for one service, so it is signed once for each and
 * used again for hours: signing costs about as much as encrypting.
 */
export function vapidSigner(keys: VapidKeys): (endpoint: string) => Promise<string> {
  const tokens = new Map<string, { header: Promise<string>; until: number }>()
  return async (endpoint) => {
    const { origin } = new URL(endpoint)
    const known = tokens.get(origin)
    if (known !== undefined && known.until > Date.now()) return await known.header
    if (tokens.size >= MAX_TOKENS) tokens.clear()
    const header = sign(keys, origin)
    tokens.set(origin, { header, until: Date.now() + TOKEN_REUSE_MS })
    try {
      return await header
    } catch (error) {
      tokens.delete(origin)
      throw error
    }
  }
}

async function sign(keys: VapidKeys, origin: string): Promise<string> {
  // The library signs for https alone; a stand-in on loopback is told the https origin.
  const endpoint = origin.replace(/^http:/, 'https:')
  const subscription = { endpoint, expirationTime: null, keys: { auth: '', p256dh: '' } }
  const { headers } = await vapidHeaders(subscription, keys)
  return headers.authorization
}
