import { OFFLINE_AFTER_SECONDS } from '../../../protocol/limits.ts'
import type { UserState } from '../state.ts'

export const OFFLINE_AFTER_MS = OFFLINE_AFTER_SECONDS * 1000

/** Whether a person is there, as of now. */
export interface Activity {
  online: boolean
  /** Their newest heartbeat; null if none was ever heard. */
  lastActiveAt: number | null
  /** When they count as offline unless another heartbeat comes; null while they are. */
  offlineAt: number | null
}

/** What the object knows beside its open sockets, of which `heard` are the newest heartbeats. */
export function readActivity(state: UserState, heard: readonly number[], now: number): Activity {
  const { lastActiveAt } = readStored(state)
  const newest = Math.max(lastActiveAt, ...heard)
  const offlineAt = Math.max(...heard.map((time) => time + OFFLINE_AFTER_MS), readGoneUntil(state))
  const online = offlineAt > now
  return {
    online,
    lastActiveAt: newest > 0 ? newest : null,
    offlineAt: online ? offlineAt : null,
  }
}

/** Whether there are no sockets although there were: they went with the object and said nothing. */
export function hasVanished(state: UserState, heard: readonly number[]): boolean {
  return heard.length === 0 && readStored(state).connected
}

/** Whoever vanished has their time to come back from now on. Belongs into a block that writes. */
export function noteVanished(state: UserState, now: number): void {
  saveGone(state, SOME_DEVICE, now + OFFLINE_AFTER_MS)
  save(state, { ...readStored(state), connected: false })
}

/** Keeps what was found, so that a restart changes nothing. Belongs into a block that writes. */
export function saveActivity(state: UserState, heard: readonly number[], now: number): void {
  const lastActiveAt = Math.max(readStored(state).lastActiveAt, ...heard)
  state.sql.exec('DELETE FROM gone_devices WHERE online_until <= ?', now)
  save(state, { lastActiveAt, connected: heard.length > 0 })
}

/**
 * Notes that a socket is gone whose device was heard last at `heardAt`: within the time that is left of
 * 30 s from then, nobody sees it. Belongs into a block that writes.
 */
export function noteGone(state: UserState, gone: GoneSocket): void {
  noteSocket(state, gone)
  saveGone(state, gone.deviceId, gone.heardAt + OFFLINE_AFTER_MS)
}

/**
 * Notes that the session of a socket ended: nobody waits for that device to come back, but for others that
 * are away. Belongs into a block that writes.
 */
export function noteEnded(state: UserState, gone: GoneSocket): void {
  noteSocket(state, gone)
  state.sql.exec('DELETE FROM gone_devices WHERE device_id = ?', gone.deviceId)
}

interface GoneSocket {
  deviceId: string
  heardAt: number
  othersOpen: boolean
}

interface Stored {
  lastActiveAt: number
  connected: boolean
}

/** Sockets that vanished with the object: whose they were is not known. */
const SOME_DEVICE = ''

function noteSocket(state: UserState, { heardAt, othersOpen }: GoneSocket): void {
  const lastActiveAt = Math.max(readStored(state).lastActiveAt, heardAt)
  save(state, { lastActiveAt, connected: othersOpen })
}

function readStored(state: UserState): Stored {
  const row = state.exists
    ? state.sql
        .exec<{ last_active_at: number; connected: number }>(
          'SELECT last_active_at, connected FROM presence',
        )
        .toArray()[0]
    : undefined
  return { lastActiveAt: row?.last_active_at ?? 0, connected: row?.connected === 1 }
}

function readGoneUntil(state: UserState): number {
  if (!state.exists) return 0
  const { until } = state.sql
    .exec<{ until: number | null }>('SELECT max(online_until) AS until FROM gone_devices')
    .one()
  return until ?? 0
}

function saveGone(state: UserState, deviceId: string, until: number): void {
  state.sql.exec(
    `INSERT INTO gone_devices (device_id, online_until) VALUES (?, ?)
     ON CONFLICT (device_id) DO UPDATE SET online_until = max(online_until, excluded.online_until)`,
    deviceId,
    until,
  )
}

function save(state: UserState, next: Stored): void {
  const before = readStored(state)
  if (before.lastActiveAt === next.lastActiveAt && before.connected === next.connected) return
  state.sql.exec(
    'INSERT OR REPLACE INTO presence (id, last_active_at, connected) VALUES (1, ?, ?)',
    next.lastActiveAt,
    Number(next.connected),
  )
}
