import type { Context, TypedResponse } from 'hono'
import { ERRORS, type ErrorCode, type Failure, type Problem } from '../protocol/errors.ts'

/** Fits every declared answer of a route, whatever its status and schema. */
export type ProblemResponse = Response & TypedResponse<never, never, never>

/** Answers an expected failure after RFC 9457, with `Retry-After` when the failure names a time. */
export function problem(_c: Context, failure: Failure): ProblemResponse {
  return problemResponse(failure) as ProblemResponse
}

/**
 * The same where there is no context. `extra` adds members to the body (RFC 9457, section 3.2); it
 * never replaces one of the five that every error has.
 */
export function problemResponse(failure: Failure, extra: Record<string, string> = {}): Response {
  const headers = new Headers({ 'content-type': 'application/problem+json' })
  if (failure.retryAfter !== null) headers.set('retry-after', String(Math.ceil(failure.retryAfter)))
  const body: Problem = { ...extra, ...problemBody(failure.code, failure.detail) }
  return new Response(JSON.stringify(body), { status: body.status, headers })
}

function problemBody(code: ErrorCode, detail: string): Problem {
  const { status, title } = ERRORS[code]
  return { type: 'about:blank', title, status, detail, code }
}
