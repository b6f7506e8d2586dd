import { describe, expect, it } from 'vitest'
import { freshVapidKey } from '../../scripts/dev-vars.ts'
import { isOurOrigin, publicOrigin } from '../../workers/origins.ts'
import { parseSettings, type Settings } from '../../workers/settings.ts'

const SECRET = 's'.repeat(43)

const DEVELOPMENT = {
  ENVIRONMENT: 'development',
  PUBLIC_ORIGINS: '',
  ENDPOINTS: '[]',
  RATE_LIMITS: 'on',
  ARCHIVE_OPEN_SHARDS: '0',
  CHANNEL_MAX_BYTES: '8000000000',
  MAIL_API_URL: '',
  MAIL_FROM: '',
  MAIL_API_KEY: '',
  BETTER_AUTH_SECRET: SECRET,
  CHANNEL_KEY: SECRET,
  PUSH_PREVIEWS: 'on',
  PUSH_ENDPOINTS: 'fcm.googleapis.com *.push.apple.com',
  VAPID_PRIVATE_KEY: SECRET,
}

const PRODUCTION = {
  ...DEVELOPMENT,
  ENVIRONMENT: 'production',
  PUBLIC_ORIGINS: 'https://chat.example.com https://www.example.com',
  MAIL_API_URL: 'https://mail.example.com/send',
  MAIL_FROM: 'Parley <parley@example.com>',
  MAIL_API_KEY: 'key',
}

function settings(env: Record<string, unknown>): Settings {
  const check = parseSettings(env)
  if (!check.ok) throw new Error(check.faults.join('; '))
  return check.settings
}

function faults(env: Record<string, unknown>): string[] {
  const check = parseSettings(env)
  return check.ok ? [] : check.faults
}

describe('settings', () => {
  it('take the key file of a service account for FCM, or none, and never tell what is in it', () => {
    expect(settings(PRODUCTION).push.fcm).toBe(null)
    expect(settings({ ...PRODUCTION, FCM_SERVICE_ACCOUNT: '' }).push.fcm).toBe(null)
    const wrong = { ...PRODUCTION, FCM_SERVICE_ACCOUNT: '{"private_key":"top secret"}' }
    expect(faults(wrong)).toHaveLength(1)
    expect(faults(wrong)[0]).toMatch(/^FCM_SERVICE_ACCOUNT: /)
    expect(faults(wrong)[0]).not.toContain('top secret')
  })

  it('are complete in development without origins and mail', () => {
    expect(settings(DEVELOPMENT).production).toBe(false)
    const { MAIL_API_KEY: _, ...without } = DEVELOPMENT
    expect(faults(without)).toEqual([])
  })

  it('name every secret and setting that production lacks', () => {
    for (const name of [
      'PUBLIC_ORIGINS',
      'MAIL_API_URL',
      'MAIL_FROM',
      'MAIL_API_KEY',
      'BETTER_AUTH_SECRET',
      'CHANNEL_KEY',
      'PUSH_ENDPOINTS',
      'PUSH_PREVIEWS',
      'VAPID_PRIVATE_KEY',
    ]) {
      expect(faults({ ...PRODUCTION, [name]: '' })).toEqual([`${name} is missing`])
      expect(faults({ ...PRODUCTION, [name]: undefined })).toEqual([`${name} is missing`])
    }
    expect(faults({ ...PRODUCTION, CHANNEL_KEY: '', MAIL_FROM: '' })).toHaveLength(2)
  })

  it('never tell a value in a fault', () => {
    const text = faults({ ...PRODUCTION, CHANNEL_KEY: 'hush', ENDPOINTS: 'hush' }).join()
    expect(text).toContain('CHANNEL_KEY')
    expect(text).toContain('ENDPOINTS')
    expect(text).not.toContain('hush')
  })

  it('are production unless they say development', () => {
    expect(faults({ ...DEVELOPMENT, ENVIRONMENT: 'production' })).not.toEqual([])
    expect(faults({ ...PRODUCTION, ENVIRONMENT: 'staging' })).not.toEqual([])
    expect(faults({ ...DEVELOPMENT, ENVIRONMENT: undefined })).not.toEqual([])
  })

  it('take no origin with a path, and no rate limit that is neither on nor off', () => {
    expect(faults({ ...PRODUCTION, PUBLIC_ORIGINS: 'https://chat.example.com/' })).toHaveLength(1)
    expect(faults({ ...PRODUCTION, RATE_LIMITS: 'no' })).toHaveLength(1)
  })

  it('take shards and a size for the archive, and operators only with a good key', () => {
    expect(settings({ ...PRODUCTION, ARCHIVE_OPEN_SHARDS: '0 1', OPERATOR_KEY: '' })).toMatchObject(
      {
        operatorKey: null,
      },
    )
    expect(settings({ ...PRODUCTION, OPERATOR_KEY: SECRET }).operatorKey).toBe(SECRET)
    for (const wrong of [
      { ARCHIVE_OPEN_SHARDS: 'all' },
      { ARCHIVE_OPEN_SHARDS: '' },
      { CHANNEL_MAX_BYTES: '8 GB' },
      { CHANNEL_MAX_BYTES: '0' },
      { OPERATOR_KEY: 'short' },
    ]) {
      expect(faults({ ...PRODUCTION, ...wrong })).toHaveLength(1)
    }
  })

  it('let pushes go anywhere only outside production', () => {
    expect(settings({ ...DEVELOPMENT, PUSH_ENDPOINTS: 'any' }).push.hosts).toBe('any')
    expect(settings(PRODUCTION).push.hosts).toEqual(['fcm.googleapis.com', '*.push.apple.com'])
    for (const wrong of [
      'any',
      'any fcm.googleapis.com',
      '*',
      '*.',
      'https://fcm.googleapis.com',
    ]) {
      expect(faults({ ...PRODUCTION, PUSH_ENDPOINTS: wrong })).toHaveLength(1)
    }
  })

  it('derive the public key of pushes, and take no private key that is none', () => {
    const { vapid } = settings({ ...PRODUCTION, VAPID_PRIVATE_KEY: freshVapidKey() }).push
    expect(vapid.publicKey).toMatch(/^B[\w-]{86}$/)
    expect(vapid.subject).toBe('https://chat.example.com')
    for (const wrong of ['short', 'A'.repeat(43), '_'.repeat(43)]) {
      expect(faults({ ...PRODUCTION, VAPID_PRIVATE_KEY: wrong })).toHaveLength(1)
    }
  })

  it('read the endpoints of service discovery, which are not draining unless they say so', () => {
    const endpoint = { url: 'https://eu.example.com', region: 'eu', latitude: 50, longitude: 8 }
    const { endpoints } = settings({ ...PRODUCTION, ENDPOINTS: JSON.stringify([endpoint]) })
    expect(endpoints).toEqual([{ ...endpoint, draining: false }])
  })
})

