import { fail, ok, type Failure, type Result } from '../../protocol/errors.ts'
import { TEXT_TOO_LONG } from '../../protocol/schemas.ts'
import {
  deviceFrameSchema,
  refSchema,
  type DeviceFrame,
  type Ref,
} from '../../protocol/user-socket.ts'

const KNOWN = new Set<unknown>(deviceFrameSchema.options.map((option) => option.shape.t.value))

/** A frame of the contract, or why it is none; null for what the contract says to ignore. */
export type ParsedFrame = { frame: Result<DeviceFrame>; ref: Ref | null } | null

/** Parses what a device sent. `ref` is found in bad frames too, so that they can be answered. */
export function parseFrame(text: string): ParsedFrame {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    // Not JSON: told to the device like any other bad frame.
    return { frame: fail('invalid', 'The frame is not JSON'), ref: null }
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    return { frame: fail('invalid', 'A frame is a JSON object'), ref: null }
  }
  const ref = 'ref' in json ? (refSchema.safeParse(json.ref).data ?? null) : null
  if (!('t' in json) || typeof json.t !== 'string') {
    return { frame: fail('invalid', 'A frame has a text t'), ref }
  }
  if (!KNOWN.has(json.t)) {
    return ref === null ? null : { frame: fail('invalid', 'No such frame'), ref }
  }
  const parsed = deviceFrameSchema.safeParse(json)
  if (parsed.success) return { frame: ok(parsed.data), ref }
  return { frame: refusal(parsed.error.issues), ref }
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
