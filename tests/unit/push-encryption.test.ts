import { encryptNotification } from '@block65/webcrypto-web-push'
import { createECDH } from 'node:crypto'
import { decrypt } from 'http_ece'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { FakeBrowser } from './push-fakes.ts'

/** RFC 8291, section 5 and appendix A. */
const RFC = {
  plaintext: 'When I grow up, I want to be a watermelon',
  receiver: {
    private: 'q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94',
    public:
      'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
    auth: 'BTBZMqHH6r4Tts7J_aSIgg',
  },
  sender: {
    private: 'yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw',
    public:
      'BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8',
  },
  salt: 'DGv6ra1nlYgDCS1FRnbzlw',
  body: 'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN',
}

const target = {
  endpoint: 'https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV',
  keys: { p256dh: RFC.receiver.public, auth: RFC.receiver.auth },
  expirationTime: null,
}

afterEach(() => {
  vi.restoreAllMocks()
})

describe('the encryption of pushes', () => {
  it('gives the bytes that RFC 8291 gives, from its keys and its salt', async () => {
    const salt = Buffer.from(RFC.salt, 'base64url')
    vi.spyOn(crypto, 'getRandomValues').mockImplementation((array) => {
      if (array instanceof Uint8Array) array.set(salt)
      return array
    })
    const pair = await senderKeys()
    vi.spyOn(crypto.subtle, 'generateKey').mockImplementation((async () => pair) as never)
    const body = await encryptNotification(target, new TextEncoder().encode(RFC.plaintext), {
      pad: false,
    })
    expect(Buffer.from(body).toString('base64url')).toBe(RFC.body)
  })

  it('is read by a library that is not ours, as the example of the RFC is', async () => {
    const receiver = createECDH('prime256v1')
    receiver.setPrivateKey(Buffer.from(RFC.receiver.private, 'base64url'))
    const parameters = {
      version: 'aes128gcm',
      privateKey: receiver,
      authSecret: RFC.receiver.auth,
    } as const
    expect(decrypt(Buffer.from(RFC.body, 'base64url'), parameters).toString()).toBe(RFC.plaintext)
    const ours = await encryptNotification(target, new TextEncoder().encode(RFC.plaintext))
    expect(decrypt(Buffer.from(ours), parameters).toString()).toBe(RFC.plaintext)
  })

  it('never gives the same bytes twice, and nobody else can read them', async () => {
    const [ann, ben] = [new FakeBrowser(target.endpoint), new FakeBrowser(target.endpoint)]
    const subscription = { ...ann.subscription, expirationTime: null }
    const encrypt = () => encryptNotification(subscription, new TextEncoder().encode('Hello'))
    const [first, second] = [Buffer.from(await encrypt()), Buffer.from(await encrypt())]
    expect(ann.decrypt(first)).toBe('Hello')
    expect(ann.decrypt(second)).toBe('Hello')
    expect(first.equals(second)).toBe(false)
    expect(() => ben.decrypt(first)).toThrow('unable to authenticate')
    first.writeUInt8(first.readUInt8(first.length - 1) ^ 1, first.length - 1)
    expect(() => ann.decrypt(first)).toThrow('unable to authenticate')
  })
})

async function senderKeys(): Promise<CryptoKeyPair> {
  const point = Buffer.from(RFC.sender.public, 'base64url')
  const algorithm = { name: 'ECDH', namedCurve: 'P-256' }
  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33).toString('base64url'),
    d: RFC.sender.private,
  }
  const [privateKey, publicKey] = await Promise.all([
    crypto.subtle.importKey('jwk', jwk, algorithm, false, ['deriveBits']),
    crypto.subtle.importKey('raw', point, algorithm, true, []),
  ])
  return { privateKey, publicKey }
}
