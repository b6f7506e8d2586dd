import type * as z from 'zod'
import type { ChannelServerFrame } from '../protocol/channel-socket.ts'
import { PONG, type ServerFrame } from '../protocol/user-socket.ts'

export type AnyServerFrame = ServerFrame | ChannelServerFrame

export type ParsedFrame<Frame> =
  | { kind: 'pong' }
  | { kind: 'frame'; frame: Frame }
  /** A type this version has not heard of: newer servers may send more, and it is safe to ignore. */
  | { kind: 'unknown' }
  /** Known by its type but not understood. To skip rows would lose what is in them. */
  | { kind: 'unreadable' }

interface FrameSchema<Frame> {
  safeParse(json: unknown): z.ZodSafeParseResult<Frame>
  options: readonly { shape: { t: { value: string } } }[]
}

/** Reads the frames of one kind of socket. */
export function frameParser<Frame>(
  schema: FrameSchema<Frame>,
): (data: unknown) => ParsedFrame<Frame> {
  const known = new Set(schema.options.map((option) => option.shape.t.value))
  return (data) => {
    if (data === PONG) return { kind: 'pong' }
    const json = parseJson(data)
    const result = schema.safeParse(json)
    if (result.success) return { kind: 'frame', frame: result.data }
    const type = typeof json === 'object' && json !== null && 't' in json ? json.t : null
    return typeof type === 'string' && known.has(type)
      ? { kind: 'unreadable' }
      : { kind: 'unknown' }
  }
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
