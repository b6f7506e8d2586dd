import { randomBytes, timingSafeEqual } from 'node:crypto'
import { digest, groupBody, groupIdOf } from './channel-id.ts'

/**
 * The code of an invite link names its group, so that no table has to: it is the part of the channel's
 * id that says which one, 96 bits that were drawn, and a tag over both that lets a code that nobody was
 * given be refused before an object is touched. Whether it still counts, the channel object knows.
 */

const BODY_LENGTH = 22
const SECRET_BYTES = 12
/** What they are in base64url. */
const SECRET_LENGTH = 16
const TAG_LENGTH = 8

/** A new code for this group. */
export function newInviteCode(key: string, channelId: string): string {
  return sign(key, groupBody(channelId) + randomBytes(SECRET_BYTES).toString('base64url'))
}

/** The group that a code leads to, or null for one that this deployment never gave out. */
export function invitedChannelId(key: string, code: string): string | null {
  if (code.length !== BODY_LENGTH + SECRET_LENGTH + TAG_LENGTH) return null
  const expected = Buffer.from(sign(key, code.slice(0, BODY_LENGTH + SECRET_LENGTH)))
  const given = Buffer.from(code)
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null
  return groupIdOf(key, code.slice(0, BODY_LENGTH))
}

function sign(key: string, body: string): string {
  return body + digest(key, ['invite', body], TAG_LENGTH)
}
