import { WINDOW_BYTES } from '../../protocol/limits.ts'

/** What a device was sent and has not confirmed yet: cursors with the bytes up to each, in order. */
export type Unconfirmed = [cursor: number, bytes: number][]

/** Frames smaller than this are counted together, so that the list stays short. */
const MERGE_BELOW_BYTES = 64 * 1024

/**
 * Workerd has no `bufferedAmount`, so what is in flight to a device is bounded by what it confirms:
 * the server goes on while less than 4 MiB lie beyond the last confirmed cursor.
 */
export function hasRoom(unconfirmed: Unconfirmed): boolean {
  let bytes = 0
  for (const [, size] of unconfirmed) bytes += size
  return bytes < WINDOW_BYTES
}

/** Notes a frame of `bytes` that moves the device to `cursor`. */
export function noteSent(unconfirmed: Unconfirmed, cursor: number, bytes: number): Unconfirmed {
  const last = unconfirmed.at(-1)
  if (last && last[1] + bytes <= MERGE_BELOW_BYTES) {
    return [...unconfirmed.slice(0, -1), [cursor, last[1] + bytes]]
  }
  return [...unconfirmed, [cursor, bytes]]
}

/**
 * Drops what the device confirms by `cursor`. Inside a reset cursors are negative and no order holds
 * between them and others, so there only one that was sent confirms anything.
 */
export function noteConfirmed(unconfirmed: Unconfirmed, cursor: number): Unconfirmed {
  const exact = unconfirmed.findLastIndex(([sent]) => sent === cursor)
  const upTo =
    exact >= 0 ? exact : unconfirmed.findLastIndex(([sent]) => sent >= 0 && sent <= cursor)
  return unconfirmed.slice(upTo + 1)
}
