/** A passkey authenticator of its own: ES256, attestation "none". It answers what a browser would send. */

const encoder = new TextEncoder()

export interface Ceremony {
  challenge: string
  origin: string
  rpId: string
  /** Whether its person has unlocked it. */
  unlocked?: boolean
  counter?: number
}

export class Authenticator {
  readonly #keys: CryptoKeyPair
  readonly id = crypto.getRandomValues(new Uint8Array(16))

  private constructor(keys: CryptoKeyPair) {
    this.#keys = keys
  }

  static async make(): Promise<Authenticator> {
    const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
      'sign',
      'verify',
    ])
    return new Authenticator(keys as CryptoKeyPair)
  }

  /** What `navigator.credentials.create` gives, as JSON. */
  async register(ceremony: Ceremony): Promise<unknown> {
    const authData = concat(await authenticatorData(ceremony, 0x40), await this.#credential())
    const attestationObject = concat(
      [0xa3],
      cborText('fmt'),
      cborText('none'),
      cborText('attStmt'),
      [0xa0],
      cborText('authData'),
      cborBytes(authData),
    )
    return this.#json({
      clientDataJSON: base64url(clientData('webauthn.create', ceremony)),
      attestationObject: base64url(attestationObject),
      transports: ['internal'],
    })
  }

  /** What `navigator.credentials.get` gives, as JSON. */
  async sign(ceremony: Ceremony): Promise<unknown> {
    const data = clientData('webauthn.get', ceremony)
    const authData = await authenticatorData(ceremony, 0)
    const signed = concat(authData, await sha256(data))
    const algorithm = { name: 'ECDSA', hash: 'SHA-256' }
    const raw = await crypto.subtle.sign(algorithm, this.#keys.privateKey, signed)
    return this.#json({
      clientDataJSON: base64url(data),
      authenticatorData: base64url(authData),
      signature: base64url(derOf(new Uint8Array(raw))),
    })
  }

  #json(response: Record<string, unknown>) {
    const id = base64url(this.id)
    return { id, rawId: id, type: 'public-key', clientExtensionResults: {}, response }
  }

  /** AAGUID, length and id of the credential, and its public key in COSE. */
  async #credential(): Promise<Uint8Array> {
    const raw = await crypto.subtle.exportKey('raw', this.#keys.publicKey)
    const point = new Uint8Array(raw as ArrayBuffer)
    // {1: 2 (EC2), 3: -7 (ES256), -1: 1 (P-256), -2: x, -3: y}
    const key = concat(
      [0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21],
      cborBytes(point.slice(1, 33)),
      [0x22],
      cborBytes(point.slice(33)),
    )
    return concat(new Uint8Array(16), [0, this.id.length], this.id, key)
  }
}

function clientData(type: string, { challenge, origin }: Ceremony): Uint8Array {
  return encoder.encode(JSON.stringify({ type, challenge, origin, crossOrigin: false }))
}

async function authenticatorData(ceremony: Ceremony, flags: number): Promise<Uint8Array> {
  const { rpId, unlocked = true, counter = 0 } = ceremony
  const count = new Uint8Array(4)
  new DataView(count.buffer).setUint32(0, counter)
  return concat(await sha256(encoder.encode(rpId)), [flags | (unlocked ? 0x05 : 0x01)], count)
}

async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
}

function cborText(text: string): Uint8Array {
  return concat([0x60 + text.length], encoder.encode(text))
}

function cborBytes(bytes: Uint8Array): Uint8Array {
  const { length } = bytes
  return concat(length < 256 ? [0x58, length] : [0x59, length >> 8, length & 255], bytes)
}

/** WebCrypto gives r and s in a row, WebAuthn wants them in DER. */
function derOf(raw: Uint8Array): Uint8Array {
  const integers = [raw.slice(0, 32), raw.slice(32)].map((bytes) => {
    let start = 0
    while (start < 31 && bytes[start] === 0) start++
    const rest = bytes.slice(start)
    const value = rest[0]! >= 0x80 ? concat([0], rest) : rest
    return concat([0x02, value.length], value)
  })
  const body = concat(...integers)
  return concat([0x30, body.length], body)
}

function concat(...parts: (Uint8Array | number[])[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]))
}

function base64url(bytes: Uint8Array): string {
  const text = btoa(String.fromCharCode(...bytes))
  return text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}
