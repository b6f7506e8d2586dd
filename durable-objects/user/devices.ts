import type { UserState } from './state.ts'

/** What the object remembers of a device beyond its sockets. Times in Unix milliseconds. */
type DeviceRow = { cursor: number; reset_until: number | null; ended_at: number | null }

export function findDevice(state: UserState, deviceId: string): DeviceRow | undefined {
  if (!state.exists) return undefined
  return state.sql
    .exec<DeviceRow>(
      'SELECT cursor, reset_until, ended_at FROM devices WHERE device_id = ?',
      deviceId,
    )
    .toArray()[0]
}

/** The highest cursor that a device has confirmed, as far as it is stored. */
export function highestCursor(state: UserState): number {
  if (!state.exists) return 0
  const { cursor } = state.sql
    .exec<{ cursor: number | null }>(
      'SELECT max(cursor) AS cursor FROM devices WHERE ended_at IS NULL',
    )
    .one()
  return cursor ?? 0
}

/** Saves how far a device has confirmed, and where a reset of several pages goes on. */
export function saveCursor(
  state: UserState,
  deviceId: string,
  cursor: number,
  resetUntil: number | null,
): void {
  const before = findDevice(state, deviceId)
  if (before?.cursor === cursor && before.reset_until === resetUntil) return
  state.sql.exec(
    `INSERT INTO devices (device_id, cursor, reset_until) VALUES (?1, ?2, ?3)
     ON CONFLICT (device_id) DO UPDATE SET cursor = ?2, reset_until = ?3`,
    deviceId,
    cursor,
    resetUntil,
  )
}

/** Marks a device as ended for good; session ids are never given out again. */
export function markEnded(state: UserState, deviceId: string, now: number): void {
  state.sql.exec(
    `INSERT INTO devices (device_id, cursor, ended_at) VALUES (?1, 0, ?2)
     ON CONFLICT (device_id) DO UPDATE SET ended_at = ?2`,
    deviceId,
    now,
  )
}

/** Notes that the device is about to open a socket on a channel. */
export function attach(state: UserState, deviceId: string, channelId: string): void {
  state.sql.exec(
    'INSERT OR IGNORE INTO attachments (device_id, channel_id) VALUES (?, ?)',
    deviceId,
    channelId,
  )
}

/** The channels on which the device may have a socket. */
export function attachedChannels(state: UserState, deviceId: string): string[] {
  return state.sql
    .exec<{ channel_id: string }>(
      'SELECT channel_id FROM attachments WHERE device_id = ?',
      deviceId,
    )
    .toArray()
    .map((row) => row.channel_id)
}

export function forgetAttachments(state: UserState, deviceId: string): void {
  state.sql.exec('DELETE FROM attachments WHERE device_id = ?', deviceId)
}
