import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { userStub } from '../../durable-objects/shared/stubs.ts'
import { SEARCHES_PER_USER } from '../../protocol/limits.ts'
import { ArchiveShard } from '../../workers/db/archive.ts'
import { archiveAll, sayMany } from './archive-support.ts'
import { call, refusal } from './edge.ts'
import { get, knows, search, searchAll, searcher, type Searcher } from './search-support.ts'
import { item, makeGroup, openDm, say, value } from './support.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

/** A group of two people who can search it. */
async function aGroup() {
  const [ana, bob] = [await searcher('ana'), await searcher('bob')]
  const group = await makeGroup(ana, [bob])
  return { ana, bob, ...group }
}

describe('search', () => {
  it('finds a message within 5 s of its being sent, by the alarms that come by themselves', async () => {
    const { ana, bob, channelId, stub } = await aGroup()
    const sent = await say(stub, ana, 'The ferry leaves at noon')
    const sentAt = Date.now()
    await expect
      .poll(() => searchAll(bob, 'ferry', { channelId }), { interval: 50 })
      .toHaveLength(1)
    expect(Date.now() - sentAt).toBeLessThan(5_000)
    const { hits, next } = await search(bob, 'FÉRRY lea', { channelId })
    expect(hits).toEqual([
      {
        message: sent,
        snippet: 'The ferry leaves at noon',
        marks: [
          [4, 9],
          [10, 16],
        ],
      },
    ])
    expect(next).toBeNull()
  })

  it('finds words of any language, their beginnings, phrases and emoji', async () => {
    const { ana, channelId, stub } = await aGroup()
    const texts = [
      'Wir fahren über Zürich nach Łódź',
      '我爱北京天安门',
      '東京タワーで会いましょう',
      'اللُغَةُ العربيّة',
      'ภาษาไทย',
      'Well done 👍🏽 🎉',
      'a null \u0000 inside',
    ]
    for (const text of texts) await say(stub, ana, text)
    await archiveAll(stub)
    const asked: [string, string | undefined][] = [
      ['zurich', texts[0]],
      ['LODZ', texts[0]],
      ['fahr', texts[0]],
      ['"uber zurich nach"', texts[0]],
      ['"nach zurich"', undefined],
      ['ahren', undefined],
      ['天安门', texts[1]],
      ['京天', texts[1]],
      ['门', texts[1]],
      ['天门', undefined],
      ['タワー', texts[2]],
      ['اللغة', texts[3]],
      ['العربية', texts[3]],
      ['ษาไ', texts[4]],
      ['👍', texts[5]],
      ['👍🏿', texts[5]],
      ['👎', undefined],
      ['null inside', texts[6]],
    ]
    for (const [q, text] of asked) {
      expect([q, await searchAll(ana, q, { channelId })]).toEqual([q, text ? [text] : []])
    }
  })

  it('finds an edited text by its new words only, and a deleted one never', async () => {
    const { ana, bob, channelId, stub } = await aGroup()
    const edited = await say(stub, ana, 'meet at the oldplace')
    const deleted = await say(stub, ana, 'a secret slip')
    await archiveAll(stub)
    value(await stub.edit(ana.userId, edited.messageId, 'meet at the newplace'))
    value(await stub.delete(ana.userId, deleted.messageId))
    // The index does not know yet, the channel does.
    expect(await searchAll(bob, 'oldplace', { channelId })).toEqual([])
    expect(await searchAll(bob, 'secret', { channelId })).toEqual([])
    await archiveAll(stub)
    expect(await searchAll(bob, 'oldplace', { channelId })).toEqual([])
    expect(await searchAll(bob, 'newplace', { channelId })).toEqual(['meet at the newplace'])
    expect(await searchAll(bob, 'secret', { channelId })).toEqual([])
    const { results } = await env.ARCHIVE_0.prepare(
      `SELECT count(*) AS n FROM search WHERE rowid IN (
         SELECT id FROM search_messages
         WHERE channel_no = (SELECT no FROM search_channels WHERE channel_id = ?))`,
    )
      .bind(channelId)
      .all()
    expect(results).toEqual([{ n: 1 }])
  })

  it('indexes once what is written twice, and nothing anew that arrives late', async () => {
    const { ana, bob, channelId, stub } = await aGroup()
    const { messageId } = await say(stub, ana, 'first version')
    const late: string[] = []
    const write = ArchiveShard.prototype.write
    vi.spyOn(ArchiveShard.prototype, 'write').mockImplementation(async function (
      this: ArchiveShard,
      json,
    ) {
      late.push(json)
      await write.call(this, json)
      await write.call(this, json)
    })
    await archiveAll(stub)
    value(await stub.edit(ana.userId, messageId, 'second version'))
    await archiveAll(stub)
    vi.restoreAllMocks()
    const shard = new ArchiveShard(env.ARCHIVE_0)
    for (const json of late) await shard.write(json)
    expect(await searchAll(bob, 'version', { channelId })).toEqual(['second version'])
    expect(await searchAll(bob, 'first', { channelId })).toEqual([])
  })

  it('indexes what was archived before there was an index when the archive is rebuilt', async () => {
    const { ana, bob, channelId, stub } = await aGroup()
    await sayMany(stub, ana, 30, (n) => `ancient ${n} @${bob.handle}`)
    await archiveAll(stub)
    for (const table of ['search', 'mentions', 'search_messages', 'search_channels']) {
      await env.ARCHIVE_0.prepare(`DELETE FROM ${table}`).run()
    }
    expect(await searchAll(bob, 'ancient', { channelId })).toEqual([])
    value(await stub.rebuildArchive())
    await archiveAll(stub)
    expect(await searchAll(bob, 'ancient', { channelId })).toHaveLength(30)
  })

  it('takes whatever is typed for text, and refuses more than 200 characters', async () => {
    const { ana, channelId, stub } = await aGroup()
    const text = `it's "NEAR" the a* OR b: c-d {x} ^ terms:y AND NOT z`
    await say(stub, ana, text)
    await say(stub, ana, 'something else')
    await archiveAll(stub)
    for (const q of [
      'NEAR("the" a, 2)',
      'a* OR b:',
      '"it\'s near',
      'terms:y',
      'c-d',
      '{x}',
      '^terms',
      "' OR 1=1",
      'not AND or',
      '"a*"',
      '$z',
      '1_z',
      '\u0000z',
    ]) {
      const { status } = await get(ana, '/v1/search', { q, channelId })
      expect([q, status]).toEqual([q, 200])
    }
    expect(await searchAll(ana, 'a* OR b:', { channelId })).toEqual([text])
    expect(await searchAll(ana, 'terms:y', { channelId })).toEqual([text])
    expect(await searchAll(ana, '"else z', { channelId })).toEqual([])
    const bad: Record<string, string>[] = [
      { q: 'x'.repeat(10_000) },
      { q: 'x'.repeat(201) },
      { q: 'a '.repeat(70) },
      { q: '' },
      { q: '(((' },
      { q: 'x', before: 'nonsense' },
      { q: 'x', before: '9'.repeat(64) },
      { q: 'x', limit: '51' },
      { q: 'x', since: 'yesterday' },
      { q: 'x', channelId: 'no id' },
    ]
    for (const query of bad) {
      expect(await refusal(await get(ana, '/v1/search', query))).toEqual([400, 'invalid'])
    }
    expect(await searchAll(ana, 'x'.repeat(200), { channelId })).toEqual([])
    expect(await refusal(await call('/v1/search?q=x'))).toEqual([401, 'unauthenticated'])
  })

  it('can be limited to a sender and to a time', async () => {
    const { ana, bob, channelId, stub } = await aGroup()
    const [one] = [await say(stub, ana, 'tea at one'), await say(stub, bob, 'tea at two')]
    let three = await say(stub, ana, 'tea at three')
    while (three.createdAt === one.createdAt) three = await say(stub, ana, 'tea at three')
    await archiveAll(stub)
    expect(await searchAll(bob, 'tea', { channelId, userId: bob.userId })).toEqual(['tea at two'])
    expect(await searchAll(bob, 'tea', { channelId, userId: 'nobody' })).toEqual([])
    const late = await searchAll(bob, 'tea', { channelId, since: three.createdAt })
    expect(late[0]).toBe('tea at three')
    expect(late).not.toContain('tea at one')
    const early = await searchAll(bob, 'tea', { channelId, until: three.createdAt })
    expect(early).toContain('tea at one')
    const none = { channelId, since: 5_000_000_000_000_000, until: 9_000_000_000_000_000 }
    expect(await searchAll(bob, 'tea', none)).toEqual([])
  })

  it('says nothing of a channel to who is not in it, was removed, or left', async () => {
    const { ana, bob, channelId, stub } = await aGroup()
    const eve = await searcher('eve')
    await say(stub, ana, 'the plan is ready')
    await archiveAll(stub)
    await knows(bob, [channelId])
    expect(await searchAll(bob, 'plan')).toHaveLength(1)
    expect(await searchAll(eve, 'plan')).toEqual([])
    expect(await refusal(await get(eve, '/v1/search', { q: 'plan', channelId }))).toEqual([
      404,
      'not_found',
    ])
    value(await stub.remove(ana.userId, bob.userId))
    expect(await refusal(await get(bob, '/v1/search', { q: 'plan', channelId }))).toEqual([
      404,
      'not_found',
    ])
    expect(await searchAll(bob, 'plan')).toEqual([])
    for (const invented of ['c0ffee', 'x'.repeat(64)]) {
      const response = await get(ana, '/v1/search', { q: 'plan', channelId: invented })
      expect(await refusal(response)).toEqual([404, 'not_found'])
    }
  })

  it('gives nothing of a channel whose inbox row is older than the removal', async () => {
    const { ana, bob, channelId, stub } = await aGroup()
    await say(stub, ana, 'only for members')
    await archiveAll(stub)
    await knows(bob, [channelId])
    value(await stub.remove(ana.userId, bob.userId))
    await knows(bob, [])
    // A user object that lags behind: the channel's own word is what counts.
    await runInDurableObject(userStub(env, bob.userId), (_, ctx) => {
      ctx.storage.sql.exec("UPDATE channels SET channel = json_set(channel, '$.leftAt', NULL)")
    })
    await knows(bob, [channelId])
    expect(await search(bob, 'members')).toEqual({ hits: [], next: null })
  })

  it('goes through all of my channels and shards, newest first, page by page', async () => {
    const [ana, bob, cat] = [await searcher('ana'), await searcher('bob'), await searcher('cat')]
    const channels = [await makeGroup(ana, [bob]), await openDm(ana, cat), await openDm(ana, bob)]
    const theirs = await openDm(bob, cat)
    value(await channels[1]!.stub.moveArchive(1))
    const sent: { createdAt: number; text: string }[] = []
    for (let i = 0; i < 24; i++) {
      const { stub } = channels[i % 3]!
      sent.push(await say(stub, ana, `apple number ${i}`))
    }
    await say(theirs.stub, bob, 'apple of others')
    for (const { stub } of [...channels, theirs]) await archiveAll(stub)
    await knows(
      ana,
      channels.map(({ channelId }) => channelId),
    )
    const found = await searchAll(ana, 'apple', { limit: 5 })
    expect(found.toSorted()).toEqual(sent.map(({ text }) => text).toSorted())
    const times = found.map((text) => sent.find((one) => one.text === text)!.createdAt)
    expect(times).toEqual(times.toSorted((a, b) => b - a))
    // In one channel the order is exact, whatever the clock said.
    const inFirst = await searchAll(ana, 'apple', { limit: 3, channelId: channels[0]!.channelId })
    expect(inFirst).toEqual([21, 18, 15, 12, 9, 6, 3, 0].map((n) => `apple number ${n}`))
    const { hits, next } = await search(ana, 'apple number 23')
    expect(hits).toHaveLength(1)
    expect(next).toBeNull()
  })

  it('keeps apart what was sent in one millisecond', async () => {
    const { ana, bob, channelId, stub } = await aGroup()
    vi.spyOn(Date, 'now').mockReturnValue(Date.now())
    const sent = await stub.send(
      ana.userId,
      Array.from({ length: 60 }, (_, n) => item(`instant ${n}`)),
    )
    const other = await makeGroup(ana, [bob])
    await say(other.stub, ana, 'instant elsewhere')
    vi.restoreAllMocks()
    expect(new Set(sent.map((one) => value(one).message.createdAt)).size).toBe(1)
    await archiveAll(stub)
    await archiveAll(other.stub)
    const inOrder = sent.map((one) => value(one).message.text).toReversed()
    expect(await searchAll(bob, 'instant', { channelId, limit: 7 })).toEqual(inOrder)
    await knows(bob, [channelId, other.channelId])
    expect(await searchAll(bob, 'instant', { limit: 7 })).toHaveLength(61)
  })

  it('answers long texts in pages of 1 MiB, with a piece of each', async () => {
    const { ana, channelId, stub } = await aGroup()
    for (let i = 0; i < 4; i++) await say(stub, ana, `${'天'.repeat(99_980)} needle ${i}`)
    await say(stub, ana, '👍🏽'.repeat(49_990))
    await archiveAll(stub)
    const page = await search(ana, 'needle', { channelId })
    expect(page.hits).toHaveLength(3)
    expect(page.next).not.toBeNull()
    expect(page.hits.every(({ snippet }) => snippet.length < 200)).toBe(true)
    const [hit] = page.hits
    expect(hit!.marks.map(([start, end]) => hit!.snippet.slice(start, end))).toEqual(['needle'])
    expect(await searchAll(ana, 'needle', { channelId })).toHaveLength(4)
    expect(await searchAll(ana, '👍', { channelId })).toHaveLength(1)
  })

  it('is unavailable while a shard does not answer, and only then', async () => {
    const { ana, channelId, stub } = await aGroup()
    await say(stub, ana, 'patience')
    await archiveAll(stub)
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const find = vi.spyOn(ArchiveShard.prototype, 'find').mockRejectedValue(new Error('D1 is away'))
    expect(await refusal(await get(ana, '/v1/search', { q: 'patience', channelId }))).toEqual([
      503,
      'unavailable',
    ])
    find.mockRestore()
    vi.spyOn(ArchiveShard.prototype, 'find').mockRejectedValueOnce(new Error('D1 hiccups'))
    expect(await searchAll(ana, 'patience', { channelId })).toHaveLength(1)
  })

  it('is limited for each person', async () => {
    const who = await searcher('busy')
    const settings = { RATE_LIMITS: 'on' } as const
    const ways = ['/v1/search?q=x', '/v1/mentions', '/v1/channels/none/export']
    const refused = new Map<string, string | null>()
    let passed = 0
    // A window may end in the middle, and the count starts anew; then it takes some more.
    for (let i = 0; i < 600 && refused.size < ways.length; i++) {
      const way = ways[i % 3]!
      const response = await call(way, { headers: who.login.bearer, settings })
      if (response.status === 429) refused.set(way, response.headers.get('retry-after'))
      else if (refused.size === 0) passed++
    }
    expect(passed).toBeGreaterThanOrEqual(SEARCHES_PER_USER.count)
    expect(Object.fromEntries(refused)).toEqual(
      Object.fromEntries(ways.map((way) => [way, String(SEARCHES_PER_USER.windowMs / 1000)])),
    )
    const other = await searcher('calm')
    expect((await call(ways[0]!, { headers: other.login.bearer, settings })).status).toBe(200)
  })
})

