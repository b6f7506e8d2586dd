import { PONG, serverFrameSchema, type ServerFrame } from '../protocol/user-socket.ts'

export type ParsedFrame =
  | { kind: 'pong' }
  | { kind: 'frame'; frame: ServerFrame }
  /** A type this version has not heard of: newer servers may send more, and it is safe to ignore. */
  | { kind: 'unknown' }
  /** Known by its type but not understood. To skip a `sync` would lose what is in it. */
  | { kind: 'unreadable' }

const KNOWN: ReadonlySet<string> = new Set(
  serverFrameSchema.options.map((option) => option.shape.t.value),
)

export function parseFrame(data: unknown): ParsedFrame {
  if (data === PONG) return { kind: 'pong' }
  const json = parseJson(data)
  const result = serverFrameSchema.safeParse(json)
  if (result.success) return { kind: 'frame', frame: result.data }
  const type = typeof json === 'object' && json !== null && 't' in json ? json.t : null
  return typeof type === 'string' && KNOWN.has(type) ? { kind: 'unreadable' } : { kind: 'unknown' }
}

function parseJson(data: unknown): unknown {
  if (typeof data !== 'string') return null
  try {
    return JSON.parse(data)
  } catch {
    // Not JSON: no frame of this contract.
    return null
  }
}
