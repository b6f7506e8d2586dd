import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { ArchiveShard } from '../../workers/db/archive.ts'
import {
  archiveAll,
  archived,
  breakShards,
  fireAlarm,
  pageBack,
  sayMany,
  status,
} from './archive-support.ts'
import { codeOf, item, makeGroup, openDm, person, say, textsOf, value } from './support.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

describe('the archive', () => {
  it('has every message as it is, once the alarm that a message arms has fired', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { channelId, stub } = await makeGroup(ana, [bob])
    const texts = [
      'hello @bob',
      'null \u0000, quote " and \\ and \u2028',
      '🦆'.repeat(99_999),
      '[]',
    ]
    for (const text of texts) await say(stub, ana, text)
    expect(await runDurableObjectAlarm(stub)).toBe(true)
    const rows = await archived(channelId)
    const local = await runInDurableObject(stub, (_, ctx) =>
      ctx.storage.sql.exec('SELECT * FROM messages ORDER BY message_id').toArray(),
    )
    expect(rows).toHaveLength(texts.length + 1)
    expect(rows).toEqual(local.map((row) => ({ channel_id: channelId, ...row })))
  })

  it('gets changes as well, by an alarm that fires by itself', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { channelId, stub } = await openDm(ana, bob)
    const [one, two] = [await say(stub, ana, 'one'), await say(stub, ana, 'two')]
    await archiveAll(stub)
    value(await stub.edit(ana.userId, one.messageId, 'ONE'))
    value(await stub.delete(ana.userId, two.messageId))
    await expect
      .poll(async () => (await archived(channelId)).map(({ text }) => text))
      .toEqual(['ONE', ''])
  })

  it('arms no alarm once all is archived, and has nothing to write then', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { stub } = await openDm(ana, bob)
    await say(stub, ana, 'hello')
    await expect.poll(() => textsOf(bob)).toEqual(['hello'])
    await archiveAll(stub)
    const write = vi.spyOn(ArchiveShard.prototype, 'write')
    const later = Date.now() + 2_000
    vi.spyOn(Date, 'now').mockImplementation(() => later)
    await runInDurableObject(stub, async (instance, ctx) => {
      await ctx.storage.deleteAlarm()
      await instance.alarm()
      expect(await ctx.storage.getAlarm()).toBeNull()
    })
    expect(write).not.toHaveBeenCalled()
  })

  it('takes an alarm that runs twice, late, and after the object died before it was told', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { channelId, stub } = await openDm(ana, bob)
    await sayMany(stub, ana, 5)
    const write = ArchiveShard.prototype.write
    const spy = vi.spyOn(ArchiveShard.prototype, 'write')
    spy.mockImplementationOnce(async function (this: ArchiveShard, messages) {
      await write.call(this, messages)
      throw new Error('written, but nobody was told')
    })
    await fireAlarm(stub)
    expect(await status(stub)).toMatchObject({ archivedVersion: 0, backlogRows: 5 })
    await evictDurableObject(stub)
    await Promise.all([fireAlarm(stub), fireAlarm(stub)])
    await archiveAll(stub)
    expect((await archived(channelId)).map(({ text }) => text)).toEqual(
      ['0', '1', '2', '3', '4'].map((n) => `message ${n}`),
    )
    expect(await status(stub)).toMatchObject({ backlogRows: 0, oldestWaitsMs: null })
  })

  it('never goes back to an older version, however late a write arrives', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { channelId, stub } = await openDm(ana, bob)
    const { messageId } = await say(stub, ana, 'old')
    const late: (() => Promise<void>)[] = []
    const write = ArchiveShard.prototype.write
    vi.spyOn(ArchiveShard.prototype, 'write').mockImplementationOnce(function (
      this: ArchiveShard,
      messages,
    ) {
      late.push(() => write.call(this, messages))
      return Promise.reject(new Error('it hangs'))
    })
    await fireAlarm(stub)
    value(await stub.edit(ana.userId, messageId, 'new'))
    await evictDurableObject(stub)
    await archiveAll(stub)
    expect(late).toHaveLength(1)
    for (const arrive of late) await arrive()
    expect((await archived(channelId)).map(({ text }) => text)).toEqual(['new'])
  })

  it('may be away for hours: all goes on, and the backlog follows in order', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { channelId, stub } = await openDm(ana, bob)
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const broken = breakShards('write')
    const sent = await sayMany(stub, ana, 450)
    await expect.poll(async () => (await textsOf(bob)).length).toBe(450)
    value(await stub.edit(ana.userId, sent[0]!.messageId, 'edited'))
    let now = Date.now()
    vi.spyOn(Date, 'now').mockImplementation(() => now)
    for (let hour = 0; hour < 5; hour++) {
      now += 3_600_000
      await fireAlarm(stub)
    }
    expect(await archived(channelId)).toEqual([])
    const behind = await status(stub)
    expect(behind).toMatchObject({ archivedVersion: 0, backlogRows: 450 })
    expect(behind.oldestWaitsMs).toBeGreaterThan(4 * 3_600_000)
    broken.mockRestore()
    now += 3_600_000
    const write = vi.spyOn(ArchiveShard.prototype, 'write')
    await archiveAll(stub)
    const versions = write.mock.calls.flatMap(([messages]) =>
      (JSON.parse(messages) as { version: number }[]).map(({ version }) => version),
    )
    expect(versions).toHaveLength(450)
    expect(versions).toEqual(versions.toSorted((a, b) => a - b))
    expect(write.mock.calls.length).toBe(3)
    expect(await archived(channelId)).toHaveLength(450)
  })

  it('takes up a channel whose tables are from before there was one', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { channelId, stub } = await openDm(ana, bob)
    const sent = await sayMany(stub, ana, 3)
    await runInDurableObject(stub, async (_, ctx) => {
      // Back to the tables of then, with what they hold.
      const { sql } = ctx.storage
      for (const column of [
        'archived_version',
        'dropped_from',
        'dropped_below',
        'dropped_version',
        'uncounted_below',
      ]) {
        sql.exec(`ALTER TABLE channel DROP COLUMN ${column}`)
      }
      sql.exec('DROP TABLE archive_shards; DROP TABLE dropped_sends; DROP TABLE owed_versions')
      sql.exec('DROP TABLE invites; DROP TABLE archive_behind; DROP TABLE dropped_texts')
      for (const column of ['hidden_message_id', 'marked_unread', 'removed']) {
        sql.exec(`ALTER TABLE members DROP COLUMN ${column}`)
      }
      sql.exec('DROP TABLE blocks; DROP TABLE blocked_marks; DROP TABLE hidden_reads')
      sql.exec(
        `DELETE FROM schema_migrations
         WHERE id >= (SELECT id FROM schema_migrations WHERE name = 'archive')`,
      )
      await ctx.storage.deleteAlarm()
    })
    await evictDurableObject(stub)
    expect(await pageBack(stub, bob, 2)).toEqual(sent)
    await say(stub, ana, 'after')
    await archiveAll(stub)
    expect(await archived(channelId)).toHaveLength(4)
  })

  it('keeps nobody waiting while it hangs', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { stub } = await openDm(ana, bob)
    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    vi.spyOn(ArchiveShard.prototype, 'write').mockReturnValue(released)
    await say(stub, ana, 'one')
    const alarm = fireAlarm(stub)
    await say(stub, ana, 'two')
    await expect.poll(() => textsOf(bob)).toEqual(['one', 'two'])
    await alarm
    await runInDurableObject(stub, async (_, ctx) => {
      expect(await ctx.storage.getAlarm()).not.toBeNull()
    })
    release()
  })

  it('takes long texts in writes that stay bounded', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { channelId, stub } = await openDm(ana, bob)
    const write = vi.spyOn(ArchiveShard.prototype, 'write')
    for (let i = 0; i < 5; i++) {
      await stub.send(ana.userId, [item('🦆'.repeat(99_999)), item('\u0001'.repeat(99_999))])
    }
    await archiveAll(stub)
    expect(await archived(channelId)).toHaveLength(10)
    const bytes = write.mock.calls.map(([messages]) => new TextEncoder().encode(messages).length)
    expect(Math.max(...bytes)).toBeLessThan(1_200_000)
  })
})