describe('the index', () => {
  let ana: Searcher
  let channelId: string

  beforeAll(async () => {
    ana = await searcher('ana')
    const group = await makeGroup(ana, [])
    channelId = group.channelId
    await say(group.stub, ana, 'a common word')
    await archiveAll(group.stub)
  })

  it('reads no more for a common word than its channel has, however many others have it', async () => {
    const shard = new ArchiveShard(env.ARCHIVE_0)
    const others = Array.from({ length: 20 }, (_, n) => `crowd-${n}`)
    for (const other of others) {
      const rows = Array.from({ length: 100 }, (_, n) => ({
        channelId: other,
        messageId: n + 1,
        version: n + 1,
        userId: 'somebody',
        clientId: null,
        kind: 'text',
        text: 'a common word',
        system: null,
        replyTo: null,
        mentions: [],
        reactions: {},
        createdAt: 1_000 * n,
        editedAt: null,
        deletedAt: null,
      }))
      await shard.write(JSON.stringify(rows))
    }
    // No term of the index has more messages than one channel has: what is read grows with nothing else.
    await env.ARCHIVE_0.prepare(
      "CREATE VIRTUAL TABLE vocabulary USING fts5vocab(search, 'row')",
    ).run()
    const { results } = await env.ARCHIVE_0.prepare(
      "SELECT doc, count(*) AS channels FROM vocabulary WHERE term LIKE '%!_common' ESCAPE '!' GROUP BY doc",
    ).all<{ doc: number; channels: number }>()
    await env.ARCHIVE_0.prepare('DROP TABLE vocabulary').run()
    expect(results).toEqual([
      { doc: 1, channels: 1 },
      { doc: 100, channels: others.length },
    ])
    const span = { since: 0, before: { createdAt: 2 ** 42, nth: 0 }, limit: 1_000 }
    // The word is a term of its own in every channel.
    expect(await shard.find([[channelId]], '"$common"', span)).toHaveLength(1)
    expect(await shard.find([[channelId]], '"$com" *', span)).toHaveLength(1)
    expect(await shard.find([['crowd-3']], '"$common"', span)).toHaveLength(100)
    expect(await shard.find([['unheard-of']], '"$common"', span)).toEqual([])
    expect(await searchAll(ana, 'common', { channelId })).toHaveLength(1)
  })
})
