import * as z from 'zod'
import { archiveStatusSchema } from '../protocol/operator.ts'
import { historySchema } from '../protocol/http.ts'
import { hitsSchema } from '../protocol/search.ts'
import { COMMON, fillChannels, RARE } from './messages.ts'
import { makeChannel, type Timed } from './scenarios.ts'
import { OPERATOR_KEY, startFilled, type BenchServer, type Disk } from './servers.ts'

/** Searches over a million messages, and reading from far back. */

const CHANNELS = 10
const MESSAGES = 100_000
const STATUS_EVERY_MS = 500

export interface SearchBench {
  server: BenchServer
  channelIds: string[]
  token: string
  /** How long archiving and indexing all of them took. */
  archived: Timed & { count: number }
}

/** Ten channels of 100,000 messages each, all in the archive and its index. */
export async function startSearch(disk: Disk, port: number): Promise<SearchBench> {
  const { server, made } = await startFilled(
    disk,
    2,
    port,
    async (empty) => {
      const channelIds: string[] = []
      for (let i = 0; i < CHANNELS; i++)
        channelIds.push(await makeChannel(empty, empty.people, 'group'))
      return channelIds
    },
    (persistTo, channelIds) => fillChannels(persistTo, channelIds, MESSAGES),
  )
  const token = server.people[0]?.token ?? ''
  const start = performance.now()
  await Promise.all(made.map((channelId) => archive(server, channelId)))
  const took = performance.now() - start
  return {
    server,
    channelIds: made,
    token,
    archived: { latencies: [], took, count: CHANNELS * MESSAGES },
  }
}

async function archive(server: BenchServer, channelId: string): Promise<void> {
  const path = `/v1/operator/channels/${channelId}/archive`
  await get(server, `${path}/rebuild`, OPERATOR_KEY, z.unknown(), 'POST')
  for (;;) {
    const { archivedVersion, newestVersion } = await get(
      server,
      path,
      OPERATOR_KEY,
      archiveStatusSchema,
    )
    if (archivedVersion === newestVersion) return
    await new Promise((resolve) => setTimeout(resolve, STATUS_EVERY_MS))
  }
}

/** What is searched for, and where: in all ten channels, or in one of them. */
export const SEARCHES = [
  { name: 'a rare word', q: RARE.word, all: true },
  { name: 'a common word', q: COMMON.word, all: true },
  { name: 'a common word and a rare one', q: `${COMMON.word} ${RARE.word}`, all: true },
  { name: 'the beginning of many words', q: COMMON.word.slice(0, 1), all: true },
  { name: 'a rare word in one channel', q: RARE.word, all: false },
  { name: 'a common word in one channel', q: COMMON.word, all: false },
] as const

/** First pages of a search, one after the other. */
export async function searchMany(
  { server, channelIds, token }: SearchBench,
  { q, all }: (typeof SEARCHES)[number],
  count: number,
): Promise<Timed> {
  return await timed(count, async (i) => {
    const where = all ? '' : `&channelId=${channelIds[i % channelIds.length]}`
    const path = `/v1/search?q=${encodeURIComponent(q)}${where}`
    const { hits } = await get(server, path, token, hitsSchema)
    if (hits.length === 0) throw new Error(`nothing was found for ${q}`)
  })
}

/** Pages of the history: the newest, or the one around the first message. */
export async function readMany(
  { server, channelIds, token }: SearchBench,
  query: '' | '?around=1',
  count: number,
): Promise<Timed> {
  return await timed(count, async (i) => {
    const path = `/v1/channels/${channelIds[i % channelIds.length]}/messages${query}`
    const { messages } = await get(server, path, token, historySchema)
    if (messages.length < 25) throw new Error(`${path} has ${messages.length} messages`)
  })
}

async function timed(count: number, run: (index: number) => Promise<void>): Promise<Timed> {
  const latencies: number[] = []
  const start = performance.now()
  for (let i = 0; i < count; i++) {
    const at = performance.now()
    await run(i)
    latencies.push(performance.now() - at)
  }
  return { latencies, took: performance.now() - start }
}

async function get<T>(
  { url }: BenchServer,
  path: string,
  token: string,
  answer: z.ZodType<T>,
  method = 'GET',
): Promise<T> {
  const headers = { authorization: `Bearer ${token}` }
  const response = await fetch(url.replace('ws', 'http') + path, { method, headers })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
  return answer.parse(text === '' ? null : JSON.parse(text))
}
