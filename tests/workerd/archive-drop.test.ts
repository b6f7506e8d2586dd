import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Result } from '../../protocol/errors.ts'
import { UserObject } from '../../durable-objects/user/user-object.ts'
import { ArchiveShard } from '../../workers/db/archive.ts'
import {
  archiveAll,
  archived,
  breakShards,
  dropOld,
  fireAlarm,
  KEPT,
  pageBack,
  pageForth,
  sayMany,
  status,
  whileReading,
} from './archive-support.ts'
import { codeOf, item, makeGroup, openDm, person, say, TestDevice, value } from './support.ts'

/** Enough that 344 messages are dropped. */
const CROWD = KEPT + 344

/** Less than an empty object has: whatever may be dropped is. */
beforeEach(() => {
  env.CHANNEL_MAX_BYTES = '1'
  vi.spyOn(console, 'log').mockImplementation(() => {})
})

afterEach(() => {
  vi.restoreAllMocks()
})

async function crowded(count = CROWD) {
  const [ana, bob] = [person('ana'), person('bob')]
  const channel = await openDm(ana, bob)
  const sent = await sayMany(channel.stub, ana, count)
  const { droppedBelow } = await dropOld(channel.stub)
  return { ...channel, ana, bob, sent, ids: sent.map((m) => m.messageId), droppedBelow }
}

describe('an object beyond its size', () => {
  it('drops its oldest archived rows and keeps the newest', async () => {
    const { channelId, droppedBelow, ids } = await crowded()
    expect(droppedBelow).toBe(ids[CROWD - KEPT - 1]! + 1)
    expect(await archived(channelId)).toHaveLength(CROWD)
  })

  it('stops when it is small enough', async () => {
    env.CHANNEL_MAX_BYTES = '800000'
    const [ana, bob] = [person('ana'), person('bob')]
    const { stub } = await openDm(ana, bob)
    await sayMany(stub, ana, 2_000, () => 'x'.repeat(400))
    await archiveAll(stub)
    await expect
      .poll(async () => {
        await fireAlarm(stub)
        return (await status(stub)).localBytes
      })
      .toBeLessThanOrEqual(800_000)
    const { localRows, localBytes } = await status(stub)
    expect(localBytes).toBeGreaterThan(600_000)
    expect(localRows).toBeGreaterThan(KEPT)
  })

  it('keeps what is not archived, and what an inbox still lacks', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const [ana, bob] = [person('ana'), person('bob')]
    const { stub } = await openDm(ana, bob)
    const broken = breakShards('write')
    await sayMany(stub, ana, CROWD)
    await fireAlarm(stub)
    expect(await status(stub)).toMatchObject({ localRows: CROWD, droppedBelow: null })
    broken.mockRestore()
    vi.spyOn(UserObject.prototype, 'deliver').mockRejectedValue(new Error('out of order'))
    await evictDurableObject(stub)
    const later = await sayMany(stub, ana, CROWD)
    await archiveAll(stub)
    await fireAlarm(stub)
    const { localRows, droppedBelow } = await status(stub)
    expect(localRows).toBeGreaterThanOrEqual(CROWD)
    expect(droppedBelow ?? 0).toBeLessThanOrEqual(later[0]!.messageId)
  })

  it('drops nothing while the archive is away', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const [ana, bob] = [person('ana'), person('bob')]
    const { stub } = await openDm(ana, bob)
    breakShards('bookmark')
    await sayMany(stub, ana, CROWD)
    await archiveAll(stub)
    expect(await status(stub)).toMatchObject({ localRows: CROWD, droppedBelow: null })
  })

  it('keeps its counter, also when the row with the highest version was dropped', async () => {
    const { stub, ana, bob, ids } = await crowded()
    const edited = value(await stub.edit(ana.userId, ids[0]!, 'the highest version'))
    await sayMany(stub, ana, KEPT)
    const newest = await say(stub, bob, 'newest')
    value(await stub.delete(bob.userId, newest.messageId))
    await dropOld(stub)
    const before = await status(stub)
    expect(before.localRows).toBe(KEPT)
    await runInDurableObject(stub, (_, ctx) => {
      // As if all that was left had been written before what was dropped.
      ctx.storage.sql.exec('UPDATE channel SET dropped_version = ?', before.newestVersion + 1_000)
    })
    await evictDurableObject(stub)
    expect((await status(stub)).newestVersion).toBe(before.newestVersion + 1_000)
    const next = await say(stub, ana, 'next')
    expect(next.messageId).toBeGreaterThan(before.newestVersion + 1_000)
    expect(edited.version).toBeGreaterThan(ids.at(-1)!)
  })
})

