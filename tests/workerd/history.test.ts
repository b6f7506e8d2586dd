import { beforeAll, describe, expect, it } from 'vitest'
import type { ChannelObject } from '../../durable-objects/channel/channel-object.ts'
import { item, openDm, person, say, value } from './support.ts'

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
