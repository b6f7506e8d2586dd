import { describe, expect, it } from 'vitest'
import type { ChannelObject } from '../../durable-objects/channel/channel-object.ts'
import type { Profile } from '../../durable-objects/shared/profile.ts'
import { fail, ok, type Result } from '../../protocol/errors.ts'
import { RIGHTS, STANDINGS, type Action, type Standing } from '../../protocol/permissions.ts'
import { codeOf, item, makeGroup, openDm, person, say, value } from './support.ts'

type Stub = DurableObjectStub<ChannelObject>

/** A channel in which somebody stands as the table says, among others of every kind. */
interface Scene {
  stub: Stub
  actor: Profile
  /** The person in each role who is not the actor; in a DM the other one is all of them. */
  others: Record<'owner' | 'admin' | 'member', Profile>
  ownMessageId: number
  othersMessageId: number
  inviteCode: string
}

async function scene(standing: Standing): Promise<Scene> {
  const actor = person('actor')
  if (standing === 'dm') {
    const other = person('other')
    const { stub } = await openDm(actor, other)
    const others = { owner: other, admin: other, member: other }
    return { stub, actor, others, inviteCode: 'none', ...(await twoMessages(stub, actor, other)) }
  }
  const others = { owner: person('owner'), admin: person('admin'), member: person('member') }
  const founder = standing === 'owner' ? actor : others.owner
  const { stub } = await makeGroup(founder, [actor, others.admin, others.member])
  value(await stub.setRole(founder.userId, others.admin.userId, 'admin'))
  if (standing === 'admin') value(await stub.setRole(founder.userId, actor.userId, 'admin'))
  if (standing === 'owner') others.owner = others.admin
  const invite = await stub.createInvite(founder.userId, { maxUses: null, expiresAt: null })
  const messages = await twoMessages(stub, actor, others.member)
  return { stub, actor, others, inviteCode: value(invite).code, ...messages }
}

async function twoMessages(stub: Stub, actor: Profile, other: Profile) {
  const own = await say(stub, actor, 'mine')
  const others = await say(stub, other, 'not mine')
  return { ownMessageId: own.messageId, othersMessageId: others.messageId }
}

/** How each action of the table is done. A mention that names nobody counts as refused. */
const ATTEMPTS: Record<Action, (scene: Scene) => Promise<Result<unknown>>> = {
  read: async ({ stub, actor }) => await stub.history(actor.userId, { limit: 5 }),
  send: async ({ stub, actor }) => (await stub.send(actor.userId, [item('hello')]))[0]!,
  react: async (s) => await s.stub.react(s.actor.userId, s.othersMessageId, '👍'),
  editOwn: async (s) => await s.stub.edit(s.actor.userId, s.ownMessageId, 'better'),
  editOthers: async (s) => await s.stub.edit(s.actor.userId, s.othersMessageId, 'worse'),
  deleteOwn: async (s) => await s.stub.delete(s.actor.userId, s.ownMessageId),
  deleteOthers: async (s) => await s.stub.delete(s.actor.userId, s.othersMessageId),
  mentionAll: async ({ stub, actor }) => {
    const [sent] = await stub.send(actor.userId, [item('hello @all')])
    if (!sent!.ok) return sent!
    const isMention = sent!.value.message.mentions.length > 0
    return isMention ? ok(null) : fail('forbidden', 'plain text')
  },
  add: async ({ stub, actor }) => await stub.add(actor.userId, person('new')),
  invite: async ({ stub, actor, inviteCode }) => {
    const all = [
      await stub.createInvite(actor.userId, { maxUses: 1, expiresAt: null }),
      await stub.invites(actor.userId),
      await stub.revokeInvite(actor.userId, inviteCode),
    ]
    expect(new Set(all.map(codeOf)).size).toBe(1)
    return all[0]!
  },
  rename: async ({ stub, actor }) => await stub.rename(actor.userId, 'Another'),
  removeMember: async (s) => await s.stub.remove(s.actor.userId, s.others.member.userId),
  removeAdmin: async (s) => await s.stub.remove(s.actor.userId, s.others.admin.userId),
  removeOwner: async (s) => {
    // Where the actor is the owner, there is another one only once they have handed over.
    await s.stub.setRole(s.actor.userId, s.others.owner.userId, 'owner')
    return await s.stub.remove(s.actor.userId, s.others.owner.userId)
  },
  setRole: async (s) => await s.stub.setRole(s.actor.userId, s.others.member.userId, 'admin'),
  handOver: async (s) => await s.stub.setRole(s.actor.userId, s.others.member.userId, 'owner'),
  leave: async ({ stub, actor }) => await stub.remove(actor.userId, actor.userId),
  settings: async ({ stub, actor }) => await stub.changeSettings(actor.userId, { notify: 'none' }),
}

const ACTIONS = Object.keys(RIGHTS) as Action[]

describe.each(STANDINGS)('as %s', (standing) => {
  it.each(ACTIONS)('the table of rights decides about %s', async (action) => {
    const allowed: readonly Standing[] = RIGHTS[action].who
    const here = await scene(standing)
    expect(codeOf(await ATTEMPTS[action](here))).toBe(
      allowed.includes(standing) ? 'ok' : 'forbidden',
    )
  })

  it.each(ACTIONS)('%s is refused as if nothing was there to whoever is not in', async (action) => {
    const here = await scene(standing)
    const before = await everything(here)
    const outside = { ...here, actor: person('outsider') }
    expect(codeOf(await ATTEMPTS[action](outside))).toBe('not_found')
    expect(await everything(here)).toEqual(before)
  })
})

/** Nobody leaves a DM. */
const LEAVABLE = STANDINGS.filter((standing) => standing !== 'dm')

describe.each(LEAVABLE)('formerly %s', (standing) => {
  it.each(ACTIONS)(
    '%s is refused as if nothing was there to whoever has left, or was removed',
    async (action) => {
      for (const isRemoved of [false, true]) {
        const here = await scene(standing)
        const { stub, actor, others } = here
        const remover = standing === 'owner' ? others.admin : others.owner
        if (isRemoved && standing === 'owner') {
          value(await stub.setRole(actor.userId, others.admin.userId, 'owner'))
        }
        value(await stub.remove(isRemoved ? remover.userId : actor.userId, actor.userId))
        const witness = { ...here, actor: others.member }
        const before = await everything(witness)
        expect(codeOf(await ATTEMPTS[action](here))).toBe('not_found')
        expect(await everything(witness)).toEqual(before)
      }
    },
  )
})

it('a code that somebody outside tries to revoke still lets people in', async () => {
  const { stub, inviteCode } = await scene('owner')
  expect(codeOf(await stub.revokeInvite(person('outsider').userId, inviteCode))).toBe('not_found')
  value(await stub.join(person('guest'), inviteCode))
})

/** All that a member can see, to tell whether anything has changed. */
async function everything({ stub, actor }: Scene) {
  return [
    value(await stub.describe(actor.userId)),
    value(await stub.history(actor.userId, { limit: 200 })).messages,
  ]
}
