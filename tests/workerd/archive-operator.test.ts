import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { dmChannelId } from '../../durable-objects/shared/channel-id.ts'
import { ArchiveShard } from '../../workers/db/archive.ts'
import { archiveAll, archived, dropOld, KEPT, sayMany, status } from './archive-support.ts'
import { call, refusal } from './edge.ts'
import { openDm, person, value } from './support.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

const OPERATOR_KEY = 'an operator key for tests, and for nothing else'

async function operate(
  channelId: string,
  path = '',
  body?: object,
  key: string | null = OPERATOR_KEY,
): Promise<Response> {
  const settings = { ...env, OPERATOR_KEY }
  return await call(`/v1/operator/channels/${channelId}/archive${path}`, {
    ...(body ? { body } : {}),
    settings,
    headers: key === null ? {} : { authorization: `Bearer ${key}` },
  })
}

async function compare(channelId: string) {
  const differences: unknown[] = []
  let compared = 0
  for (let after: number | null = 0; after !== null;) {
    const response = await operate(channelId, '/compare', { after })
    expect(response.status).toBe(200)
    const part: { compared: number; differences: unknown[]; next: number | null } =
      await response.json()
    differences.push(...part.differences)
    compared += part.compared
    after = part.next
  }
  return { compared, differences }
}

describe('operators', () => {
  it('are asked for their key, and there are none where no key is set', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { channelId } = await openDm(ana, bob)
    expect((await operate(channelId)).status).toBe(200)
    for (const key of [null, '', 'wrong', `${OPERATOR_KEY}x`]) {
      expect(await refusal(await operate(channelId, '', undefined, key))).toEqual([
        401,
        'unauthenticated',
      ])
    }
    const path = `/v1/operator/channels/${channelId}/archive`
    const headers = { authorization: `Bearer ${OPERATOR_KEY}` }
    expect(await refusal(await call(path, { headers }))).toEqual([404, 'not_found'])
    const never = dmChannelId(env.CHANNEL_KEY, ana.userId, person('eve').userId)
    for (const id of ['invented', never]) {
      expect(await refusal(await operate(id))).toEqual([404, 'not_found'])
      expect(await refusal(await operate(id, '/compare', {}))).toEqual([404, 'not_found'])
      expect(await refusal(await operate(id, '/move', { shard: 1 }))).toEqual([404, 'not_found'])
    }
  })

  it('see how much is where and how far the archive is behind', async () => {
    env.CHANNEL_MAX_BYTES = '1'
    vi.spyOn(console, 'log').mockImplementation(() => {})
    const [ana, bob] = [person('ana'), person('bob')]
    const { channelId, stub } = await openDm(ana, bob)
    const sent = await sayMany(stub, ana, KEPT + 44)
    const before = await (await operate(channelId)).json()
    expect(before).toMatchObject({
      archivedVersion: 0,
      backlogRows: KEPT + 44,
      oldestWaitsMs: expect.any(Number),
      localRows: KEPT + 44,
      droppedBelow: null,
      shards: [],
    })
    await dropOld(stub)
    expect(await (await operate(channelId)).json()).toMatchObject({
      channelId,
      archivedVersion: sent.at(-1)!.version,
      backlogRows: 0,
      oldestWaitsMs: null,
      localRows: KEPT,
      droppedBelow: sent[43]!.messageId + 1,
      ranges: [{ fromMessageId: 0, shard: 0 }],
      shards: [{ shard: 0, rows: KEPT + 44 }],
    })
    vi.spyOn(ArchiveShard.prototype, 'count').mockRejectedValue(new Error('D1 is away'))
    expect((await status(stub)).shards).toEqual([{ shard: 0, rows: null }])
  })

  it('find by comparing what differs, and a rebuild mends it', async () => {
    env.CHANNEL_MAX_BYTES = '8e9'
    const [ana, bob] = [person('ana'), person('bob')]
    const { channelId, stub } = await openDm(ana, bob)
    const sent = await sayMany(stub, ana, 450, (i) => `message ${i} ${'🦆'.repeat(2_000)}`)
    await archiveAll(stub)
    expect(await compare(channelId)).toEqual({ compared: 450, differences: [] })
    const [lost, damaged, old] = [sent[10]!, sent[222]!, sent[449]!].map((m) => m.messageId)
    const run = (statement: string, messageId: number) =>
      env.ARCHIVE_0.prepare(`${statement} WHERE channel_id = ? AND message_id = ?`)
        .bind(channelId, messageId)
        .run()
    await run('DELETE FROM messages', lost!)
    await run("UPDATE messages SET text = 'damaged'", damaged!)
    await run('UPDATE messages SET version = 1', old!)
    expect((await compare(channelId)).differences).toEqual([
      { messageId: lost, version: lost, archivedVersion: null },
      { messageId: damaged, version: damaged, archivedVersion: damaged },
      { messageId: old, version: old, archivedVersion: 1 },
    ])
    expect((await operate(channelId, '/rebuild', {})).status).toBe(202)
    await archiveAll(stub)
    expect(await compare(channelId)).toEqual({ compared: 450, differences: [] })
    expect(await archived(channelId)).toHaveLength(450)
  })

  it('hear of no difference where something is only not archived yet, or dropped', async () => {
    env.CHANNEL_MAX_BYTES = '1'
    vi.spyOn(console, 'log').mockImplementation(() => {})
    const [ana, bob] = [person('ana'), person('bob')]
    const { channelId, stub } = await openDm(ana, bob)
    const sent = await sayMany(stub, ana, KEPT + 44)
    await dropOld(stub)
    value(await stub.edit(ana.userId, sent.at(-1)!.messageId, 'not archived yet'))
    await sayMany(stub, ana, 3)
    expect(await compare(channelId)).toEqual({ compared: KEPT - 1, differences: [] })
    await runInDurableObject(stub, (_, ctx) => {
      ctx.storage.sql.exec('DELETE FROM messages WHERE message_id = ?', sent[280]!.messageId)
    })
    expect((await compare(channelId)).differences).toEqual([
      {
        messageId: sent[280]!.messageId,
        version: null,
        archivedVersion: sent[280]!.messageId,
      },
    ])
  })

  it('have a channel go on in another shard', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { channelId, stub } = await openDm(ana, bob)
    expect((await operate(channelId, '/move', { shard: 1 })).status).toBe(204)
    expect(await refusal(await operate(channelId, '/move', { shard: 2 }))).toEqual([400, 'invalid'])
    await sayMany(stub, ana, 2)
    await archiveAll(stub)
    expect(await archived(channelId, 1)).toHaveLength(2)
  })
})
