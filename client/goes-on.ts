import type { SyncFrame } from '../protocol/user-socket.ts'

/**
 * What a `sync` frame is to whoever has got as far as `cursor`, if the one that it was meant for had got as far as `from`:
 * to be taken, for nothing lies between; `known`, for all of it is there; or after a `gap`, and taking it would leave a hole.
 * Inside a reset of several frames cursors are negative, and only the very next one goes on.
 */
export function goesOn(cursor: number, from: number, frame: SyncFrame): 'take' | 'known' | 'gap' {
  if (frame.reset) return 'take'
  if (cursor > 0 && frame.cursor <= cursor) return 'known'
  return from === cursor || (from > 0 && from < cursor) ? 'take' : 'gap'
}