describe('the shards of the archive', () => {
  it('can be changed: a channel goes on in another one, and is still read as one', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { channelId, stub } = await openDm(ana, bob)
    const old = await sayMany(stub, ana, 3)
    await archiveAll(stub)
    const waiting = await say(stub, ana, 'not archived when it moves')
    value(await stub.moveArchive(1))
    value(await stub.moveArchive(1))
    const recent = await sayMany(stub, ana, 2)
    value(await stub.edit(ana.userId, old[1]!.messageId, 'edited'))
    value(await stub.edit(ana.userId, recent[0]!.messageId, 'edited too'))
    await archiveAll(stub)
    expect((await archived(channelId, 0)).map(({ text }) => text)).toEqual([
      'message 0',
      'edited',
      'message 2',
    ])
    expect((await archived(channelId, 1)).map(({ text }) => text)).toEqual([
      'not archived when it moves',
      'edited too',
      'message 1',
    ])
    expect(await status(stub)).toMatchObject({
      ranges: [
        { fromMessageId: 0, shard: 0 },
        { fromMessageId: waiting.messageId, shard: 1 },
      ],
      shards: [
        { shard: 0, rows: 3 },
        { shard: 1, rows: 3 },
      ],
    })
    expect(await pageBack(stub, bob, 2)).toHaveLength(6)
    expect(codeOf(await stub.moveArchive(7))).toBe('invalid')
  })
})
