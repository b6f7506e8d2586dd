import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cutGraphemes } from '../../protocol/graphemes.ts'
import { pushJobSchema, pushPayloadSchema, type PushPayload } from '../../protocol/push.ts'
import { utf8Length } from '../../protocol/text.ts'
import { encodePayload, payloadOf, shortenPayload } from '../../workers/push/payload.ts'
import { clearJob, FakeBrowser, showJob } from './push-fakes.ts'

const { subscription } = new FakeBrowser('https://push.example.com/1')

function show(body: string | null, title = 'Ben'): PushPayload {
  return payloadOf(showJob(subscription, { body, title }))
}

function bodyOf(json: string): string | null {
  const payload = pushPayloadSchema.parse(JSON.parse(json))
  return payload.kind === 'show' ? payload.body : null
}

describe('the payload of a push', () => {
  it('says what the job says, and not where it goes', () => {
    const payload = show('Hello')
    const json = encodePayload(payload)
    expect(JSON.parse(json)).toEqual(payload)
    expect(json).not.toContain(subscription.endpoint)
    expect(json).not.toContain(subscription.keys.auth)
  })

  it('takes at most 3,993 bytes, and the longest body is cut at the end of a character', () => {
    const json = encodePayload(show('🦜'.repeat(1000)))
    expect(utf8Length(json)).toBeLessThanOrEqual(3_993)
    expect(bodyOf(json)).toMatch(/^(🦜){900,999}…$/u)
  })

  it.each([
    ['a family of emoji', '👨‍👩‍👧‍👦'],
    ['a flag', '🇩🇪'],
    ['a letter with its accents', 'e\u0301\u0323'],
    ['a syllable of Hindi', 'क्षि'],
  ])('is never cut within %s', (_, character) => {
    for (let before = 0; before < 8; before++) {
      const text = 'a'.repeat(before) + character.repeat(1_000)
      const whole = new RegExp(`^a{${before}}(${character})*$`, 'u')
      for (const max of [2_048, 3_993]) {
        const body = bodyOf(encodePayload(show(cutGraphemes(text, 1_000)), max)) ?? ''
        expect(body.replace('…', '')).toMatch(whole)
        expect(body.length).toBeGreaterThan(500)
      }
      expect(cutGraphemes(text, 200)).toMatch(whole)
    }
  })

  it('is cut all the same where one character never ends', () => {
    const text = `a${'\u0301'.repeat(2_000)}`
    expect(cutGraphemes(text, 1_000)).toHaveLength(1_000)
    expect(utf8Length(encodePayload(show(cutGraphemes(text, 1_000))))).toBeLessThanOrEqual(3_993)
  })

  it('always fits, whatever title and body a job may have', () => {
    const text = (length: number) =>
      fc.string({ unit: 'binary', maxLength: length, size: 'max' }).filter((s) => s.isWellFormed())
    fc.assert(
      fc.property(text(200), text(1000), fc.constantFrom(2_048, 3_993), (title, body, max) => {
        const json = encodePayload(show(body, title), max)
        expect(Buffer.byteLength(json)).toBeLessThanOrEqual(max)
        const shown = bodyOf(json)
        const isCut = shown !== body && shown !== null
        expect(!isCut || body.startsWith(shown.slice(0, -1))).toBe(true)
      }),
    )
  })

  it('does not tell by its size how long a text is', () => {
    const sizes = ['', 'Yes', 'a'.repeat(400)].map((body) => encodePayload(show(body)).length)
    expect(new Set(sizes)).toEqual(new Set([1_024]))
  })

  it('becomes smaller for a service that takes less: first a shorter text, then none', () => {
    const long = show('ä'.repeat(1000))
    const shorter = shortenPayload(long, encodePayload(long))
    expect(Buffer.byteLength(shorter)).toBe(2_048)
    expect(bodyOf(shorter)).toMatch(/^ä{500,}…$/)
    const short = show('Hello')
    const shortest = shortenPayload(short, encodePayload(short))
    expect(bodyOf(shortest)).toBeNull()
    expect(shortest.length).toBeLessThan(300)
  })
})

describe('a push job', () => {
  const job = showJob(subscription)

  it('is understood as it was written', () => {
    expect(pushJobSchema.parse(JSON.parse(JSON.stringify(job)))).toEqual(job)
    expect(pushJobSchema.parse(clearJob(job))).toEqual(clearJob(job))
  })

  it('is refused where it is too large, lives too long, or its keys are none', () => {
    const keys = { ...subscription.keys, p256dh: 'A'.repeat(87) }
    for (const wrong of [
      { body: 'a'.repeat(1001) },
      { title: 'a'.repeat(201) },
      { body: '\ud800' },
      { unread: 1000 },
      { expiresAt: job.createdAt + 29 * 24 * 60 * 60 * 1000 },
      { address: { kind: 'webpush', subscription: { ...subscription, keys } } },
      { address: { kind: 'fcm', token: 'a b' } },
    ]) {
      expect(pushJobSchema.safeParse({ ...job, ...wrong }).success).toBe(false)
    }
  })
})
