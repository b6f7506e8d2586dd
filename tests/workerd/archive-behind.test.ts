import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ChannelObject } from '../../durable-objects/channel/channel-object.ts'
import type { Profile } from '../../durable-objects/shared/profile.ts'
import type { Message } from '../../protocol/objects.ts'
import { ArchiveShard } from '../../workers/db/archive.ts'
import {
  archiveAll,
  archived,
  breakShard,
  dropOld,
  fireAlarm,
  KEPT,
  pageBack,
  sayMany,
  status,
} from './archive-support.ts'
import { openDm, person, say, value } from './support.ts'

type Stub = DurableObjectStub<ChannelObject>

beforeEach(() => {
  env.CHANNEL_MAX_BYTES = '8e9'
  vi.spyOn(console, 'log').mockImplementation(() => {})
  vi.spyOn(console, 'error').mockImplementation(() => {})
})

afterEach(() => {
  vi.restoreAllMocks()
})

/** A channel whose first messages are in shard 0, and which goes on in shard 1. */
async function moved(count: number) {
  const [ana, bob] = [person('ana'), person('bob')]
  const channel = await openDm(ana, bob)
  const old = await sayMany(channel.stub, ana, count)
  await archiveAll(channel.stub)
  value(await channel.stub.moveArchive(1))
  return { ...channel, ana, bob, old }
}

async function editAll(stub: Stub, author: Profile, messages: Message[], text: string) {
  const edited: Message[] = []
  for (const { messageId } of messages) {
    edited.push(value(await stub.edit(author.userId, messageId, text)))
  }
  return edited
}

/** Hours pass, with an alarm in each. */
function clock() {
  let now = Date.now()
  vi.spyOn(Date, 'now').mockImplementation(() => now)
  return async (stub: Stub, hours = 1): Promise<void> => {
    for (let i = 0; i < hours; i++) {
      now += 3_600_000
      await fireAlarm(stub)
    }
  }
}

function textsIn(rows: { text: string }[]): string[] {
  return rows.map(({ text }) => text)
}

/** Versions that were written to a shard, in the order in which they were. */
function writtenTo(messageIds: Set<number>, write: { mock: { calls: [string][] } }): number[] {
  return write.mock.calls
    .flatMap(([json]) => JSON.parse(json) as Message[])
    .filter(({ messageId }) => messageIds.has(messageId))
    .map(({ version }) => version)
}

