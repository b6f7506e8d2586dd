import type { UserState } from '../state.ts'

/**
 * Pushes that are owed until the queue has taken them, at most one of each kind for a channel: to show what
 * is new, and (`clear`) to put right what is shown: take it back, or its text if that was deleted or edited.
 */
export type OwedPush = {
  kind: 'show' | 'clear'
  channel_id: string
  due_at: number
  /** Raised by what comes while it is on its way to the queue, so that it stays owed. */
  stamp: number
  failures: number
  /** Somebody was there when it came: owed only if no device confirms the inbox from `from_seq` on. */
  if_unconfirmed: number
  /** The row of the inbox with the first message that is owed, and the least id it can have. */
  from_seq: number
  from_message_id: number
}

/** Messages of a channel that have just come into the inbox. */
export interface Arrival {
  channelId: string
  seq: number
  messageId: number
  dueAt: number
  ifUnconfirmed: boolean
}

/**
 * Owes a push for what arrived. It goes along with one that is owed already, which is then not written
 * again unless it has to be earlier, or is on its way to the queue without this. Returns whether anything
 * was written. Belongs into a block that writes.
 */
export function oweShow(state: UserState, arrival: Arrival, isOnItsWay: boolean): boolean {
  const { channelId, seq, messageId, dueAt, ifUnconfirmed } = arrival
  const before = findOwed(state, 'show', channelId)
  if (before === null) {
    state.sql.exec(
      `INSERT INTO owed_pushes (kind, channel_id, due_at, if_unconfirmed, from_seq, from_message_id)
       VALUES ('show', ?, ?, ?, ?, ?)`,
      channelId,
      dueAt,
      Number(ifUnconfirmed),
      seq,
      messageId,
    )
    return true
  }
  if (isOnItsWay) {
    state.sql.exec(
      `UPDATE owed_pushes SET due_at = ?, if_unconfirmed = ?, stamp = stamp + 1
       WHERE kind = 'show' AND channel_id = ?`,
      dueAt,
      Number(ifUnconfirmed),
      channelId,
    )
    return true
  }
  if (before.if_unconfirmed === 0 || ifUnconfirmed) return false
  state.sql.exec(
    `UPDATE owed_pushes SET due_at = min(due_at, ?), if_unconfirmed = 0
     WHERE kind = 'show' AND channel_id = ?`,
    dueAt,
    channelId,
  )
  return true
}

/** Owes that a notification is put right. Belongs into a block that writes. */
export function oweClear(state: UserState, channelId: string, now: number): void {
  state.sql.exec(
    `INSERT INTO owed_pushes (kind, channel_id, due_at) VALUES ('clear', ?1, ?2)
     ON CONFLICT (kind, channel_id) DO UPDATE SET stamp = stamp + 1`,
    channelId,
    now,
  )
}

/** Looks again later, for what came from `seq` on. Belongs into a block that writes. */
export function postpone(state: UserState, owed: OwedPush, dueAt: number, seq: number): void {
  state.sql.exec(
    'UPDATE owed_pushes SET due_at = ?, from_seq = ? WHERE kind = ? AND channel_id = ?',
    dueAt,
    seq,
    owed.kind,
    owed.channel_id,
  )
}

/** The queue did not take it. Belongs into a block that writes. */
export function retryAt(state: UserState, { kind, channel_id }: OwedPush, dueAt: number): void {
  state.sql.exec(
    `UPDATE owed_pushes SET due_at = ?, failures = failures + 1 WHERE kind = ? AND channel_id = ?`,
    dueAt,
    kind,
    channel_id,
  )
}

/**
 * The queue has it, up to `messageId`, or there is nothing to be told: only what came since stays owed.
 * Belongs into a block that writes.
 */
export function settleOwed(
  state: UserState,
  { kind, channel_id, stamp }: OwedPush,
  messageId: number,
): void {
  state.sql.exec(
    'DELETE FROM owed_pushes WHERE kind = ? AND channel_id = ? AND stamp = ?',
    kind,
    channel_id,
    stamp,
  )
  state.sql.exec(
    `UPDATE owed_pushes SET failures = 0, from_message_id = max(from_message_id, ?)
     WHERE kind = ? AND channel_id = ?`,
    messageId + 1,
    kind,
    channel_id,
  )
}

function findOwed(state: UserState, kind: OwedPush['kind'], channelId: string): OwedPush | null {
  return (
    state.sql
      .exec<OwedPush>(
        'SELECT * FROM owed_pushes WHERE kind = ? AND channel_id = ?',
        kind,
        channelId,
      )
      .toArray()[0] ?? null
  )
}

/** What is due, the longest waiting first. */
export function duePushes(state: UserState, now: number, limit: number): OwedPush[] {
  return state.sql
    .exec<OwedPush>(
      'SELECT * FROM owed_pushes WHERE due_at <= ? ORDER BY due_at LIMIT ?',
      now,
      limit,
    )
    .toArray()
}

export function nextPushAt(state: UserState): number | null {
  return state.sql.exec<{ at: number | null }>('SELECT min(due_at) AS at FROM owed_pushes').one().at
}

/** What waits for a time of its own is looked at now. Belongs into a block that writes. */
export function hurryPushes(state: UserState, now: number): void {
  state.sql.exec('UPDATE owed_pushes SET due_at = ? WHERE due_at > ?', now, now)
}

/** Without an address nobody is told of anything. Belongs into a block that writes. */
export function forgetPushes(state: UserState): void {
  state.sql.exec('DELETE FROM owed_pushes')
  state.sql.exec('DELETE FROM told_pushes')
}
