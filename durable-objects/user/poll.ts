import { findDevice, saveCursor } from './devices.ts'
import { pull, type Pulled } from './pull.ts'
import type { UserState } from './state.ts'

/**
 * One answer to a polling device: what lies above `cursor`, which it confirms by asking. Where a reset
 * of several pages goes on is kept in the device's row, for a poll has no socket to keep it. Writes, so
 * it wants a transaction.
 */
export function poll(state: UserState, deviceId: string, cursor: number): Pulled {
  const device = findDevice(state, deviceId)
  const stored = device?.reset_until ?? null
  const pulled = pull(state, { cursor, resetUntil: stored })
  const confirmed = cursor > 0 && cursor <= state.counter ? cursor : (device?.cursor ?? 0)
  saveCursor(state, deviceId, confirmed, resetUntilAfter(state, stored, cursor, pulled))
  return pulled
}

function resetUntilAfter(
  state: UserState,
  stored: number | null,
  cursor: number,
  { reset, next }: Pulled,
): number | null {
  if (reset && next.resetUntil !== null) {
    // Another tab of the device may be inside a reset of its own: both go on where the earlier began.
    const isUsable = stored !== null && stored >= state.inboxFloor
    return isUsable ? Math.min(stored, next.resetUntil) : next.resetUntil
  }
  // The last page of a reset ends it; an ordinary poll has nothing to do with one.
  return cursor < 0 ? next.resetUntil : stored
}
