import { graphemes } from '../../protocol/graphemes.ts'
import { MAX_PUSH_PAYLOAD_BYTES } from '../../protocol/limits.ts'
import type { PushJob, PushPayload } from '../../protocol/push.ts'
import { utf8Length } from '../../protocol/text.ts'

/** Sizes are rounded up to this, so that they do not tell how long a message is. */
const PADDING_STEP_BYTES = 1_024

/**
 * What fits where a service takes less than the standard asks for: Firefox on Android some 2,800 bytes.
 * Every job fits without its body.
 */
const SMALL_PAYLOAD_BYTES = 2_048

/** What of a job goes to the device. */
export function payloadOf(job: PushJob): PushPayload {
  const { userId, channelId, unread, createdAt, messageId } = job
  const common = { userId, channelId, unread, createdAt, messageId }
  if (job.kind === 'clear') return { ...common, kind: 'clear' }
  const { title, body, count, replaces } = job
  return { ...common, kind: 'show', title, body, count, replaces }
}

/**
 * The payload as JSON of at most `maxBytes` in UTF-8 (2,048 or more): the body is cut at a character's end
 * where it must be. Padded with blanks at the end, which JSON permits.
 */
export function encodePayload(payload: PushPayload, maxBytes = MAX_PUSH_PAYLOAD_BYTES): string {
  const json = JSON.stringify(cutBody(payload, maxBytes))
  const bytes = utf8Length(json)
  const padded = Math.min(maxBytes, Math.ceil(bytes / PADDING_STEP_BYTES) * PADDING_STEP_BYTES)
  return json + ' '.repeat(padded - bytes)
}

/** The next smaller way to say what `sent` said, for a service to which that was too large. */
export function shortenPayload(payload: PushPayload, sent: string): string {
  if (utf8Length(sent) > SMALL_PAYLOAD_BYTES) return encodePayload(payload, SMALL_PAYLOAD_BYTES)
  return JSON.stringify(payload.kind === 'show' ? { ...payload, body: null } : payload)
}

function cutBody(payload: PushPayload, maxBytes: number): PushPayload {
  if (payload.kind === 'clear' || payload.body === null) return payload
  if (utf8Length(JSON.stringify(payload)) <= maxBytes) return payload
  let room = maxBytes - utf8Length(JSON.stringify({ ...payload, body: '…' }))
  let end = 0
  for (const { segment } of graphemes(payload.body)) {
    room -= utf8Length(JSON.stringify(segment)) - '""'.length
    if (room < 0) break
    end += segment.length
  }
  return { ...payload, body: end === 0 ? null : `${payload.body.slice(0, end)}…` }
}
