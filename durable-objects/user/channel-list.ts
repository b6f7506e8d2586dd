import { fail, ok, type Result } from '../../protocol/errors.ts'
import type { UserState } from './state.ts'

/**
 * A page of the person's channels, latest activity first, as the JSON of `GET /v1/channels`.
 * `before` is the `next` of the page before: the activity and id of its last row.
 */
export function listChannels(
  state: UserState,
  before: string | null,
  limit: number,
): Result<string> {
  const bound = before === null ? FIRST : parseBound(before)
  if (!bound) return fail('invalid', 'before is not a next of this list')
  if (!state.exists) return ok('{"channels":[],"next":null}')
  const rows = state.sql
    .exec<{ channel_id: string; activity_at: number; channel: string }>(
      `SELECT channel_id, activity_at, channel FROM channels
       WHERE (activity_at, channel_id) < (?, ?)
       ORDER BY activity_at DESC, channel_id DESC LIMIT ?`,
      bound.activityAt,
      bound.channelId,
      limit + 1,
    )
    .toArray()
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  const next = rows.length > limit && last ? `${last.activity_at}.${last.channel_id}` : null
  const channels = page.map((row) => row.channel).join(',')
  return ok(`{"channels":[${channels}],"next":${JSON.stringify(next)}}`)
}

/** Above every row: ids are ASCII. */
const FIRST = { activityAt: Number.MAX_SAFE_INTEGER, channelId: '\u{10ffff}' }

function parseBound(text: string): { activityAt: number; channelId: string } | null {
  const match = /^(\d{1,16})\.([A-Za-z0-9_-]+)$/.exec(text)
  return match?.[1] && match[2] ? { activityAt: Number(match[1]), channelId: match[2] } : null
}
