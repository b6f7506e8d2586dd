import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { ChannelObject } from '../../durable-objects/channel/channel-object.ts'
import { item, makeGroup, openDm, person, say, value } from './support.ts'
import { call, refusal } from './edge.ts'
import { get, searcher } from './search-support.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

describe('history', () => {
  const [ana, bob] = [person('ana'), person('bob')]
  let stub: DurableObjectStub<ChannelObject>
  let ids: number[]

  beforeAll(async () => {
    ;({ stub } = await openDm(ana, bob))
    const sent = await stub.send(
      ana.userId,
      Array.from({ length: 30 }, (_, index) => item(`message ${index}`)),
    )
    ids = sent.map((result) => value(result).message.messageId)
  })

  async function page(bounds: { before?: number; after?: number; around?: number }, limit: number) {
    const { messages, ...more } = value(await stub.history(bob.userId, { ...bounds, limit }))
    return { ids: messages.map((message) => message.messageId), ...more }
  }

  it('starts with the newest, ascending', async () => {
    expect(await page({}, 5)).toEqual({
      ids: ids.slice(-5),
      hasMoreBefore: true,
      hasMoreAfter: false,
    })
  })

  it('pages backwards to the first message, each once', async () => {
    const seen: number[] = []
    let before: number | undefined
    for (;;) {
      const next = await page(before === undefined ? {} : { before }, 7)
      seen.unshift(...next.ids)
      if (!next.hasMoreBefore) break
      before = next.ids[0]!
    }
    expect(seen).toEqual(ids)
  })

  it('pages forwards from a message', async () => {
    expect(await page({ after: ids[9]! }, 3)).toEqual({
      ids: ids.slice(10, 13),
      hasMoreBefore: true,
      hasMoreAfter: true,
    })
    expect(await page({ after: ids.at(-1)! }, 3)).toEqual({
      ids: [],
      hasMoreBefore: true,
      hasMoreAfter: false,
    })
  })

  it('shows a message in its surroundings', async () => {
    expect((await page({ around: ids[10]! }, 5)).ids).toEqual(ids.slice(8, 13))
    expect((await page({ around: ids[0]! }, 5)).ids).toEqual(ids.slice(0, 3))
    expect(await page({ around: 4711 }, 4)).toEqual({
      ids: ids.slice(-2),
      hasMoreBefore: true,
      hasMoreAfter: false,
    })
  })

  it('ends a page at 1 MiB, and shows a long message whole', async () => {
    const dm = await openDm(ana, ana)
    const long = '😀'.repeat(99_999)
    for (let i = 0; i < 4; i++) await say(dm.stub, ana, long)
    const newest = value(await dm.stub.history(ana.userId, { limit: 50 }))
    expect(newest.messages).toHaveLength(2)
    expect(newest.messages[0]?.text).toBe(long)
    expect(newest).toMatchObject({ hasMoreBefore: true, hasMoreAfter: false })
  })
})

describe('the history around a time', () => {
  const NOON = Date.UTC(2030, 0, 1, 12)
  const MINUTE = 60_000

  it('begins with the first message sent then or later, else it is the newest', async () => {
    const ana = await searcher('ana')
    const now = vi.spyOn(Date, 'now').mockReturnValue(NOON)
    const { channelId, stub } = await makeGroup(ana, [])
    const ids: number[] = []
    // Edits take numbers of the same counter, so the ids have holes.
    for (let i = 1; i <= 20; i++) {
      now.mockReturnValue(NOON + i * MINUTE)
      const { messageId } = await say(stub, ana, `minute ${i}`)
      value(await stub.edit(ana.userId, messageId, `the minute ${i}`))
      ids.push(messageId)
    }
    now.mockRestore()
    async function at(time: number): Promise<number | undefined> {
      const history = value(await stub.history(ana.userId, { at: time, limit: 1 }))
      return history.messages[0]?.messageId
    }
    for (const [index, id] of ids.entries()) {
      const sentAt = NOON + (index + 1) * MINUTE
      expect([index, await at(sentAt)]).toEqual([index, id])
      expect([index, await at(sentAt - 1)]).toEqual([index, id])
      expect([index, await at(sentAt + 1)]).toEqual([index, ids[index + 1] ?? id])
    }
    expect(await at(0)).toBe(1)
    const response = await get(ana, `/v1/channels/${channelId}/messages`, {
      at: NOON + 10 * MINUTE,
      limit: 5,
    })
    const body = await response.json<{ messages: { messageId: number }[] }>()
    expect(body.messages.map(({ messageId }) => messageId)).toEqual(ids.slice(7, 12))
  })

  it('is for members only, and takes no other bound beside it', async () => {
    const [ana, eve] = [await searcher('ana'), await searcher('eve')]
    const { channelId } = await makeGroup(ana, [])
    const path = `/v1/channels/${channelId}/messages`
    expect(await refusal(await get(eve, path, { at: 0 }))).toEqual([404, 'not_found'])
    expect(await refusal(await call(`${path}?at=0`))).toEqual([401, 'unauthenticated'])
    for (const query of [{ at: 0, around: 1 }, { at: -1 }, { at: 'noon' }]) {
      const bounds = Object.fromEntries(Object.entries(query))
      expect(await refusal(await get(ana, path, bounds))).toEqual([400, 'invalid'])
    }
  })
})