describe('a shard of old messages that is away', () => {
  it('holds up nothing but their changes, which operators see, and which follow in order', async () => {
    const { channelId, stub, ana, old } = await moved(450)
    const hoursPass = clock()
    const away = breakShard(0, 'write')
    await editAll(stub, ana, old, 'edited')
    await say(stub, ana, 'new')
    await hoursPass(stub, 2)
    expect(textsIn(await archived(channelId, 1))).toEqual(['new'])
    value(await stub.delete(ana.userId, old[7]!.messageId))
    await say(stub, ana, 'newer')
    await evictDurableObject(stub)
    await hoursPass(stub, 3)
    expect(textsIn(await archived(channelId, 1))).toEqual(['new', 'newer'])
    const behind = await status(stub)
    expect(behind).toMatchObject({ archivedVersion: behind.newestVersion, backlogRows: 0 })
    expect(behind.behind).toEqual([
      {
        shard: 0,
        archivedVersion: old.at(-1)!.version,
        rows: 450,
        oldestWaitsMs: expect.any(Number),
      },
    ])
    expect(behind.behind[0]!.oldestWaitsMs).toBeGreaterThan(4 * 3_600_000)
    expect(textsIn(await archived(channelId, 0))).toEqual(textsIn(old))

    away.mockRestore()
    const write = vi.spyOn(ArchiveShard.prototype, 'write')
    await hoursPass(stub)
    expect((await status(stub)).behind).toEqual([])
    const versions = writtenTo(new Set(old.map((m) => m.messageId)), write)
    expect(versions).toHaveLength(450)
    expect(versions).toEqual(versions.toSorted((a, b) => a - b))
    expect(write.mock.calls.length).toBe(3)
    const texts = old.map((_, index) => (index === 7 ? '' : 'edited'))
    expect(textsIn(await archived(channelId, 0))).toEqual(texts)
  })

  it('is caught up also with what changes while it catches up, and then no alarm is set', async () => {
    const { channelId, stub, ana, old } = await moved(3)
    const hoursPass = clock()
    const away = breakShard(0, 'write')
    await editAll(stub, ana, old, 'edited')
    await hoursPass(stub)
    away.mockRestore()
    const write = ArchiveShard.prototype.write
    // Object and test wait for each other by looking, for neither may use a promise of the other's.
    let isWritten = false
    let isEdited = false
    vi.spyOn(ArchiveShard.prototype, 'write').mockImplementationOnce(async function (
      this: ArchiveShard,
      json,
    ) {
      await write.call(this, json)
      isWritten = true
      await vi.waitUntil(() => isEdited, { interval: 2, timeout: 20_000 })
    })
    const alarm = hoursPass(stub)
    await expect.poll(() => isWritten).toBe(true)
    await editAll(stub, ana, old.slice(0, 1), 'edited again')
    await say(stub, ana, 'new')
    await fireAlarm(stub)
    expect((await status(stub)).backlogRows).toBe(0)
    isEdited = true
    await alarm
    await hoursPass(stub)
    expect(textsIn(await archived(channelId, 0))).toEqual(['edited again', 'edited', 'edited'])
    expect(await status(stub)).toMatchObject({ backlogRows: 0, behind: [] })
    await hoursPass(stub)
    await runInDurableObject(stub, async (instance, ctx) => {
      await ctx.storage.deleteAlarm()
      await instance.alarm()
      expect(await ctx.storage.getAlarm()).toBeNull()
    })
  })

  it('that hangs while it is to catch up delays nothing that is new', async () => {
    const { channelId, stub, ana, old } = await moved(3)
    const hoursPass = clock()
    const away = breakShard(0, 'write')
    await editAll(stub, ana, old, 'edited')
    await hoursPass(stub)
    away.mockRestore()
    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    vi.spyOn(ArchiveShard.prototype, 'write').mockReturnValueOnce(released)
    const alarm = hoursPass(stub)
    await expect.poll(() => vi.mocked(ArchiveShard.prototype.write).mock.calls.length).toBe(1)
    await say(stub, ana, 'new')
    await fireAlarm(stub)
    expect(textsIn(await archived(channelId, 1))).toEqual(['new'])
    release()
    await alarm
  })

  it('loses nothing that is to be dropped: what waits for it stays, the rest goes', async () => {
    const { stub, ana, bob, old } = await moved(100)
    const hoursPass = clock()
    const away = breakShard(0, 'write')
    const edited = await editAll(stub, ana, old.slice(0, 10), 'edited')
    const recent = await sayMany(stub, ana, KEPT + 50)
    const all = [...edited, ...old.slice(10), ...recent]
    await hoursPass(stub, 2)
    env.CHANNEL_MAX_BYTES = '1'
    await evictDurableObject(stub)
    await dropOld(stub, KEPT + 10)
    expect((await status(stub)).behind).toMatchObject([{ shard: 0, rows: 10 }])
    expect(await pageBack(stub, bob, 60)).toEqual(all)
    await evictDurableObject(stub)
    expect(await pageBack(stub, bob, 60)).toEqual(all)

    away.mockRestore()
    await hoursPass(stub)
    await dropOld(stub)
    expect((await status(stub)).behind).toEqual([])
    expect(await pageBack(stub, bob, 60)).toEqual(all)
  })

  it('does not keep the rows of another from being dropped, once its own are gone', async () => {
    const { stub, ana, bob, old } = await moved(100)
    const recent = await sayMany(stub, ana, KEPT)
    env.CHANNEL_MAX_BYTES = '1'
    await evictDurableObject(stub)
    await dropOld(stub)
    breakShard(0, 'bookmark')
    recent.push(...(await sayMany(stub, ana, 300)))
    await dropOld(stub)
    expect((await status(stub)).droppedBelow).toBe(recent[299]!.messageId + 1)
    expect(await pageBack(stub, bob, 60)).toEqual([...old, ...recent])
  })

  it('keeps its rows here, and those above them, so that all can still be read here', async () => {
    const { stub, ana, bob, old } = await moved(100)
    const recent = await sayMany(stub, ana, KEPT + 50)
    await archiveAll(stub)
    env.CHANNEL_MAX_BYTES = '1'
    await evictDurableObject(stub)
    breakShard(0, 'bookmark')
    breakShard(0, 'page')
    const hoursPass = clock()
    await hoursPass(stub, 3)
    expect(await status(stub)).toMatchObject({ localRows: KEPT + 150, droppedBelow: null })
    expect(await pageBack(stub, bob, 60)).toEqual([...old, ...recent])
  })

  it('is archived anew as a whole by a rebuild, when it is back', async () => {
    const { channelId, stub, ana, old } = await moved(5)
    const hoursPass = clock()
    const away = breakShard(0, 'write')
    await editAll(stub, ana, old, 'edited')
    await say(stub, ana, 'new')
    await hoursPass(stub)
    expect((await status(stub)).behind).toHaveLength(1)
    value(await stub.rebuildArchive())
    await hoursPass(stub, 2)
    expect((await status(stub)).behind).toMatchObject([{ shard: 0, rows: 5 }])
    await env.ARCHIVE_0.prepare('DELETE FROM messages WHERE channel_id = ?').bind(channelId).run()
    away.mockRestore()
    await hoursPass(stub, 2)
    expect(await status(stub)).toMatchObject({ backlogRows: 0, behind: [] })
    expect(textsIn(await archived(channelId, 0))).toEqual(old.map(() => 'edited'))
  })
})