describe('the history across both copies', () => {
  it('reaches the oldest, also those that were changed and stayed while others went', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { stub } = await openDm(ana, bob)
    const sent = await sayMany(stub, ana, CROWD)
    for (const { messageId } of sent.slice(0, 10)) {
      value(await stub.edit(ana.userId, messageId, 'changed'))
    }
    await dropOld(stub, KEPT + 10)
    sent.push(...(await sayMany(stub, ana, KEPT)))
    await dropOld(stub)
    // A page that ends right above them says that there is more.
    const page = value(await stub.history(bob.userId, { before: sent[12]!.messageId, limit: 2 }))
    expect(page.hasMoreBefore).toBe(true)
    expect(await pageBack(stub, bob, 89)).toHaveLength(sent.length)
    const [reply] = await stub.send(ana.userId, [
      { clientId: 'reply', text: 'to the first', replyTo: sent[0]!.messageId },
    ])
    expect(codeOf(reply!)).toBe('ok')
  })

  it('is one: from the newest back and forth again each message comes once', async () => {
    const { stub, bob, sent, ids } = await crowded()
    const page = vi.spyOn(ArchiveShard.prototype, 'page')
    expect(await pageBack(stub, bob, 47)).toEqual(sent)
    expect(page).toHaveBeenCalled()
    page.mockClear()
    expect(await pageForth(stub, bob, 47)).toEqual(sent)
    expect(page).toHaveBeenCalled()
    page.mockClear()
    const newest = value(await stub.history(bob.userId, { limit: 200 }))
    expect(newest.messages.map((m) => m.messageId)).toEqual(ids.slice(-200))
    expect(page).not.toHaveBeenCalled()
  })

  it('is found around a message and by id, on both sides of the seam and on it', async () => {
    const { stub, bob, sent, ids } = await crowded()
    for (const at of [0, 5, 343, 344, 345, CROWD - 10, CROWD - 1]) {
      const page = value(await stub.history(bob.userId, { around: ids[at]!, limit: 10 }))
      const from = Math.max(0, at - 5)
      expect(page.messages.map((m) => m.messageId)).toEqual(ids.slice(from, at + 5))
      expect([page.hasMoreBefore, page.hasMoreAfter]).toEqual([from > 0, at + 5 < CROWD])
      expect(value(await stub.message(bob.userId, ids[at]!))).toEqual(sent[at])
    }
    expect(codeOf(await stub.message(bob.userId, 4711))).toBe('not_found')
    expect(codeOf(await stub.message(person('eve').userId, ids[0]!))).toBe('not_found')
    expect(value(await stub.history(bob.userId, { before: ids[0]!, limit: 5 }))).toEqual({
      messages: [],
      hasMoreBefore: false,
      hasMoreAfter: true,
    })
  })

  it('stays so while messages come, are edited, deleted and dropped between and during the pages', async () => {
    const { stub, ana, bob, ids } = await crowded(CROWD + 100)
    let n = 0
    const meanwhile = async (): Promise<void> => {
      if (n++ > 60) return
      await sayMany(stub, bob, 30)
      await stub.edit(ana.userId, ids[(n * 37) % CROWD]!, `edited ${n}`)
      if (n % 3 === 0) await stub.delete(ana.userId, ids[(n * 53) % CROWD]!)
      if (n % 2 === 0) await fireAlarm(stub)
    }
    const back = await whileReading(meanwhile, () => pageBack(stub, bob, 31, meanwhile))
    const seen = back.map((m) => m.messageId)
    expect(seen.filter((id) => id <= ids.at(-1)!)).toEqual(ids)
    const again = await pageForth(stub, bob, 97)
    expect(again.map((m) => m.messageId).filter((id) => id <= ids.at(-1)!)).toEqual(ids)
    expect(again.filter((m) => m.text.startsWith('edited')).length).toBeGreaterThan(10)
  })

  it('ends a page at 1 MiB of archived text too', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { stub } = await openDm(ana, bob)
    const long = '🦆'.repeat(99_999)
    for (let i = 0; i < 6; i++) await say(stub, ana, long)
    await sayMany(stub, ana, KEPT)
    await dropOld(stub)
    const back = await pageBack(stub, bob, 200)
    expect(back).toHaveLength(KEPT + 6)
    const first = value(await stub.history(bob.userId, { after: 0, limit: 50 }))
    expect(first.messages.map((m) => m.text)).toEqual([long, long])
  })

  it('is found by time, on both sides of the seam', async () => {
    const { ana, stub, sent, droppedBelow } = await crowded()
    const looks = vi.spyOn(ArchiveShard.prototype, 'page')
    const at = async (time: number): Promise<number> => {
      const { messages } = value(await stub.history(ana.userId, { at: time, limit: 1 }))
      return messages[0]!.messageId
    }
    const times = [...new Set(sent.map(({ createdAt }) => createdAt))]
    for (const time of [0, ...times, times.at(-1)! + 1]) {
      const expected = sent.find(({ createdAt }) => createdAt >= time) ?? sent.at(-1)!
      expect([time, await at(time)]).toEqual([time, expected.messageId])
    }
    expect(sent[0]!.messageId).toBeLessThan(droppedBelow!)
    looks.mockClear()
    await at(0)
    expect(looks.mock.calls.length).toBeLessThan(15)
  })

  it('goes through every shard that the channel has been in', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { channelId, stub } = await openDm(ana, bob)
    const sent = []
    for (const shard of [1, 0, 1]) {
      sent.push(...(await sayMany(stub, ana, 100)))
      await archiveAll(stub)
      value(await stub.moveArchive(shard))
    }
    sent.push(...(await sayMany(stub, ana, KEPT + 100)))
    await dropOld(stub)
    expect(await archived(channelId, 1)).toHaveLength(KEPT + 200)
    expect(await pageBack(stub, bob, 70)).toEqual(sent)
    expect(await pageForth(stub, bob, 130)).toEqual(sent)
  })

  it('is read again when D1 fails once, and unavailable for a while when it does not answer', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const { stub, bob, ids } = await crowded()
    const page = vi.spyOn(ArchiveShard.prototype, 'page')
    page.mockRejectedValueOnce(new Error('D1 is away'))
    expect(value(await stub.message(bob.userId, ids[0]!)).messageId).toBe(ids[0])
    breakShards('page')
    const refused = await stub.history(bob.userId, { after: 0, limit: 5 })
    expect(refused).toMatchObject({ code: 'unavailable', retryAfter: 5 })
    expect(codeOf(await stub.history(bob.userId, { limit: 50 }))).toBe('ok')
  })

  it('is not for one who is removed while the archive is asked', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { stub } = await makeGroup(ana, [bob])
    await sayMany(stub, ana, CROWD)
    await dropOld(stub)
    const asked: (() => Promise<Result<unknown>>)[] = [
      async () => await stub.history(bob.userId, { after: 0, limit: 5 }),
      async () => await stub.message(bob.userId, 1),
      async () => await stub.edit(bob.userId, 1, 'x'),
    ]
    for (const ask of asked) {
      const remove = async (): Promise<void> => void (await stub.remove(ana.userId, bob.userId))
      expect(codeOf(await whileReading(remove, ask))).toBe('not_found')
      value(await stub.add(ana.userId, bob))
    }
  })
})