describe('origins', () => {
  const request = (url: string, origin?: string) => ({
    url,
    headers: new Headers(origin === undefined ? {} : { origin }),
  })

  it('are ours in production if the operator named them', () => {
    const production = settings(PRODUCTION)
    const url = 'https://chat.example.com/v1/me'
    expect(isOurOrigin(production, request(url, 'https://www.example.com'))).toBe(true)
    expect(isOurOrigin(production, request(url, 'https://evil.example.com'))).toBe(false)
    expect(isOurOrigin(production, request(url, 'http://localhost:8787'))).toBe(false)
    expect(isOurOrigin(production, request(url, 'null'))).toBe(false)
    expect(isOurOrigin(production, request(url))).toBe(false)
  })

  it('are ours in development at the served port of localhost and 127.0.0.1 alone', () => {
    const development = settings(DEVELOPMENT)
    const url = 'http://localhost:8901/v1/me'
    expect(isOurOrigin(development, request(url, 'http://localhost:8901'))).toBe(true)
    expect(isOurOrigin(development, request(url, 'http://127.0.0.1:8901'))).toBe(true)
    expect(isOurOrigin(development, request(url, 'http://localhost:8787'))).toBe(false)
    expect(isOurOrigin(development, request(url, 'http://evil.example:8901'))).toBe(false)
  })

  it('that somebody forges in a Host header never get into a mail', () => {
    expect(publicOrigin(settings(PRODUCTION), 'https://evil.example.com/api')).toBe(
      'https://chat.example.com',
    )
    expect(publicOrigin(settings(PRODUCTION), 'https://www.example.com/api')).toBe(
      'https://www.example.com',
    )
    expect(publicOrigin(settings(DEVELOPMENT), 'http://evil.example:8901/api')).toBe(
      'http://localhost:8901',
    )
  })
})
