import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { dmChannelId, groupChannelId } from '../../durable-objects/shared/channel-id.ts'
import { channelStub } from '../../durable-objects/shared/stubs.ts'
import {
  channelOf,
  codeOf,
  makeGroup,
  openDm,
  people,
  person,
  say,
  syncAll,
  textsOf,
  value,
} from './support.ts'

describe('opening a channel', () => {
  it('makes one DM of two people, whoever opens it and how often', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const first = await openDm(ana, bob)
    const second = await openDm(bob, ana)
    expect(second.channelId).toBe(first.channelId)
    expect(second.channel).toMatchObject({ kind: 'dm', title: null, memberCount: 2 })
    expect(second.channel.members?.map((member) => member.userId).sort()).toEqual(
      [ana.userId, bob.userId].sort(),
    )
  })

  it('lets a person keep notes in a DM with themselves', async () => {
    const ana = person('ana')
    const { stub, channel } = await openDm(ana, ana)
    expect(channel.memberCount).toBe(1)
    await say(stub, ana, 'buy milk')
    await expect.poll(() => textsOf(ana)).toEqual(['buy milk'])
  })

  it('makes one group of one clientId of its creator, and another of the same id of another', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const first = await makeGroup(ana, [bob], 'trip')
    const again = await makeGroup(ana, [], 'trip')
    expect(again.channelId).toBe(first.channelId)
    expect(again.channel.memberCount).toBe(2)
    expect((await makeGroup(bob, [], 'trip')).channelId).not.toBe(first.channelId)
  })

  it('refuses 101 people with group_full and makes nothing', async () => {
    const [creator, ...others] = people(101)
    const channelId = groupChannelId(env.CHANNEL_KEY, creator!.userId, 'crowd')
    const stub = channelOf(channelId)
    const input = { channelId, kind: 'group', title: 'Crowd', creator: creator!, others } as const
    expect(codeOf(await stub.create(input))).toBe('group_full')
    expect(codeOf(await stub.describe(creator!.userId))).toBe('not_found')
    const kept = await stub.create({ ...input, others: others.slice(1) })
    expect(value(kept).channel.memberCount).toBe(100)
  })

  it('knows the ids that it gave out from all others', () => {
    const id = dmChannelId(env.CHANNEL_KEY, 'a', 'b')
    expect(channelStub(env, id)).not.toBeNull()
    for (const forged of [id.slice(1), `g${id.slice(1)}`, `${id.slice(0, -1)}!`, 'x', '']) {
      expect(channelStub(env, forged)).toBeNull()
    }
    expect(channelStub(env, dmChannelId('another key', 'a', 'b'))).toBeNull()
  })
})

