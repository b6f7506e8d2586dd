import { describe, expect, it } from 'vitest'
import { httpMailer } from '../../workers/mailer/http-mailer.ts'

const API = { url: 'https://mail.example.com/send', from: 'Parley <p@example.com>', key: 'key' }
const MAIL = { to: 'ann@example.com', subject: 'Hello', text: 'Text' }

/** A mail API that gives these answers, one after the other; an Error stands for no answer. */
function api(...answers: (number | Error)[]) {
  const calls: { url: string; init: RequestInit | undefined }[] = []
  const mailer = httpMailer(API, {
    send: async (input, init) => {
      calls.push({ url: String(input), init })
      const answer = answers.shift() ?? 500
      if (answer instanceof Error) throw answer
      return new Response(null, { status: answer })
    },
    wait: async () => {},
  })
  return { mailer, calls }
}

describe('the HTTP mailer', () => {
  it('posts JSON with the key as a bearer token', async () => {
    const { mailer, calls } = api(202)
    await mailer.send(MAIL)
    expect(calls).toHaveLength(1)
    expect(calls[0]?.url).toBe(API.url)
    expect(new Headers(calls[0]?.init?.headers).get('authorization')).toBe('Bearer key')
    expect(JSON.parse(String(calls[0]?.init?.body))).toEqual({ from: API.from, ...MAIL })
  })

  it('tries again when the API is busy, broken or away', async () => {
    const { mailer, calls } = api(429, new TypeError('no network'), 200)
    await mailer.send(MAIL)
    expect(calls).toHaveLength(3)
  })

  it('does not try again when the API refuses', async () => {
    const { mailer, calls } = api(401)
    await expect(mailer.send(MAIL)).rejects.toThrow('status 401')
    expect(calls).toHaveLength(1)
  })

  it('gives up after three tries, and names neither address nor text', async () => {
    const { mailer, calls } = api(503, 503, 503)
    const failure: unknown = await mailer.send(MAIL).catch((error: unknown) => error)
    expect(String(failure)).toContain('status 503')
    expect(String(failure)).not.toContain('ann')
    expect(calls).toHaveLength(3)
  })
})
