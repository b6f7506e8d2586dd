import type * as z from 'zod'
import { fail, ok, type Failure, type Result } from '../../protocol/errors.ts'
import { TEXT_TOO_LONG } from '../../protocol/schemas.ts'
import { refSchema, type Ref } from '../../protocol/user-socket.ts'

/** A frame of the contract, or why it is none; null for what the contract says to ignore. */
export type ParsedFrame<Frame> = { frame: Result<Frame>; ref: Ref | null } | null

type FrameOption = z.ZodObject<{ t: z.ZodLiteral<string> }>

/** A parser for what a device may send on one kind of socket, from the schema of its frames. */
export function frameParser<Options extends readonly [FrameOption, ...FrameOption[]]>(
  schema: z.ZodDiscriminatedUnion<Options>,
): (text: string) => ParsedFrame<z.infer<Options[number]>> {
  const known = new Set(schema.options.flatMap((option) => [...option.shape.t.values]))
  return (text) => {
    const json = parseJson(text)
    if (typeof json !== 'object' || json === null || Array.isArray(json)) {
      return { frame: fail('invalid', 'A frame is a JSON object'), ref: null }
    }
    // The ref is found in bad frames too, so that they can be answered.
    const ref = 'ref' in json ? (refSchema.safeParse(json.ref).data ?? null) : null
    if (!('t' in json) || typeof json.t !== 'string') {
      return { frame: fail('invalid', 'A frame has a text t'), ref }
    }
    if (!known.has(json.t)) {
      return ref === null ? null : { frame: fail('invalid', 'No such frame'), ref }
    }
    const parsed = schema.safeParse(json)
    if (parsed.success) return { frame: ok(parsed.data), ref }
    return { frame: refusal(parsed.error.issues), ref }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Not JSON: answered like any other bad frame.
    return undefined
  }
}

type Issue = { code: string; path: PropertyKey[]; message: string }

function refusal(issues: Issue[]): Failure {
  const tooLong = issues.find((issue) => 'params' in issue && isTooLong(issue.params))
  if (tooLong) return fail('text_too_long', tooLong.message)
  const first = issues[0]
  return fail('invalid', first ? `${first.path.join('.')}: ${first.message}` : 'Not a valid frame')
}

function isTooLong(params: unknown): boolean {
  return (
    typeof params === 'object' &&
    params !== null &&
    'code' in params &&
    params.code === TEXT_TOO_LONG
  )
}
