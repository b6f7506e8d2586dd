import { fail, ok, type Failure, type Result } from '../protocol/errors.ts'
import type { ChannelObject } from '../durable-objects/channel/channel-object.ts'
import { channelStub } from '../durable-objects/shared/stubs.ts'
import { findUnaddable } from './db/contacts.ts'
import { findProfiles } from './profiles.ts'
import type { Profile } from './context.ts'

export const NO_CHANNEL: Failure = fail('not_found', 'No such channel')

/** The object of a channel named in a request; an id that was never given out is `not_found`. */
export function findChannel(env: Env, channelId: string): Result<DurableObjectStub<ChannelObject>> {
  const stub = channelStub(env, channelId)
  return stub ? ok(stub) : NO_CHANNEL
}

/** The profiles of all these people, in this order, or `not_found` if one of them does not exist. */
export async function requireProfiles(env: Env, userIds: string[]): Promise<Result<Profile[]>> {
  const found = await findProfiles(env, userIds)
  const profiles: Profile[] = []
  for (const userId of userIds) {
    const profile = found.get(userId)
    if (!profile?.handle) return fail('not_found', `No such user: ${userId}`)
    profiles.push(profile)
  }
  return ok(profiles)
}

/**
 * The same for `actorId`, who comes first, and people whom they want to add to a group: `forbidden` if
 * one of them has blocked them or takes only friends, which are told apart for nobody.
 */
export async function requireAddable(
  env: Env,
  actorId: string,
  userIds: string[],
): Promise<Result<Profile[]>> {
  const [profiles, unaddable] = await Promise.all([
    requireProfiles(env, [actorId, ...userIds]),
    userIds.length === 0 ? [] : findUnaddable(env, actorId, userIds),
  ])
  if (!profiles.ok || unaddable.length === 0) return profiles
  return fail('forbidden', `You may not add this person to a group: ${unaddable[0]}`)
}
