import { describe, expect, test } from 'vitest'
import { fakeFetch, makeClient, message, problem } from './client-fakes.ts'

/** A client whose export is answered with these pieces of a body, and then ends or breaks. */
function exporting(pieces: string[], breaks = false) {
  const left = [...pieces]
  let cancelled = false
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const piece = left.shift()
      if (piece !== undefined) controller.enqueue(new TextEncoder().encode(piece))
      else if (breaks) controller.error(new TypeError('terminated'))
      else controller.close()
    },
    cancel() {
      cancelled = true
    },
  })
  const client = makeClient({ fetch: async () => new Response(body) })
  return { client, wasCancelled: () => cancelled }
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

describe('searching', () => {
  test('asks with the filters that are given, and goes on from a page', async () => {
    const hits = [{ message: message(7), snippet: 'text 7', marks: [[0, 4]] }]
    const fetch = fakeFetch({
      'GET /v1/search': () => ({ body: { hits, next: '5.0.1' } }),
      'GET /v1/mentions': () => ({ body: { hits: [], next: null } }),
    })
    const client = makeClient({ fetch })
    expect(await client.search({ q: 'täxt "7"', channelId: 'c1' })).toEqual({ hits, next: '5.0.1' })
    await client.search({ q: 'x', userId: 'u', since: 1, until: 2 }, { before: '5.0.1', limit: 3 })
    await client.mentions({ before: '9.0.0' })
    const asked = fetch.mock.calls.map(([url]) => Object.fromEntries(new URL(url).searchParams))
    expect(asked).toEqual([
      { q: 'täxt "7"', channelId: 'c1' },
      { q: 'x', userId: 'u', since: '1', until: '2', before: '5.0.1', limit: '3' },
      { before: '9.0.0' },
    ])
  })

  test('rejects with what the server refused, or with having been given up', async () => {
    const fetch = fakeFetch({ 'GET /v1/search': () => problem(400, 'invalid') })
    await expect(makeClient({ fetch }).search({ q: '' })).rejects.toMatchObject({ code: 'invalid' })
    const abort = new AbortController()
    const slow = makeClient({
      fetch: (_, { signal }) =>
        new Promise((_resolve, reject) =>
          signal?.addEventListener('abort', () => reject(signal.reason)),
        ),
    })
    const search = slow.search({ q: 'x' }, { signal: abort.signal })
    abort.abort()
    await expect(search).rejects.toMatchObject({ code: 'network' })
  })
})

describe('a time', () => {
  const page = (ids: number[]) => ({
    messages: ids.map((id) => message(id, { createdAt: id * 1_000 })),
    hasMoreBefore: true,
    hasMoreAfter: true,
  })

  test('leads to the first message from then on, and to those around it', async () => {
    const fetch = fakeFetch({
      'GET /v1/channels/c1/messages': () => ({ body: page([4, 5, 7, 8]) }),
    })
    const client = makeClient({ fetch })
    expect(await client.loadAt('c1', 5_001)).toMatchObject({ messageId: 7 })
    const around = client.timeline('c1').around(7)
    expect(around.map(({ messageId }) => messageId)).toEqual([4, 5, 7, 8])
    expect(client.timeline('c1').edges(7)).toEqual({ isFirst: false, isLatest: false })
    const asked = fetch.mock.calls.map(([url]) => new URL(url).searchParams.get('at'))
    expect(asked).toEqual(['5001'])
    expect(await client.loadAt('c1', 9_000)).toMatchObject({ messageId: 8 })
  })

  test('leads nowhere in a channel without messages', async () => {
    const body = { messages: [], hasMoreBefore: false, hasMoreAfter: false }
    const fetch = fakeFetch({ 'GET /v1/channels/c1/messages': () => ({ body }) })
    expect(await makeClient({ fetch }).loadAt('c1', 0)).toBeNull()
  })
})

describe('an export', () => {
  const [one, two] = [message(1, { text: 'eins\nzwei' }), message(2, { text: '👍' })]
  const lines = `${JSON.stringify(one)}\n${JSON.stringify(two)}\n`

  test('gives every message, wherever the pieces of the answer are cut', async () => {
    const { client } = exporting([...lines])
    expect(await collect(client.export('c1'))).toEqual([one, two])
    expect(await collect(exporting([]).client.export('c1'))).toEqual([])
  })

  test('that breaks off throws, so that nobody takes a part for the whole', async () => {
    const seen: unknown[] = []
    const broken = exporting([lines], true).client
    const read = async (): Promise<void> => {
      for await (const item of broken.export('c1')) seen.push(item)
    }
    await expect(read()).rejects.toMatchObject({ code: 'network' })
    expect(seen).toEqual([one, two])
    const cut = exporting([lines.slice(0, -5)]).client
    await expect(collect(cut.export('c1'))).rejects.toMatchObject({ code: 'network' })
    const odd = exporting(['{"not":"a message"}\n']).client
    await expect(collect(odd.export('c1'))).rejects.toMatchObject({ code: 'protocol' })
  })

  test('that nobody wants any more is no longer read', async () => {
    const { client, wasCancelled } = exporting([lines, lines])
    for await (const item of client.export('c1')) {
      expect(item).toEqual(one)
      break
    }
    expect(wasCancelled()).toBe(true)
  })

  test('is refused like any other call', async () => {
    const fetch = fakeFetch({ 'GET /v1/channels/c1/export': () => problem(404, 'not_found') })
    await expect(collect(makeClient({ fetch }).export('c1'))).rejects.toMatchObject({
      code: 'not_found',
    })
  })
})