describe('a message that lives only in the archive', () => {
  it('can be edited and deleted, and is archived and dropped anew', async () => {
    const { channelId, stub, ana, bob, sent, ids } = await crowded()
    const open = await TestDevice.attach(channelId, bob, sent.at(-1)!.version)
    const edited = value(await stub.edit(ana.userId, ids[3]!, 'edited'))
    expect(edited).toEqual({
      ...sent[3],
      text: 'edited',
      version: edited.version,
      editedAt: edited.editedAt,
    })
    expect(edited.version).toBeGreaterThan(ids.at(-1)!)
    const gone = value(await stub.delete(ana.userId, ids[4]!))
    expect(gone).toMatchObject({ text: '', clientId: sent[4]!.clientId })
    await open.until(() => open.rows.length === 2)
    expect(open.rows).toEqual([edited, gone])
    expect(codeOf(await stub.edit(bob.userId, ids[5]!, 'x'))).toBe('forbidden')
    for (const drop of [false, true]) {
      if (drop) {
        await sayMany(stub, bob, KEPT)
        await dropOld(stub)
      }
      const { messages } = value(await stub.history(bob.userId, { around: ids[3]!, limit: 4 }))
      expect(messages).toEqual([sent[1], sent[2], edited, gone])
    }
    expect(codeOf(await stub.edit(ana.userId, ids[4]!, 'x'))).toBe('conflict')
  })

  it('is not changed from what another change has just made of it', async () => {
    const { stub, ana, ids } = await crowded()
    let deleted = false
    const deleteIt = async (): Promise<void> => {
      if (deleted) return
      deleted = true
      value(await stub.delete(ana.userId, ids[3]!))
      await sayMany(stub, ana, KEPT)
      await dropOld(stub)
    }
    const edit = await whileReading<Result<unknown>>(
      deleteIt,
      async () => await stub.edit(ana.userId, ids[3]!, 'risen'),
    )
    expect(codeOf(edit)).toBe('conflict')
    expect(value(await stub.message(ana.userId, ids[3]!)).text).toBe('')
  })

  it('can be replied to', async () => {
    const { stub, bob, ids } = await crowded()
    const reply = { ...item('about that'), replyTo: ids[0]! }
    const [sent] = await stub.send(bob.userId, [reply])
    expect(value(sent!).message.replyTo).toBe(ids[0])
    const [bad] = await stub.send(bob.userId, [{ ...item('x'), replyTo: 99_999 }])
    expect(codeOf(bad!)).toBe('invalid')
  })

  it('is answered when its clientId is sent again, and nothing is stored', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const { stub, ana, bob, sent } = await crowded()
    const again = [sent[0]!, sent[CROWD - 1]!].map(({ text, clientId }) => item(text, clientId!))
    await evictDurableObject(stub)
    const before = await status(stub)
    const results = await stub.send(ana.userId, [...again, item('new')])
    expect(results.map((result) => value(result).created)).toEqual([false, false, true])
    expect(results.slice(0, 2).map((result) => value(result).message)).toEqual([
      sent[0],
      sent[CROWD - 1],
    ])
    // Another person's clientId is another message.
    const [others] = await stub.send(bob.userId, [again[0]!])
    expect(value(others!).created).toBe(true)
    expect((await status(stub)).backlogRows).toBe(before.backlogRows + 2)
    breakShards('page')
    const [refused] = await stub.send(ana.userId, [again[0]!])
    expect(codeOf(refused!)).toBe('unavailable')
  })

  it('is stored when only its hash was seen before', async () => {
    const { stub, ana, ids } = await crowded()
    await runInDurableObject(stub, (_, ctx) => {
      // As if every dropped message had the hash of the one to come.
      ctx.storage.sql.exec('UPDATE OR REPLACE dropped_sends SET message_id = ?', ids[0])
    })
    const [sent] = await stub.send(ana.userId, [item('first', crypto.randomUUID())])
    expect(value(sent!).created).toBe(true)
  })
})

