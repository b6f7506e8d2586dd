import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { invitedStub } from '../../durable-objects/shared/stubs.ts'
import { MAX_INVITES } from '../../protocol/limits.ts'
import type { Channel, Invite } from '../../protocol/objects.ts'
import { call, refusal, signUp } from './edge.ts'
import { codeOf, makeGroup, people, person, say, syncAll, textsOf, value } from './support.ts'

const FOR_EVER = { maxUses: null, expiresAt: null }

async function invited(limits: { maxUses?: number; expiresAt?: number } = {}) {
  const [ana, bob] = [person('ana'), person('bob')]
  const group = await makeGroup(ana, [bob])
  const invite = value(await group.stub.createInvite(ana.userId, { ...FOR_EVER, ...limits }))
  return { ...group, ana, bob, invite, code: invite.code }
}

describe('an invite link', () => {
  it('names its group, and shows the title and how many are in, and nothing of what is said', async () => {
    const { channelId, stub, ana, code } = await invited()
    await say(stub, ana, 'a secret')
    const door = invitedStub(env, code)!
    const channel = value(await door.lookAtInvite(person('cyd').userId, code))
    expect(channel).toMatchObject({ channelId, kind: 'group', title: 'A group', memberCount: 2 })
    expect(channel).toMatchObject({ members: null, lastMessage: null, leftAt: null })
    expect(JSON.stringify(channel)).not.toContain(ana.userId)
  })

  it('lets somebody in, who reads everything and is announced', async () => {
    const { channelId, stub, ana, code } = await invited()
    await say(stub, ana, 'before')
    const cyd = person('cyd')
    const joined = value(await stub.join(cyd, code))
    expect(joined).toMatchObject({ channelId, role: 'member', memberCount: 3, unread: 0 })
    expect(joined.members?.map(({ name }) => name)).toContain('cyd')
    const { messages } = value(await stub.history(cyd.userId, { limit: 5 }))
    expect(messages.map(({ text, system }) => system?.action ?? text)).toEqual([
      'created',
      'before',
      'joined',
    ])
    expect(messages.at(-1)).toMatchObject({ userId: cyd.userId, system: { userId: cyd.userId } })
    // Whoever joins finds the chat in their list at once, and hears what is said from then on.
    expect((await syncAll(cyd, 0)).channels.map((row) => row.channelId)).toEqual([channelId])
    await say(stub, ana, 'welcome')
    await expect.poll(() => textsOf(cyd)).toEqual(['welcome'])
  })

  it('is used up exactly, however many come at once', async () => {
    const { stub, ana, code } = await invited({ maxUses: 3 })
    const guests = people(10)
    const results = await Promise.all(guests.map((guest) => stub.join(guest, code)))
    expect(results.map(codeOf).filter((c) => c === 'ok')).toHaveLength(3)
    expect(results.map(codeOf).filter((c) => c === 'not_found')).toHaveLength(7)
    expect(value(await stub.describe(ana.userId)).memberCount).toBe(5)
    expect(codeOf(await stub.lookAtInvite(person('cyd').userId, code))).toBe('not_found')
    expect(value(await stub.invites(ana.userId))).toEqual([])
  })

  it('counts nobody twice, also when theirs was the last use and its answer was lost', async () => {
    const { stub, ana, bob, code } = await invited({ maxUses: 2 })
    value(await stub.join(bob, code))
    const [cyd, dan] = [person('cyd'), person('dan')]
    value(await stub.join(cyd, code))
    value(await stub.join(cyd, code))
    expect(value(await stub.invites(ana.userId))).toMatchObject([{ code, uses: 1, maxUses: 2 }])
    value(await stub.join(dan, code))
    expect(value(await stub.join(dan, code)).role).toBe('member')
    const { messages } = value(await stub.history(ana.userId, { limit: 20 }))
    expect(messages.filter(({ system }) => system?.action === 'joined')).toHaveLength(2)
  })

  it('ends when its time has come', async () => {
    const { stub, ana, code } = await invited({ expiresAt: Date.now() + 60_000 })
    value(await stub.join(person('early'), code))
    await runInDurableObject(stub, (_, ctx) => {
      ctx.storage.sql.exec('UPDATE invites SET expires_at = ?', Date.now() - 1)
    })
    const late = person('late')
    expect(codeOf(await stub.join(late, code))).toBe('not_found')
    expect(codeOf(await stub.lookAtInvite(late.userId, code))).toBe('not_found')
    expect(value(await stub.invites(ana.userId))).toEqual([])
    const past = { maxUses: null, expiresAt: Date.now() - 1 }
    expect(codeOf(await stub.createInvite(ana.userId, past))).toBe('invalid')
  })

  it('ends when it is revoked, for everyone, and revoking again is no error', async () => {
    const { stub, ana, bob, code } = await invited()
    const other = value(await stub.createInvite(ana.userId, FOR_EVER))
    value(await stub.revokeInvite(ana.userId, code))
    value(await stub.revokeInvite(ana.userId, code))
    expect(codeOf(await stub.join(person('cyd'), code))).toBe('not_found')
    expect(codeOf(await stub.join(bob, code))).toBe('not_found')
    expect(value(await stub.invites(ana.userId)).map((i) => i.code)).toEqual([other.code])
    await evictDurableObject(stub)
    expect(codeOf(await stub.join(person('dan'), other.code))).toBe('ok')
  })

  it('never lets a 101st person in, and an attempt uses nothing up', async () => {
    const [creator, ...others] = people(99)
    const { stub } = await makeGroup(creator!, others)
    const { code } = value(await stub.createInvite(creator!.userId, { ...FOR_EVER, maxUses: 5 }))
    const results = await Promise.all(people(3).map((guest) => stub.join(guest, code)))
    expect(results.map(codeOf).toSorted()).toEqual(['group_full', 'group_full', 'ok'])
    expect(value(await stub.describe(creator!.userId)).memberCount).toBe(100)
    expect(value(await stub.invites(creator!.userId))[0]?.uses).toBe(1)
  })

  it('opens a group again for who left, and not for who was removed until a member adds them', async () => {
    const { stub, ana, code } = await invited()
    const [cyd, dan] = [person('cyd'), person('dan')]
    for (const guest of [cyd, dan]) value(await stub.join(guest, code))
    value(await stub.remove(cyd.userId, cyd.userId))
    value(await stub.remove(ana.userId, dan.userId))
    // Who left long ago is not in memory any more.
    await runInDurableObject(stub, (instance) => instance.alarm())
    await evictDurableObject(stub)
    expect(codeOf(await stub.join(cyd, code))).toBe('ok')
    expect(codeOf(await stub.lookAtInvite(dan.userId, code))).toBe('not_found')
    expect(codeOf(await stub.join(dan, code))).toBe('not_found')
    value(await stub.add(ana.userId, dan))
    value(await stub.remove(dan.userId, dan.userId))
    expect(codeOf(await stub.join(dan, code))).toBe('ok')
  })

  it('is one of at most 20 that count, and room is made by what does not count any more', async () => {
    const { stub, ana, code } = await invited({ maxUses: 1 })
    for (let i = 1; i < MAX_INVITES; i++) value(await stub.createInvite(ana.userId, FOR_EVER))
    expect(codeOf(await stub.createInvite(ana.userId, FOR_EVER))).toBe('conflict')
    value(await stub.join(person('cyd'), code))
    value(await stub.createInvite(ana.userId, FOR_EVER))
    expect(codeOf(await stub.createInvite(ana.userId, FOR_EVER))).toBe('conflict')
    const invites = value(await stub.invites(ana.userId))
    expect(new Set(invites.map((invite) => invite.code)).size).toBe(MAX_INVITES)
  })

  it('cannot be guessed: a code that was not given out leads nowhere', async () => {
    const { code } = await invited()
    const other = (await invited()).code
    const forged = [
      code.slice(1),
      `${code.slice(0, -1)}${code.endsWith('A') ? 'B' : 'A'}`,
      `${code.slice(0, 30)}${other.slice(30)}`,
      other.slice(0, 22) + code.slice(22),
      '',
      'x'.repeat(code.length),
      'ä'.repeat(code.length),
    ]
    expect(forged.map((text) => invitedStub(env, text))).toEqual(forged.map(() => null))
    expect(code).toMatch(/^[\w-]{46}$/)
  })
})

