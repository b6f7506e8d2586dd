import type { Message } from '../../../protocol/objects.ts'
import type { UserState } from '../state.ts'

/** The notification of a channel that devices show. */
export type Told = {
  /** Up to which message they have been told. */
  message_id: number
  /** The first message of it: pushes of one notification replace each other, and those of no other. */
  since_message_id: number
  /** The message whose text it shows, and when that was edited last. */
  shows_message_id: number
  edited_at: number | null
  told_at: number
  /** 1: it is being taken back. */
  is_taken_back: number
}

/** Null if devices show none. */
export function findTold(state: UserState, channelId: string): Told | null {
  const row = state.sql
    .exec<Told>(
      `SELECT message_id, since_message_id, shows_message_id, edited_at, told_at, is_taken_back
       FROM told_pushes WHERE channel_id = ?`,
      channelId,
    )
    .toArray()[0]
  return row ?? null
}

/**
 * Notes that devices are told of a message, before the queue is asked, so that nothing is shown that is not
 * known here. Returns the first message of their notification: one that is being taken back is not gone on
 * with, or the push that takes it back might replace this one. Belongs into a block that writes.
 */
export function saveTold(state: UserState, message: Message, now: number): number {
  const { channelId, messageId, editedAt } = message
  const told = findTold(state, channelId)
  const goesOn = told !== null && told.is_taken_back === 0 && told.since_message_id > 0
  const since = goesOn ? told.since_message_id : messageId
  state.sql.exec(
    `INSERT OR REPLACE INTO told_pushes (channel_id, message_id, since_message_id, shows_message_id,
       edited_at, told_at) VALUES (?, ?, ?, ?, ?, ?)`,
    channelId,
    Math.max(messageId, told?.message_id ?? 0),
    since,
    messageId,
    editedAt,
    now,
  )
  return since
}

/** Belongs into a block that writes. */
export function noteTakenBack(state: UserState, channelId: string): void {
  state.sql.exec('UPDATE told_pushes SET is_taken_back = 1 WHERE channel_id = ?', channelId)
}

/** It is taken back, unless devices were told anew meanwhile. Belongs into a block that writes. */
export function forgetTold(state: UserState, channelId: string): void {
  state.sql.exec('DELETE FROM told_pushes WHERE channel_id = ? AND is_taken_back = 1', channelId)
}
