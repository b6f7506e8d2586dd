import { fail, ok, type Result } from '../../protocol/errors.ts'
import { MAX_GROUP_MEMBERS } from '../../protocol/limits.ts'
import type { Channel } from '../../protocol/objects.ts'
import type { Profile } from '../shared/profile.ts'
import { newMember } from './members.ts'
import { ChannelState, type ChannelIdentity } from './state.ts'

export interface CreateInput {
  channelId: string
  kind: ChannelIdentity['kind']
  title: string | null
  creator: Profile
  /** The others; the creator among them, or anyone twice, counts once. */
  others: Profile[]
}

/** Everyone who will be a member, each once, the creator first; `group_full` beyond 100. */
export function membersToBe(input: CreateInput): Result<Profile[]> {
  const profiles = new Map<string, Profile>([[input.creator.userId, input.creator]])
  for (const profile of input.others) {
    if (!profiles.has(profile.userId)) profiles.set(profile.userId, profile)
  }
  if (profiles.size > MAX_GROUP_MEMBERS) {
    return fail('group_full', `A group has at most ${MAX_GROUP_MEMBERS} members`)
  }
  return ok([...profiles.values()])
}

/** Writes a new channel with all of its members, or nothing. Synchronous: one commit. */
export function createChannel(
  storage: DurableObjectStorage,
  input: CreateInput,
  profiles: Profile[],
  now: number,
): ChannelState {
  return storage.transactionSync(() => {
    const state = ChannelState.create(storage, {
      channelId: input.channelId,
      kind: input.kind,
      title: input.title,
      createdAt: now,
    })
    // A group says who made it; a DM has nothing to tell, so its members only take a version.
    const version =
      input.kind === 'group'
        ? state.appendSystem(
            input.creator.userId,
            { action: 'created', userId: null, title: input.title },
            now,
          ).version
        : state.nextVersion()
    for (const profile of profiles) {
      const owns = input.kind === 'group' && profile.userId === input.creator.userId
      state.saveMember(newMember(profile, owns ? 'owner' : 'member', version, 0))
      state.hiddenReads.set(state, profile.userId, profile.receipts)
    }
    return state
  })
}

/** What creating a channel that exists answers: its view for a member, nothing for others. */
export function openChannel(state: ChannelState, userId: string): Result<Channel> {
  const member = state.member(userId)
  if (!member) return fail('not_found', 'No such channel')
  return ok(state.describe(member))
}
