import { MAX_SOCKETS_PER_USER, OFFLINE_AFTER_SECONDS } from '../../../protocol/limits.ts'
import type { UserState } from '../state.ts'

export const OFFLINE_AFTER_MS = OFFLINE_AFTER_SECONDS * 1000

/** To keep each heartbeat that is looked at would be a row every half minute. */
const KEPT_EVERY_MS = 10 * 60_000

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
  const { lastActiveAt, goneUntil } = readStored(state)
  const newest = Math.max(lastActiveAt, ...heard)
  const offlineAt = Math.max(...heard.map((time) => time + OFFLINE_AFTER_MS), goneUntil)
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

/**
 * Keeps what would be lost if the object died with its sockets: that there are some, and when they were heard,
 * which may be ten minutes old for somebody who is there. Belongs into a block that writes.
 */
export function keepActivity(state: UserState, heard: readonly number[], now: number): void {
  const stored = readStored(state)
  const connected = heard.length > 0
  const lastActiveAt = Math.max(stored.lastActiveAt, ...heard)
  const isOnline = lastActiveAt + OFFLINE_AFTER_MS > now
  const isRecent = isOnline && lastActiveAt - stored.lastActiveAt < KEPT_EVERY_MS
  if (stored.connected !== connected || !isRecent) save(state, { lastActiveAt, connected })
}

/**
 * Notes that a socket is gone whose device was heard last at `heardAt`: within the time that is left of
 * 30 s from then, nobody sees it. One row, which also says when this person was last there. Belongs into
 * a block that writes.
 */
export function noteGone(state: UserState, { deviceId, heardAt, othersOpen }: GoneSocket): void {
  saveGone(state, deviceId, heardAt + OFFLINE_AFTER_MS)
  const stored = readStored(state)
  if (stored.connected && !othersOpen) save(state, { ...stored, connected: false })
}

/**
 * Notes that the session of a socket ended: nobody waits for that device to come back, but for others that
 * are away. Belongs into a block that writes.
 */
export function noteEnded(state: UserState, { deviceId, heardAt, othersOpen }: GoneSocket): void {
  const { connected, lastActiveAt } = readStored(state)
  save(state, {
    lastActiveAt: Math.max(lastActiveAt, heardAt),
    connected: connected && othersOpen,
  })
  state.sql.exec('DELETE FROM gone_devices WHERE device_id = ?', deviceId)
}

interface GoneSocket {
  deviceId: string
  heardAt: number
  othersOpen: boolean
}

interface Stored {
  lastActiveAt: number
  /** Whether there were sockets when that was last noted. */
  connected: boolean
  /** Until when one of the devices that are gone may come back unseen. */
  goneUntil: number
}

/** Sockets that vanished with the object: whose they were, and when heard last, is not known. */
const SOME_DEVICE = ''

const NOTHING: Stored = { lastActiveAt: 0, connected: false, goneUntil: 0 }

function readStored(state: UserState): Stored {
  if (!state.exists) return NOTHING
  const { last_active_at: saved, connected } = state.sql
    .exec<{ last_active_at: number; connected: number }>(
      `SELECT ifnull(max(last_active_at), 0) AS last_active_at, ifnull(max(connected), 0) AS connected
       FROM presence`,
    )
    .one()
  const { until, known_until: knownUntil } = state.sql
    .exec<{ until: number; known_until: number }>(
      `SELECT ifnull(max(online_until), 0) AS until,
         ifnull(max(online_until) FILTER (WHERE device_id <> ?), 0) AS known_until
       FROM gone_devices`,
      SOME_DEVICE,
    )
    .one()
  return {
    lastActiveAt: Math.max(saved, knownUntil - OFFLINE_AFTER_MS),
    connected: connected === 1,
    goneUntil: until,
  }
}

/** As many devices are kept as may be connected at once: the latest, of which the others say nothing new. */
function saveGone(state: UserState, deviceId: string, until: number): void {
  state.sql.exec(
    `INSERT INTO gone_devices (device_id, online_until) VALUES (?, ?)
     ON CONFLICT (device_id) DO UPDATE SET online_until = max(online_until, excluded.online_until)`,
    deviceId,
    until,
  )
  state.sql.exec(
    `DELETE FROM gone_devices WHERE device_id IN (
       SELECT device_id FROM gone_devices ORDER BY online_until DESC LIMIT -1 OFFSET ?)`,
    MAX_SOCKETS_PER_USER,
  )
}

function save(state: UserState, next: Pick<Stored, 'lastActiveAt' | 'connected'>): void {
  state.sql.exec(
    `INSERT INTO presence (id, last_active_at, connected) VALUES (1, ?, ?)
     ON CONFLICT (id) DO UPDATE
     SET last_active_at = excluded.last_active_at, connected = excluded.connected
     WHERE last_active_at <> excluded.last_active_at OR connected <> excluded.connected`,
    next.lastActiveAt,
    Number(next.connected),
  )
}