describe('who is in a group', () => {
  it('tells additions, leaving and removal as system messages in the log', async () => {
    const [ana, bob, cyd] = [person('ana'), person('bob'), person('cyd')]
    const { stub } = await makeGroup(ana, [bob])
    value(await stub.add(bob.userId, cyd))
    value(await stub.rename(ana.userId, 'Better name'))
    value(await stub.remove(ana.userId, cyd.userId))
    value(await stub.remove(bob.userId, bob.userId))
    const { messages } = value(await stub.history(ana.userId, { limit: 50 }))
    expect(messages.map(({ userId, system }) => [userId, system?.action, system?.userId])).toEqual([
      [ana.userId, 'created', null],
      [bob.userId, 'added', cyd.userId],
      [ana.userId, 'renamed', null],
      [ana.userId, 'removed', cyd.userId],
      [bob.userId, 'left', bob.userId],
    ])
  })

  it('never holds more than 100, also when the last place is asked for twice at once', async () => {
    const [creator, ...others] = people(99)
    const { stub } = await makeGroup(creator!, others)
    const results = await Promise.all(
      people(2).map((profile) => stub.add(creator!.userId, profile)),
    )
    expect(results.map(codeOf).sort()).toEqual(['group_full', 'ok'])
    expect(value(await stub.describe(creator!.userId)).memberCount).toBe(100)
  })

  it('adds nobody twice', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { stub } = await makeGroup(ana, [bob])
    value(await stub.add(ana.userId, bob))
    const { messages } = value(await stub.history(ana.userId, { limit: 50 }))
    expect(messages).toHaveLength(1)
  })

  it('shows a new member all of the history but counts none of it as unread', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { stub } = await makeGroup(ana, [])
    await say(stub, ana, 'before')
    value(await stub.add(ana.userId, bob))
    expect(value(await stub.describe(bob.userId)).unread).toBe(0)
    await say(stub, ana, 'after')
    expect(value(await stub.describe(bob.userId)).unread).toBe(1)
    const { messages } = value(await stub.history(bob.userId, { limit: 50 }))
    expect(messages.filter(({ kind }) => kind === 'text').map(({ text }) => text)).toEqual([
      'before',
      'after',
    ])
  })

  it('tells who was removed that they are out, and nothing that comes after', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { channelId, stub } = await makeGroup(ana, [bob])
    await say(stub, ana, 'you may see this')
    value(await stub.remove(ana.userId, bob.userId))
    await say(stub, ana, 'not for bob')
    value(await stub.rename(ana.userId, 'Without bob'))
    await expect.poll(async () => (await syncAll(bob, 1)).messages.length).toBe(3)
    // Whatever was still owed has its chance now.
    await runInDurableObject(stub, (instance) => instance.alarm())
    await expect.poll(() => textsOf(ana)).toContain('not for bob')
    const { messages, channels } = await syncAll(bob, 1)
    expect(messages.map(({ text, system }) => system?.action ?? text)).toEqual([
      'created',
      'you may see this',
      'removed',
    ])
    const row = channels.findLast((channel) => channel.channelId === channelId)
    expect(row).toMatchObject({ title: 'A group', unread: 0 })
    expect(row?.leftAt).not.toBeNull()
    expect(row?.lastMessage?.system?.action).toBe('removed')
    expect(codeOf(await stub.history(bob.userId, { limit: 50 }))).toBe('not_found')
  })

  it('opens again for who is added again', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { channelId, stub } = await makeGroup(ana, [bob])
    value(await stub.remove(bob.userId, bob.userId))
    await say(stub, ana, 'while you were out')
    value(await stub.add(ana.userId, bob))
    const { messages } = value(await stub.history(bob.userId, { limit: 50 }))
    expect(messages.map(({ text }) => text)).toContain('while you were out')
    await say(stub, ana, 'welcome back')
    await expect
      .poll(async () => (await syncAll(bob, 1)).messages.map(({ text }) => text))
      .toContain('welcome back')
    const { channels } = await syncAll(bob, 0)
    expect(channels.find((channel) => channel.channelId === channelId)?.leftAt).toBeNull()
  })

  it('passes from an owner who leaves to the oldest admin, else to the oldest member', async () => {
    const [ana, bob, cyd] = [person('ana'), person('bob'), person('cyd')]
    const { stub } = await makeGroup(ana, [bob, cyd])
    value(await stub.setRole(ana.userId, cyd.userId, 'admin'))
    value(await stub.remove(ana.userId, ana.userId))
    expect(value(await stub.describe(cyd.userId)).role).toBe('owner')
    value(await stub.remove(cyd.userId, cyd.userId))
    expect(value(await stub.describe(bob.userId)).role).toBe('owner')
  })

  it('passes to the same founder whether the object slept or not', async () => {
    const heirs: (string | undefined)[] = []
    for (const slept of [false, true]) {
      const ana = person('ana')
      const others = [
        { ...person('zed'), userId: `b-${ana.userId}` },
        { ...person('bob'), userId: `a-${ana.userId}` },
      ]
      const { stub } = await makeGroup(ana, others)
      if (slept) await evictDurableObject(stub)
      value(await stub.remove(ana.userId, ana.userId))
      const { members } = value(await stub.describe(others[0]!.userId))
      heirs.push(members?.find(({ role }) => role === 'owner')?.name)
    }
    expect(heirs).toEqual(['bob', 'bob'])
  })

  it('holds members to their rights', async () => {
    const [ana, bob, cyd] = [person('ana'), person('bob'), person('cyd')]
    const { stub } = await makeGroup(ana, [bob, cyd])
    expect(codeOf(await stub.rename(bob.userId, 'mine'))).toBe('forbidden')
    expect(codeOf(await stub.remove(bob.userId, cyd.userId))).toBe('forbidden')
    expect(codeOf(await stub.setRole(bob.userId, bob.userId, 'admin'))).toBe('forbidden')
    value(await stub.setRole(ana.userId, bob.userId, 'admin'))
    expect(codeOf(await stub.remove(bob.userId, ana.userId))).toBe('forbidden')
    expect(codeOf(await stub.remove(bob.userId, cyd.userId))).toBe('ok')
  })

  it('is handed over by the owner, who is an admin then, and safely twice', async () => {
    const [ana, bob, cyd] = [person('ana'), person('bob'), person('cyd')]
    const { stub } = await makeGroup(ana, [bob, cyd])
    expect(codeOf(await stub.setRole(ana.userId, person('eve').userId, 'owner'))).toBe('not_found')
    expect(value(await stub.setRole(ana.userId, bob.userId, 'owner')).role).toBe('admin')
    expect(value(await stub.setRole(ana.userId, bob.userId, 'owner')).role).toBe('admin')
    expect(codeOf(await stub.setRole(ana.userId, cyd.userId, 'owner'))).toBe('forbidden')
    expect(codeOf(await stub.setRole(bob.userId, bob.userId, 'member'))).toBe('forbidden')
    const { members } = value(await stub.describe(cyd.userId))
    expect(members?.filter(({ role }) => role === 'owner').map(({ name }) => name)).toEqual(['bob'])
    const { messages } = value(await stub.history(cyd.userId, { limit: 5 }))
    expect(messages.map(({ system }) => [system?.action, system?.userId])).toEqual([
      ['created', null],
      ['role', ana.userId],
      ['role', bob.userId],
    ])
  })

  it('never changes in a DM', async () => {
    const [ana, bob, cyd] = [person('ana'), person('bob'), person('cyd')]
    const { stub } = await openDm(ana, bob)
    expect(codeOf(await stub.add(ana.userId, cyd))).toBe('forbidden')
    expect(codeOf(await stub.remove(ana.userId, bob.userId))).toBe('forbidden')
    expect(codeOf(await stub.remove(ana.userId, ana.userId))).toBe('forbidden')
    expect(codeOf(await stub.rename(ana.userId, 'us'))).toBe('forbidden')
  })
})
