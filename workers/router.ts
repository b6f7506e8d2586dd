import { OpenAPIHono } from '@hono/zod-openapi'
import type { ZodError } from 'zod'
import { ERRORS, type ErrorCode, type Failure, fail, problemSchema } from '../protocol/errors.ts'
import { TEXT_TOO_LONG } from '../protocol/schemas.ts'
import type { AppEnv } from './context.ts'
import { problem, type ProblemResponse } from './problem.ts'

/** A router whose schema violations are answered with `invalid` (or `text_too_long`), naming the field. */
export function createRouter(): OpenAPIHono<AppEnv> {
  return new OpenAPIHono<AppEnv>({
    defaultHook: (result, c) => {
      if (!result.success) return problem(c, violation(result.target, result.error))
      return undefined
    },
  })
}

/** The failure that says what a schema found: the first issue, with the place it is at. */
export function violation(target: string, error: ZodError): Failure {
  const tooLong = error.issues.find(
    (issue) => issue.code === 'custom' && issue.params?.['code'] === TEXT_TOO_LONG,
  )
  const issue = tooLong ?? error.issues[0]
  if (issue === undefined) return fail('invalid', `the ${target} is not valid`)
  const place = issue.path.length > 0 ? issue.path.map(String).join('.') : target
  return fail(tooLong === undefined ? 'invalid' : 'text_too_long', `${place}: ${issue.message}`)
}

interface ProblemEntry {
  description: string
  content: { 'application/problem+json': { schema: typeof problemSchema } }
}

type StatusOf<Code extends ErrorCode> = (typeof ERRORS)[Code]['status']

/** OpenAPI `responses` entries for these error codes, grouped by their HTTP status. */
export function problems<Code extends ErrorCode>(
  ...codes: Code[]
): Record<StatusOf<Code>, ProblemEntry> {
  const entries: Partial<Record<number, ProblemEntry>> = {}
  for (const code of codes) {
    const { status, title } = ERRORS[code]
    const line = `\`${code}\`: ${title}`
    const before = entries[status]
    entries[status] = {
      description: before === undefined ? line : `${before.description}; ${line}`,
      content: { 'application/problem+json': { schema: problemSchema } },
    }
  }
  return entries as Record<StatusOf<Code>, ProblemEntry>
}

/** Answers JSON that an object has put together as text already, under the schema the route declares. */
export function jsonText(json: string): ProblemResponse {
  const headers = { 'content-type': 'application/json' }
  return new Response(json, { headers }) as ProblemResponse
}
