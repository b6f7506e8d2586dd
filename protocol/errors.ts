import * as z from 'zod'

/** Every code of the contract with its HTTP status and its title (RFC 9457, section 3.1). */
export const ERRORS = {
  invalid: { status: 400, title: 'The request is not valid' },
  unauthenticated: { status: 401, title: 'Not logged in' },
  forbidden: { status: 403, title: 'Not allowed' },
  blocked: { status: 403, title: 'Blocked' },
  not_found: { status: 404, title: 'Not found' },
  conflict: { status: 409, title: 'In conflict with what is there' },
  group_full: { status: 409, title: 'The group is full' },
  text_too_long: { status: 413, title: 'The text is too long' },
  too_large: { status: 413, title: 'Too large' },
  rate_limited: { status: 429, title: 'Too many requests' },
  unavailable: { status: 503, title: 'Not available right now' },
} as const

export type ErrorCode = keyof typeof ERRORS

export const errorCodeSchema = z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]])

/** An expected failure, passed as a value: `detail` is for people, `retryAfter` in seconds. */
export interface Failure {
  ok: false
  code: ErrorCode
  detail: string
  retryAfter: number | null
}

/** What a call that can be refused returns. */
export type Result<T> = { ok: true; value: T } | Failure

export function fail(code: ErrorCode, detail: string, retryAfter: number | null = null): Failure {
  return { ok: false, code, detail, retryAfter }
}

export function ok<T>(value: T): { ok: true; value: T } {
  return { ok: true, value }
}

/** The body of every HTTP error (`application/problem+json`, RFC 9457). */
export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: errorCodeSchema,
  })
  .meta({ id: 'Problem', description: 'An error, after RFC 9457' })

export type Problem = z.infer<typeof problemSchema>
