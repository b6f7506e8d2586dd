import { MAX_PUSH_ADDRESSES } from '../../../protocol/limits.ts'
import { pushAddressSchema, type PushAddress } from '../../../protocol/push.ts'
import type { UserState } from '../state.ts'

/** Where a device of this person gets its pushes. Times in Unix milliseconds. */
export interface DeviceAddress {
  deviceId: string
  address: PushAddress
  registeredAt: number
  /** When its session ends by itself, and the pushes with it. */
  expiresAt: number
}

type AddressRow = {
  device_id: string
  address: string
  registered_at: number
  expires_at: number
}

const COLUMNS = 'device_id, address, registered_at, expires_at'

export function findAddress(state: UserState, deviceId: string): DeviceAddress | null {
  if (!state.exists) return null
  const row = state.sql
    .exec<AddressRow>(`SELECT ${COLUMNS} FROM push_addresses WHERE device_id = ?`, deviceId)
    .toArray()[0]
  return row ? toAddress(row) : null
}

/** All of this person's, the first registered first; also those whose session is over. */
export function listAddresses(state: UserState): DeviceAddress[] {
  if (!state.exists) return []
  return state.sql
    .exec<AddressRow>(`SELECT ${COLUMNS} FROM push_addresses ORDER BY registered_at`)
    .toArray()
    .map(toAddress)
}

export function hasAddresses(state: UserState): boolean {
  return state.exists && !state.sql.exec('SELECT 1 FROM push_addresses LIMIT 1').next().done
}

/**
 * Keeps the address of a device in the place of its last one. Returns the devices that lose theirs, since
 * there are too many. Belongs into a block that writes.
 */
export function saveAddress(state: UserState, entry: DeviceAddress): string[] {
  const { deviceId, address, registeredAt, expiresAt } = entry
  state.sql.exec(
    `INSERT OR REPLACE INTO push_addresses (${COLUMNS}) VALUES (?, ?, ?, ?)`,
    deviceId,
    JSON.stringify(address),
    registeredAt,
    expiresAt,
  )
  const all = listAddresses(state).filter((other) => other.deviceId !== deviceId)
  const excess = all.slice(0, Math.max(0, all.length + 1 - MAX_PUSH_ADDRESSES))
  for (const other of excess) dropAddress(state, other.deviceId)
  return excess.map((other) => other.deviceId)
}

/** The session of the device goes on longer. Belongs into a block that writes. */
export function prolongAddress(state: UserState, deviceId: string, expiresAt: number): void {
  state.sql.exec(
    'UPDATE push_addresses SET expires_at = ? WHERE device_id = ?',
    expiresAt,
    deviceId,
  )
}

/** Belongs into a block that writes. */
export function dropAddress(state: UserState, deviceId: string): void {
  state.sql.exec('DELETE FROM push_addresses WHERE device_id = ?', deviceId)
}

export function isSameAddress(one: PushAddress, other: PushAddress): boolean {
  return JSON.stringify(pushAddressSchema.parse(one)) === JSON.stringify(other)
}

function toAddress(row: AddressRow): DeviceAddress {
  return {
    deviceId: row.device_id,
    address: pushAddressSchema.parse(JSON.parse(row.address)),
    registeredAt: row.registered_at,
    expiresAt: row.expires_at,
  }
}
