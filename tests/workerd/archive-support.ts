import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, vi } from 'vitest'
import type { ChannelObject } from '../../durable-objects/channel/channel-object.ts'
import type { SendItem } from '../../durable-objects/channel/send.ts'
import type { Profile } from '../../durable-objects/shared/profile.ts'
import type { History } from '../../protocol/http.ts'
import { MAX_REPLAY_ROWS } from '../../protocol/limits.ts'
import type { Message } from '../../protocol/objects.ts'
import type { ArchiveStatus } from '../../protocol/operator.ts'
import { ArchiveShard, type ArchivedRow } from '../../workers/db/archive.ts'
import { item, value } from './support.ts'

type Stub = DurableObjectStub<ChannelObject>

export async function fireAlarm(stub: Stub): Promise<void> {
  await runInDurableObject(stub, (instance: ChannelObject) => instance.alarm())
}

/** Fires the channel's alarm, now, until the archive has everything and nothing is left to drop. */
export async function archiveAll(stub: Stub): Promise<void> {
  for (;;) {
    await fireAlarm(stub)
    const { archivedVersion, newestVersion } = await status(stub)
    if (archivedVersion === newestVersion) return
  }
}

export async function status(stub: Stub): Promise<ArchiveStatus> {
  return value(await stub.archiveStatus())
}

/** Rows of a channel as a shard has them. */
export async function archived(channelId: string, shard: 0 | 1 = 0): Promise<ArchivedRow[]> {
  const database = shard === 0 ? env.ARCHIVE_0 : env.ARCHIVE_1
  const { results } = await database
    .prepare('SELECT * FROM messages WHERE channel_id = ? ORDER BY message_id')
    .bind(channelId)
    .all<ArchivedRow>()
  return results
}

export async function sayMany(
  stub: Stub,
  sender: Profile,
  count: number,
  text = (index: number): string => `message ${index}`,
): Promise<Message[]> {
  const messages: Message[] = []
  for (let from = 0; from < count; from += 100) {
    const items: SendItem[] = []
    for (let i = from; i < Math.min(count, from + 100); i++) items.push(item(text(i)))
    for (const sent of await stub.send(sender.userId, items)) messages.push(value(sent).message)
  }
  return messages
}

/** All of the history, from the newest back; `between` runs after each page. */
export async function pageBack(
  stub: Stub,
  reader: Profile,
  limit: number,
  between: (page: History) => Promise<void> = async () => undefined,
): Promise<Message[]> {
  const all: Message[] = []
  let before: number | undefined
  for (;;) {
    const page = value(await stub.history(reader.userId, { before, limit }))
    all.unshift(...page.messages)
    if (!page.hasMoreBefore) return all
    before = page.messages[0]!.messageId
    await between(page)
  }
}

export async function pageForth(stub: Stub, reader: Profile, limit: number): Promise<Message[]> {
  const all: Message[] = []
  let after = 0
  for (;;) {
    const page = value(await stub.history(reader.userId, { after, limit }))
    all.push(...page.messages)
    if (!page.hasMoreAfter) return all
    after = page.messages.at(-1)!.messageId
  }
}

/** Makes a method of every shard fail until the spy is restored. */
export function breakShards(method: 'write' | 'page' | 'bookmark') {
  return vi.spyOn(ArchiveShard.prototype, method).mockRejectedValue(new Error('D1 is away'))
}

/** The same for one shard only. */
export function breakShard(shard: 0 | 1, method: 'write' | 'page' | 'bookmark') {
  const database = shard === 0 ? env.ARCHIVE_0 : env.ARCHIVE_1
  const original = ArchiveShard.prototype[method]
  const isAway = (one: ArchiveShard): boolean => Reflect.get(one, 'database') === database
  return vi.spyOn(ArchiveShard.prototype, method).mockImplementation(function (
    this: ArchiveShard,
    ...args: unknown[]
  ) {
    if (isAway(this)) return Promise.reject(new Error('D1 is away'))
    return Reflect.apply(original, this, args) as never
  })
}

/** Rows that an object never drops. */
export const KEPT = MAX_REPLAY_ROWS

/** Fires alarms until no more than `rows` are left in the object, under a small CHANNEL_MAX_BYTES. */
export async function dropOld(stub: Stub, rows = KEPT): Promise<ArchiveStatus> {
  await expect
    .poll(async () => {
      await fireAlarm(stub)
      return (await status(stub)).localRows
    })
    .toBe(rows)
  return await status(stub)
}

/**
 * Does `work`, and whenever that has read from the archive, does `meanwhile` before the answer is passed
 * on. Object and test look at the same counts, each in its own context: neither may use what belongs to
 * the other, not even a promise's continuation.
 */
export async function whileReading<T>(
  meanwhile: () => Promise<void>,
  work: () => Promise<T>,
): Promise<T> {
  const page = ArchiveShard.prototype.page
  let held = 0
  let released = 0
  let isBusy = false
  let isDone = false
  const until = async (look: () => boolean): Promise<void> => {
    await vi.waitUntil(look, { interval: 2, timeout: 20_000 })
  }
  const spy = vi.spyOn(ArchiveShard.prototype, 'page').mockImplementation(async function (
    this: ArchiveShard,
    ...asked
  ) {
    const rows = await page.apply(this, asked)
    if (isBusy) return rows
    const turn = ++held
    await until(() => released >= turn)
    return rows
  })
  const working = work().finally(() => (isDone = true))
  for (;;) {
    await until(() => isDone || held > released)
    if (isDone) break
    isBusy = true
    await meanwhile()
    isBusy = false
    released = held
  }
  spy.mockRestore()
  return await working
}
