import { describe, expect, it } from 'vitest'
import { messageSchema, type Message } from '../../protocol/objects.ts'
import { pageForth, sayMany } from './archive-support.ts'
import { call, refusal } from './edge.ts'
import { searcher, type Searcher } from './search-support.ts'
import { makeGroup, say, value } from './support.ts'

function exported(who: Searcher, channelId: string): Promise<Response> {
  return call(`/v1/channels/${channelId}/export`, { headers: who.login.bearer })
}

function messagesOf(lines: string): Message[] {
  return lines
    .split('\n')
    .slice(0, -1)
    .map((line) => messageSchema.parse(JSON.parse(line)))
}

describe('the export of a channel', () => {
  it('has every message, one JSON object a line, as the history has them', async () => {
    const [ana, bob] = [await searcher('ana'), await searcher('bob')]
    const { channelId, stub } = await makeGroup(ana, [bob])
    const sent = await sayMany(stub, ana, 450, (n) => (n === 7 ? 'two\nlines \u2028' : `m ${n}`))
    value(await stub.delete(ana.userId, sent[3]!.messageId))
    const response = await exported(bob, channelId)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('application/jsonl; charset=utf-8')
    expect(response.headers.get('content-disposition')).toContain(`${channelId}.jsonl`)
    const text = new TextDecoder().decode(await response.arrayBuffer())
    expect(text.endsWith('}\n')).toBe(true)
    expect(messagesOf(text)).toEqual(await pageForth(stub, bob, 200))
  })

  it('reads on only as fast as it is taken', async () => {
    const [ana, bob] = [await searcher('ana'), await searcher('bob')]
    const { channelId, stub } = await makeGroup(ana, [bob])
    for (let i = 0; i < 6; i++) await say(stub, ana, '天'.repeat(99_999))
    const { body } = await exported(bob, channelId)
    const reader = body!.getReader()
    await reader.read()
    // Said after the export began: it is in it, since nothing was read ahead.
    await say(stub, ana, 'a latecomer')
    let rest = ''
    const decoder = new TextDecoder()
    for (;;) {
      const { done, value: chunk } = await reader.read()
      if (done) break
      rest += decoder.decode(chunk, { stream: true })
    }
    expect(rest).toContain('a latecomer')
  })

  it('breaks off when the person is removed meanwhile', async () => {
    const [ana, bob] = [await searcher('ana'), await searcher('bob')]
    const { channelId, stub } = await makeGroup(ana, [bob])
    await sayMany(stub, ana, 450)
    const { body } = await exported(bob, channelId)
    const reader = body!.getReader()
    await reader.read()
    value(await stub.remove(ana.userId, bob.userId))
    let bytes = 0
    const readOn = async (): Promise<void> => {
      for (;;) {
        const { done, value: chunk } = await reader.read()
        if (done) return
        bytes += chunk.byteLength
      }
    }
    await expect(readOn()).rejects.toThrow('the export ends early')
    expect(bytes).toBeLessThan(200 * 500)
  })

  it('is for members only', async () => {
    const [ana, bob, eve] = [await searcher('ana'), await searcher('bob'), await searcher('eve')]
    const { channelId, stub } = await makeGroup(ana, [bob])
    value(await stub.remove(bob.userId, bob.userId))
    for (const who of [bob, eve]) {
      expect(await refusal(await exported(who, channelId))).toEqual([404, 'not_found'])
    }
    expect(await refusal(await exported(ana, 'invented'))).toEqual([404, 'not_found'])
    expect(await refusal(await call(`/v1/channels/${channelId}/export`))).toEqual([
      401,
      'unauthenticated',
    ])
  })
})
