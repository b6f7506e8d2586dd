import { createHmac, timingSafeEqual } from 'node:crypto'

/**
 * Channel ids are derived with the deployment's `CHANNEL_KEY`, not drawn: opening a DM twice, from
 * either side, and sending the creation of a group again, name the same object without any table.
 *
 * An id is a letter for the kind, 128 bits that say which channel, and a 48-bit tag over both. The
 * tag lets an id that nobody was given be refused before an object is touched, so that guessing
 * creates nothing. Changing the key would lose every channel: it never changes.
 */

const BODY_LENGTH = 22
const TAG_LENGTH = 8

/** The DM of two people, or of one with oneself; the order does not matter. */
export function dmChannelId(key: string, userId: string, otherUserId: string): string {
  return sign(key, `d${digest(key, ['dm', ...[userId, otherUserId].sort()], BODY_LENGTH)}`)
}

/** The group that `creatorId` means by `clientId`. */
export function groupChannelId(key: string, creatorId: string, clientId: string): string {
  return sign(key, `g${digest(key, ['group', creatorId, clientId], BODY_LENGTH)}`)
}

/** The part of a group's id that says which group it is. */
export function groupBody(channelId: string): string {
  return channelId.slice(1, 1 + BODY_LENGTH)
}

/** The id of the group that a `groupBody` is of. */
export function groupIdOf(key: string, body: string): string {
  return sign(key, `g${body}`)
}

/** Whether this deployment gave out `channelId`. */
export function isChannelId(key: string, channelId: string): boolean {
  if (channelId.length !== 1 + BODY_LENGTH + TAG_LENGTH) return false
  const expected = sign(key, channelId.slice(0, 1 + BODY_LENGTH))
  const given = Buffer.from(channelId)
  return given.length === expected.length && timingSafeEqual(given, Buffer.from(expected))
}

function sign(key: string, body: string): string {
  return body + digest(key, ['tag', body], TAG_LENGTH)
}

/** A keyed hash of these parts, as the first `length` characters of base64url. */
export function digest(key: string, parts: readonly string[], length: number): string {
  return createHmac('sha256', key)
    .update(JSON.stringify(parts))
    .digest('base64url')
    .slice(0, length)
}
