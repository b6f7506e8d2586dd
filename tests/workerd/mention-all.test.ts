import { evictDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import type { TestChannel } from './support.ts'
import { makeGroup, openDm, people, person, say, value } from './support.ts'

async function counts({ stub }: TestChannel, ...userIds: string[]): Promise<number[]> {
  const rows = await Promise.all(userIds.map(async (userId) => value(await stub.describe(userId))))
  return rows.map(({ mentionCount }) => mentionCount)
}

describe('@all', () => {
  it('mentions everyone but its writer if an owner or admin says it', async () => {
    const [ana, bob, cyd] = [person('ana'), person('bob'), person('cyd')]
    const group = await makeGroup(ana, [bob, cyd])
    const all = [ana, bob, cyd].map(({ userId }) => userId)
    const sent = await say(group.stub, ana, 'Dinner is ready, @All!')
    expect(sent.mentions.toSorted()).toEqual([bob.userId, cyd.userId].toSorted())
    expect(await counts(group, ...all)).toEqual([0, 1, 1])
    value(await group.stub.setRole(ana.userId, bob.userId, 'admin'))
    await say(group.stub, bob, '@all and @cyd: come')
    expect(await counts(group, ...all)).toEqual([1, 1, 2])
    await evictDurableObject(group.stub)
    expect(await counts(group, ...all)).toEqual([1, 1, 2])
  })

  it('is plain text of a member, in a DM, and inside of other words', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const group = await makeGroup(ana, [bob])
    const dm = await openDm(ana, bob)
    expect((await say(group.stub, bob, '@all')).mentions).toEqual([])
    expect((await say(dm.stub, bob, '@all')).mentions).toEqual([])
    expect((await say(group.stub, ana, 'ana@all.example, @all_of_us')).mentions).toEqual([])
    expect(await counts(group, ana.userId, bob.userId)).toEqual([0, 0])
  })

  it('comes and goes with an edit, and the counts with it', async () => {
    const [ana, bob, cyd] = [person('ana'), person('bob'), person('cyd')]
    const group = await makeGroup(ana, [bob, cyd])
    const both = () => counts(group, bob.userId, cyd.userId)
    const { messageId } = await say(group.stub, ana, 'Dinner')
    const edit = async (text: string) => value(await group.stub.edit(ana.userId, messageId, text))
    await edit('Dinner, @all')
    expect(await both()).toEqual([1, 1])
    await edit('Dinner, @all, not only @bob')
    expect(await both()).toEqual([1, 1])
    await edit('Dinner, @bob')
    expect(await both()).toEqual([1, 0])
    await edit('Dinner, @all')
    value(await group.stub.read(cyd.userId, messageId, false))
    expect(await both()).toEqual([1, 0])
    await evictDurableObject(group.stub)
    value(await group.stub.delete(ana.userId, messageId))
    expect(await both()).toEqual([0, 0])
  })

  it('is decided with the role of whoever writes it then, also in an edit', async () => {
    const [ana, bob, cyd] = [person('ana'), person('bob'), person('cyd')]
    const group = await makeGroup(ana, [bob, cyd])
    value(await group.stub.setRole(ana.userId, bob.userId, 'admin'))
    const { messageId } = await say(group.stub, bob, '@all')
    value(await group.stub.setRole(ana.userId, bob.userId, 'member'))
    expect(await counts(group, ana.userId, cyd.userId)).toEqual([1, 1])
    const edited = value(await group.stub.edit(bob.userId, messageId, '@all, again'))
    expect(edited.mentions).toEqual([])
    expect(await counts(group, ana.userId, cyd.userId)).toEqual([0, 0])
  })

  it('counts for those who were there, and exactly through leaving and coming back', async () => {
    const [ana, bob, cyd] = [person('ana'), person('bob'), person('cyd')]
    const group = await makeGroup(ana, [bob])
    await say(group.stub, ana, '@all one')
    value(await group.stub.add(ana.userId, cyd))
    expect(await counts(group, bob.userId, cyd.userId)).toEqual([1, 0])
    value(await group.stub.remove(bob.userId, bob.userId))
    await say(group.stub, ana, '@all two')
    value(await group.stub.add(ana.userId, bob))
    expect(await counts(group, bob.userId, cyd.userId)).toEqual([0, 1])
    await say(group.stub, ana, '@all three')
    expect(await counts(group, bob.userId, cyd.userId)).toEqual([1, 2])
  })

  it('reaches all of a full group', async () => {
    const [ana, ...others] = people(100)
    const group = await makeGroup(ana!, others)
    const { mentions } = await say(group.stub, ana!, '@all')
    expect(mentions).toHaveLength(99)
    expect(await counts(group, ...others.map(({ userId }) => userId))).toEqual(others.map(() => 1))
  })
})
