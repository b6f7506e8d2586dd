import type { UserState } from './state.ts'

/** Ids of the channels that the person is in, at most `limit`, or all with -1, latest activity first. */
export function ownChannels(state: UserState, limit: number): string[] {
  if (!state.exists) return []
  return state.sql
    .exec<{ channel_id: string }>(
      `SELECT channel_id FROM channels WHERE channel->>'leftAt' IS NULL
       ORDER BY activity_at DESC, channel_id DESC LIMIT ?`,
      limit,
    )
    .toArray()
    .map((row) => row.channel_id)
}
