import { setTimeout } from 'node:timers/promises'
import { backoff } from '../../durable-objects/shared/backoff.ts'
import type { Mailer } from './mailer.ts'

const ATTEMPTS = 3
const TIMEOUT_MS = 10_000
/** The three tries and the waits between them stay within the 30 s that background work is given. */
const MAX_WAIT_MS = 2000

/**
 * A mail API that takes `POST {from, to, subject, text}` as JSON with a bearer key, and answers 2xx
 * (docs/operations.md). 429 and 5xx are tried again, and so is no answer at all.
 */
export function httpMailer(
  mail: { url: string; from: string; key: string },
  { send, wait }: { send: typeof fetch; wait(ms: number): Promise<unknown> } = {
    send: (input, init) => fetch(input, init),
    wait: setTimeout,
  },
): Mailer {
  return {
    async send({ to, subject, text }) {
      let failure = ''
      for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
        if (attempt > 1) await wait(backoff(attempt - 1, 500, MAX_WAIT_MS))
        try {
          const answer = await send(mail.url, {
            method: 'POST',
            headers: { authorization: `Bearer ${mail.key}`, 'content-type': 'application/json' },
            body: JSON.stringify({ from: mail.from, to, subject, text }),
            signal: AbortSignal.timeout(TIMEOUT_MS),
          })
          await answer.body?.cancel()
          if (answer.ok) return
          failure = `status ${answer.status}`
          if (answer.status !== 429 && answer.status < 500) break
        } catch (error) {
          // No answer, or none in time: the API may be away for a moment.
          failure = error instanceof Error ? error.name : 'no answer'
        }
      }
      throw new Error(`the mail API did not take a mail: ${failure}`)
    },
  }
}