describe('devices and counts', () => {
  it('start anew if changes since their version were dropped', async () => {
    const { channelId, stub, ana, bob, ids } = await crowded()
    const version = (await status(stub)).newestVersion
    value(await stub.edit(ana.userId, ids[0]!, 'edited while away'))
    await sayMany(stub, ana, KEPT + 10)
    await dropOld(stub)
    const back = await TestDevice.attach(channelId, bob, version)
    const hello = await back.frame(({ t }) => t === 'hello')
    expect(hello['reset']).toBe(true)
  })

  it('go on where they were if not more than 500 rows came since', async () => {
    const { channelId, bob, sent } = await crowded()
    const back = await TestDevice.attach(channelId, bob, sent.at(-KEPT - 1)!.version)
    expect((await back.frame(({ t }) => t === 'hello'))['reset']).toBe(false)
    await back.until(() => back.rows.length === KEPT)
    expect(back.rows).toEqual(sent.slice(-KEPT))
  })

  it('of unread are saved before what they count is dropped, however busy the channel is', async () => {
    // Time stands still: no alarm finds the channel silent.
    const now = Date.now()
    vi.spyOn(Date, 'now').mockImplementation(() => now)
    const { stub, bob } = await crowded()
    await evictDurableObject(stub)
    expect(value(await stub.describe(bob.userId)).unread).toBe(CROWD)
  })

  it('of unread are as good as they were where messages had been dropped before their senders were kept', async () => {
    const { stub, bob, ids } = await crowded()
    await runInDurableObject(stub, (_, ctx) => {
      const { sql } = ctx.storage
      sql.exec('DROP TABLE dropped_texts; DROP TABLE hidden_reads')
      sql.exec('ALTER TABLE channel DROP COLUMN uncounted_below')
      sql.exec(`DELETE FROM schema_migrations
        WHERE id >= (SELECT id FROM schema_migrations WHERE name = 'senders of dropped texts')`)
    })
    await evictDurableObject(stub)
    const unread = async (mark: number) => value(await stub.read(bob.userId, mark, false)).unread
    expect(await unread(ids[99]!)).toBe(CROWD)
    await evictDurableObject(stub)
    expect(value(await stub.describe(bob.userId)).unread).toBe(CROWD)
    expect(await unread(ids[CROWD - 101]!)).toBe(100)
    expect(await unread(ids[CROWD - 11]!)).toBe(10)
  })
})
