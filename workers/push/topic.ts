import { createHmac } from 'node:crypto'
import type { PushJob } from '../../protocol/push.ts'

/** RFC 8030, section 5.4: at most 32 characters of base64url. */
const TOPIC_LENGTH = 32

/**
 * What a push service replaces one undelivered push with another by: the same for one notification of a channel
 * on one device. The next notification has another one, so what takes this one back, however late, never
 * replaces that. Keyed, and other for each device, so that a service cannot tell who talks with whom.
 */
export function pushTopic(
  key: string,
  job: Pick<PushJob, 'userId' | 'deviceId' | 'channelId' | 'sinceMessageId'>,
): string {
  const { userId, deviceId, channelId, sinceMessageId } = job
  const notification = sinceMessageId === null ? [] : [sinceMessageId]
  return createHmac('sha256', key)
    .update(JSON.stringify(['push', userId, deviceId, channelId, ...notification]))
    .digest('base64url')
    .slice(0, TOPIC_LENGTH)
}
