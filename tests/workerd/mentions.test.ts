import { describe, expect, it } from 'vitest'
import type { Hits } from '../../protocol/search.ts'
import { archiveAll } from './archive-support.ts'
import { refusal } from './edge.ts'
import { get, hitsOf, searcher, type Searcher } from './search-support.ts'
import { makeGroup, openDm, say, value } from './support.ts'

async function mentionsOf(who: Searcher, limit = 20): Promise<string[]> {
  const texts: string[] = []
  let before: string | null = null
  do {
    const query = { limit, ...(before === null ? {} : { before }) }
    const page: Hits = await hitsOf(await get(who, '/v1/mentions', query))
    texts.push(...page.hits.map(({ message }) => message.text))
    before = page.next
  } while (before !== null)
  return texts
}

describe('mentions', () => {
  it('are listed newest first over all channels and shards, page by page', async () => {
    const [ana, bob] = [await searcher('ana'), await searcher('bob')]
    const [group, dm] = [await makeGroup(ana, [bob]), await openDm(ana, bob)]
    value(await dm.stub.moveArchive(1))
    const expected: string[] = []
    for (let i = 0; i < 7; i++) {
      const { stub } = i % 2 === 0 ? group : dm
      const { text, createdAt } = await say(stub, ana, `number ${i} for @${bob.handle}`)
      expected.unshift(text)
      // The next one is later by the clock, too: over channels that is what orders them.
      while (Date.now() === createdAt) await say(stub, ana, 'meanwhile')
    }
    await say(group.stub, bob, `I am @${bob.handle}`)
    await archiveAll(group.stub)
    await archiveAll(dm.stub)
    expect(await mentionsOf(bob, 2)).toEqual(expected)
    expect(await mentionsOf(ana)).toEqual([])
    const { hits } = await hitsOf(await get(bob, '/v1/mentions', { limit: 1 }))
    const [{ snippet, marks }] = hits as [(typeof hits)[0]]
    expect(marks.map(([start, end]) => snippet.slice(start, end))).toEqual([`@${bob.handle}`])
  })

  it('go with an edit, a deletion, and with leaving', async () => {
    const [ana, bob] = [await searcher('ana'), await searcher('bob')]
    const [group, dm] = [await makeGroup(ana, [bob]), await openDm(ana, bob)]
    const edited = await say(group.stub, ana, `for @${bob.handle}`)
    const deleted = await say(group.stub, ana, `also for @${bob.handle}`)
    await say(group.stub, ana, `still for @${bob.handle}`)
    await say(dm.stub, ana, `here for @${bob.handle}`)
    await archiveAll(group.stub)
    await archiveAll(dm.stub)
    expect(await mentionsOf(bob)).toHaveLength(4)
    value(await group.stub.edit(ana.userId, edited.messageId, 'for nobody'))
    value(await group.stub.delete(ana.userId, deleted.messageId))
    for (const archive of [async () => {}, () => archiveAll(group.stub)]) {
      await archive()
      expect((await mentionsOf(bob)).toSorted()).toEqual([
        `here for @${bob.handle}`,
        `still for @${bob.handle}`,
      ])
    }
    value(await group.stub.remove(bob.userId, bob.userId))
    expect(await mentionsOf(bob, 1)).toEqual([`here for @${bob.handle}`])
  })

  it('refuse a page that is none of this list', async () => {
    const ana = await searcher('ana')
    const response = await get(ana, '/v1/mentions', { before: 'x.y.z' })
    expect(await refusal(response)).toEqual([400, 'invalid'])
    expect(await mentionsOf(ana)).toEqual([])
  })
})