describe('invite links at the edge', () => {
  async function group() {
    const ana = await signUp('Ana')
    const body = { kind: 'group', title: 'Choir', userIds: [], clientId: 'choir' }
    const made = await call('/v1/channels', { body, headers: ana.bearer })
    const { channel } = await made.json<{ channel: Channel }>()
    return { ana, path: `/v1/channels/${channel.channelId}/invites` }
  }

  it('are made, listed, looked at, used and revoked', async () => {
    const { ana, path } = await group()
    const made = await call(path, { body: { maxUses: 2 }, headers: ana.bearer })
    expect(made.status).toBe(201)
    const { invite } = await made.json<{ invite: Invite }>()
    expect(invite).toMatchObject({ userId: ana.userId, maxUses: 2, uses: 0, expiresAt: null })
    const listed = await call(path, { headers: ana.bearer })
    expect(await listed.json()).toEqual({ invites: [invite] })
    const bob = await signUp('Bob')
    const look = await call(`/v1/invites/${invite.code}`, { headers: bob.bearer })
    expect(await look.json()).toMatchObject({ channel: { title: 'Choir', memberCount: 1 } })
    const join = { method: 'POST', headers: bob.bearer }
    expect(await (await call(`/v1/invites/${invite.code}`, join)).json()).toMatchObject({
      channel: { title: 'Choir', memberCount: 2, role: 'member' },
    })
    const revoke = { method: 'DELETE', headers: ana.bearer }
    expect((await call(`${path}/${invite.code}`, revoke)).status).toBe(204)
    const gone = await call(`/v1/invites/${invite.code}`, { headers: bob.bearer })
    expect(await refusal(gone)).toEqual([404, 'not_found'])
  })

  it('are made without a body, and refused with a bad one', async () => {
    const { ana, path } = await group()
    const plain = await call(path, { method: 'POST', headers: ana.bearer })
    expect(plain.status).toBe(201)
    const bad = [{ maxUses: 0 }, { maxUses: 1001 }, { maxUses: 1.5 }, { expiresAt: 'soon' }]
    for (const body of [...bad, { expiresAt: 1 }]) {
      expect(await refusal(await call(path, { body, headers: ana.bearer }))).toEqual([
        400,
        'invalid',
      ])
    }
    expect(await refusal(await call('/v1/invites/nothing'))).toEqual([401, 'unauthenticated'])
  })

  it('are not looked at without end', async () => {
    const eve = await signUp('Eve')
    const settings = { RATE_LIMITS: 'on' }
    const knock = () => call(`/v1/invites/${'x'.repeat(46)}`, { headers: eve.bearer, settings })
    const answers: string[] = []
    for (let i = 0; i < 31; i++) answers.push((await refusal(await knock()))[1])
    expect(answers.slice(0, 30)).toEqual(Array.from({ length: 30 }, () => 'not_found'))
    expect(answers[30]).toBe('rate_limited')
  })
})
