import { unstable_readConfig } from 'wrangler'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { isPushEndpoint } from '../../workers/push/endpoints.ts'

const { PUSH_ENDPOINTS } = z
  .object({ PUSH_ENDPOINTS: z.string() })
  .parse(unstable_readConfig({ config: 'wrangler.toml' }).vars)
const hosts = PUSH_ENDPOINTS.split(' ')

describe('the endpoint of a subscription', () => {
  it('is good at the push services of Google, Mozilla, Apple and Microsoft', () => {
    for (const endpoint of [
      'https://fcm.googleapis.com/fcm/send/abc:def',
      'https://updates.push.services.mozilla.com/wpush/v2/abc',
      'https://web.push.apple.com/abc',
      'https://wns2-par02p.notify.windows.com/w/?token=abc',
    ]) {
      expect(isPushEndpoint(hosts, endpoint)).toBe(true)
    }
  })

  it('is refused anywhere else, in another scheme, at another port, with a user', () => {
    for (const endpoint of [
      'http://fcm.googleapis.com/fcm/send/abc',
      'https://fcm.googleapis.com:8443/fcm/send/abc',
      'https://fcm.googleapis.com@evil.example/abc',
      'https://me:pass@fcm.googleapis.com/abc',
      'https://fcm.googleapis.com.evil.example/abc',
      'https://evil-fcm.googleapis.com/abc',
      'https://evilpush.apple.com/abc',
      'https://push.apple.com/abc',
      'https://fcm.googleapis.com./abc',
      'https://169.254.169.254/latest/meta-data',
      'https://localhost/abc',
      'file:///etc/passwd',
      'not a url',
    ]) {
      expect(isPushEndpoint(hosts, endpoint)).toBe(false)
    }
  })

  it('may be on loopback where any is allowed, but nothing that is not HTTP', () => {
    expect(isPushEndpoint('any', 'http://127.0.0.1:9000/abc')).toBe(true)
    expect(isPushEndpoint('any', 'ftp://127.0.0.1/abc')).toBe(false)
  })
})
