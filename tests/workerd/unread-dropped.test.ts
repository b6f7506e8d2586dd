import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Profile } from '../../durable-objects/shared/profile.ts'
import type { Message } from '../../protocol/objects.ts'
import { archiveAll, breakShards, dropOld, KEPT, sayMany, status } from './archive-support.ts'
import { makeGroup, person, value } from './support.ts'

beforeEach(() => {
  env.CHANNEL_MAX_BYTES = '1'
  vi.spyOn(console, 'log').mockImplementation(() => {})
  vi.spyOn(console, 'error').mockImplementation(() => {})
})

afterEach(() => {
  vi.restoreAllMocks()
})

/** How many messages a channel of these tests drops at first. */
const OLD = 600

/**
 * A group whose first 600 messages live in the archive only: every third of ana, then bob, then cyd, who
 * mentions bob in each second of hers. Nobody has read anything. The model is what is expected of the counts.
 */
async function crowded() {
  const [ana, bob, cyd] = [person('ana'), person('bob'), person('cyd')]
  const { stub } = await makeGroup(ana, [bob, cyd])
  const model = new Model()
  const take = async (sender: Profile, count: number, text?: (i: number) => string) => {
    const sent = await sayMany(stub, sender, count, text)
    for (const message of sent) model.set(message)
    return sent
  }
  for (let i = 0; i < OLD / 30; i++) {
    await take(ana, 10)
    await take(bob, 10)
    await take(cyd, 10, (n) => (n % 2 === 0 ? 'hello @bob' : 'hello'))
  }
  await take(ana, KEPT)
  await dropOld(stub)

  /** The counts of somebody, held against the model; also as they are after a sleep. */
  const check = async (who: Profile): Promise<void> => {
    const { readMessageId, unread, mentionCount } = value(await stub.describe(who.userId))
    const expected = model.countsAbove(readMessageId, who)
    expect({ unread, mentionCount }).toEqual(expected)
  }
  const read = async (who: Profile, messageId: number): Promise<void> => {
    const { unread, mentionCount } = value(await stub.read(who.userId, messageId, false))
    expect({ unread, mentionCount }).toEqual(model.countsAbove(messageId, who))
    await check(who)
  }
  const edit = async (author: Profile, messageId: number, text: string): Promise<void> =>
    model.set(value(await stub.edit(author.userId, messageId, text)))
  const remove = async (author: Profile, messageId: number): Promise<void> =>
    model.set(value(await stub.delete(author.userId, messageId)))
  return { stub, ana, bob, cyd, model, take, check, read, edit, remove, ids: model.ids() }
}

/** All messages as they are now, and what of them is unread above a mark. */
class Model {
  private readonly messages = new Map<number, Message>()

  set(message: Message): void {
    this.messages.set(message.messageId, message)
  }

  ids(): number[] {
    return [...this.messages.keys()].toSorted((a, b) => a - b)
  }

  of(author: Profile, from = 0): number[] {
    return this.ids().filter((id) => id >= from && this.messages.get(id)?.userId === author.userId)
  }

  countsAbove(mark: number, who: Profile): { unread: number; mentionCount: number } {
    const unread = [...this.messages.values()].filter(
      ({ messageId, userId, deletedAt }) =>
        messageId > mark && userId !== who.userId && deletedAt === null,
    )
    const mentioning = unread.filter(({ mentions }) => mentions.includes(who.userId))
    const cut = (count: number): number => Math.min(999, count)
    return { unread: cut(unread.length), mentionCount: cut(mentioning.length) }
  }
}

