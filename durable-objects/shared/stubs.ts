import type { ChannelObject } from '../channel/channel-object.ts'
import type { UserObject } from '../user/user-object.ts'
import { isChannelId } from './channel-id.ts'
import { invitedChannelId } from './invite-code.ts'

/** The one place that turns an id into a stub. */

/**
 * The object of a person. `userId` comes from a session or from a channel's members, never from a
 * request. The hint only counts for whoever touches the object first: it is then created there.
 */
export function userStub(
  env: Env,
  userId: string,
  locationHint?: DurableObjectLocationHint,
): DurableObjectStub<UserObject> {
  return env.USER.get(env.USER.idFromName(userId), locationHint ? { locationHint } : {})
}

/** The object of a channel, or null for an id that this deployment never gave out. */
export function channelStub(
  env: Env,
  channelId: string,
  locationHint?: DurableObjectLocationHint,
): DurableObjectStub<ChannelObject> | null {
  if (!isChannelId(env.CHANNEL_KEY, channelId)) return null
  return env.CHANNEL.get(env.CHANNEL.idFromName(channelId), locationHint ? { locationHint } : {})
}

/** The object of the group that an invite link leads to, or null for a code that nobody was given. */
export function invitedStub(env: Env, code: string): DurableObjectStub<ChannelObject> | null {
  const channelId = invitedChannelId(env.CHANNEL_KEY, code)
  return channelId === null ? null : channelStub(env, channelId)
}