describe('unread counts above a read mark among dropped messages', () => {
  it('are exact for everybody, wherever the mark goes, and the archive is not asked', async () => {
    const { stub, ana, bob, cyd, read, check, ids } = await crowded()
    expect((await status(stub)).droppedBelow).toBe(ids[OLD - 1]! + 1)
    breakShards('page')
    for (const who of [ana, bob, cyd]) {
      await check(who)
      // Also marks that are no message's id, and across the rows in which 512 ids share a place.
      for (const mark of [ids[0]!, ids[0]! + 1, 250, 510, 511, 512, 513, 599, ids[OLD - 1]!]) {
        await read(who, mark)
      }
      await evictDurableObject(stub)
      await check(who)
      for (const index of [OLD, OLD + 1, OLD + KEPT - 1]) await read(who, ids[index]!)
      expect(value(await stub.describe(who.userId)).unread).toBe(0)
    }
  })

  it('stay exact while dropped messages are deleted and edited, below and above it', async () => {
    const { stub, ana, bob, cyd, model, take, read, check, edit, remove, ids } = await crowded()
    await read(bob, 300)
    const [below, above] = [model.of(ana)[0]!, model.of(ana, 301)[0]!]
    const mentioning = model.of(cyd, 301).slice(0, 4)
    for (const id of [below, above]) await remove(ana, id)
    await remove(cyd, mentioning[0]!)
    await edit(cyd, mentioning[1]!, 'not you any more')
    await edit(cyd, mentioning[2]!, 'you @bob, and @ana')
    await edit(ana, model.of(ana, 301)[2]!, '@bob and @cyd')
    for (const who of [ana, bob, cyd]) await check(who)
    await evictDurableObject(stub)
    for (const who of [ana, bob, cyd]) await check(who)
    await read(bob, above)
    // Dropped anew, and changed anew.
    await take(ana, KEPT)
    await dropOld(stub)
    await read(bob, above + 3)
    await read(ana, 320)
    await remove(cyd, mentioning[1]!)
    await remove(cyd, mentioning[2]!)
    for (const who of [ana, bob, cyd]) await check(who)
    await read(cyd, mentioning[2]!)
    await read(bob, mentioning[3]!)
    await read(bob, ids[OLD + 10]!)
    await read(bob, model.ids().at(-1)!)
    expect(value(await stub.describe(bob.userId)).unread).toBe(0)
  })

  it('come back below 999 exactly, by deleting as by reading', async () => {
    const { stub, ana, bob, model, take, check, remove } = await crowded()
    await take(ana, 100)
    await archiveAll(stub)
    expect(value(await stub.describe(bob.userId)).unread).toBe(999)
    for (const id of model.of(ana).slice(0, 12)) await remove(ana, id)
    await check(bob)
    const { unread } = model.countsAbove(0, bob)
    expect(unread).toBe(988)
    await evictDurableObject(stub)
    await check(bob)
  })

  it('begin anew for who leaves and comes again, and do not move when a chat is marked as unread', async () => {
    const { stub, ana, bob, cyd, model, take, read, check, remove } = await crowded()
    await read(bob, 100)
    value(await stub.changeSettings(bob.userId, { markedUnread: true }))
    await check(bob)
    await read(bob, 200)
    value(await stub.remove(bob.userId, bob.userId))
    await remove(ana, model.of(ana, 201)[0]!)
    value(await stub.add(ana.userId, bob))
    await check(bob)
    expect(value(await stub.describe(bob.userId)).unread).toBe(0)
    await take(cyd, 3, () => 'again @bob')
    await check(bob)
    await take(ana, KEPT)
    await dropOld(stub)
    await check(bob)
    const [first, second] = model.of(cyd).slice(-3)
    await read(bob, first!)
    await remove(cyd, second!)
    await check(bob)
    await read(bob, second!)
  })

  it('take two bytes a message in the object', async () => {
    const { stub, take, ana } = await crowded()
    await take(ana, 512)
    await dropOld(stub)
    const rows = await runInDurableObject(stub, (_, ctx) =>
      ctx.storage.sql
        .exec<{ bytes: number }>('SELECT length(places) AS bytes FROM dropped_texts')
        .toArray(),
    )
    expect(rows.map(({ bytes }) => bytes)).toEqual([1024, 1024, 1024])
  })
})
