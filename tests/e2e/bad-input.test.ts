import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, inject, it } from 'vitest'
import type { Channel } from '../../protocol/objects.ts'
import { call, Person } from './support/person.ts'

const url = inject('serverUrl')

describe('bad input', () => {
  let ana: Person
  let bob: Person
  let dm: Channel
  let messages: string

  beforeAll(async () => {
    ;[ana, bob] = await Promise.all([Person.signUp(url, 'ana'), Person.signUp(url, 'bob')])
    dm = await ana.openDm(bob)
    messages = `/v1/channels/${dm.channelId}/messages`
  })

  it.each([
    ['an empty text', { clientId: 'c', text: '' }, 400, 'invalid'],
    [
      'a text of 100,000 characters',
      { clientId: 'c', text: 'a'.repeat(100_000) },
      413,
      'text_too_long',
    ],
    [
      'a text of 100,000 emoji',
      { clientId: 'c', text: '😀'.repeat(100_000) },
      413,
      'text_too_long',
    ],
    ['a lone surrogate', '{"clientId":"c","text":"\\ud800"}', 400, 'invalid'],
    ['a text that is a number', { clientId: 'c', text: 7 }, 400, 'invalid'],
    ['no clientId', { text: 'a' }, 400, 'invalid'],
    ['an empty clientId', { clientId: '', text: 'a' }, 400, 'invalid'],
    ['a clientId of 65 characters', { clientId: 'x'.repeat(65), text: 'a' }, 400, 'invalid'],
    ['a reply to nothing', { clientId: 'c', text: 'a', replyTo: 4711 }, 400, 'invalid'],
    ['a list', [1, 2, 3], 400, 'invalid'],
    ['broken JSON', '{"clientId":', 400, 'invalid'],
    ['an empty body', '', 400, 'invalid'],
    ['a body over 2 MiB', { clientId: 'c', text: 'a'.repeat(2 * 1024 * 1024) }, 413, 'too_large'],
  ])('%s is refused with its code and stores nothing', async (_, body, status, code) => {
    const answer = await ana.call('POST', messages, body)
    expect(answer.headers.get('content-type')).toContain('application/problem+json')
    expect(answer.body).toMatchObject({
      type: expect.any(String),
      title: expect.any(String),
      detail: expect.any(String),
      status,
      code,
    })
    expect(answer.status).toBe(status)
    expect(JSON.stringify(answer.body)).not.toMatch(/\.ts|node_modules|\\n {4}at /)
    expect((await ana.history(dm.channelId)).messages).toEqual([])
  })

  it('takes the longest text, the oddest characters and a clientId of 64 characters as they are', async () => {
    const other = await bob.openDm(bob)
    const device = await bob.connect()
    for (const text of [
      '😀'.repeat(99_999),
      'nul \0 in the middle',
      '\u202Eright to left\u202C',
      'e\u0301 is not \u00e9',
      '<img src=x onerror=alert(1)>',
      '{"t":"send"}',
      ' ',
    ]) {
      const clientId = randomUUID().padEnd(64, 'ü')
      const stored = await bob.send(other.channelId, text, clientId)
      expect(stored).toMatchObject({ text, clientId })
      await device.until(() => device.messages.find((message) => message.clientId === clientId))
      const { messages: held } = await bob.history(other.channelId, '?limit=1')
      expect(held[0]?.text).toBe(text)
    }
  })

  it.each([
    ['before and after at once', '?before=5&after=1'],
    ['limit 0', '?limit=0'],
    ['limit 201', '?limit=201'],
    ['a bound that is no number', '?before=abc'],
    ['a bound with a fraction', '?before=1.5'],
    ['a bound beyond the safe integers', '?before=99999999999999999999'],
  ])('a page of history with %s is invalid', async (_, query) => {
    const answer = await ana.call('GET', messages + query)
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid' } })
  })

  it('creations with lists of 10,000 people, strangers and blank titles make nothing', async () => {
    const group = { kind: 'group', title: 'Group', userIds: [], clientId: randomUUID() }
    const cases: [object, number, string][] = [
      [{ ...group, userIds: Array.from({ length: 10_000 }, () => randomUUID()) }, 400, 'invalid'],
      [{ ...group, userIds: Array.from({ length: 300 }, () => randomUUID()) }, 409, 'group_full'],
      [{ ...group, userIds: [bob.userId, 'nobody'] }, 404, 'not_found'],
      [{ ...group, userIds: ["' OR 1=1 --"] }, 400, 'invalid'],
      [{ ...group, title: '   ' }, 400, 'invalid'],
      [{ ...group, title: 'x'.repeat(101) }, 400, 'invalid'],
      [{ ...group, clientId: '' }, 400, 'invalid'],
      [{ kind: 'dm', userId: 'nobody' }, 404, 'not_found'],
      [{ kind: 'broadcast' }, 400, 'invalid'],
    ]
    for (const [body, status, code] of cases) {
      const answer = await ana.call('POST', '/v1/channels', body)
      expect(answer).toMatchObject({ status, body: { code } })
    }
    const { body } = await ana.call<{ channels: Channel[] }>('GET', '/v1/channels')
    expect(body.channels.map(({ channelId }) => channelId)).toEqual([dm.channelId])
  })

  it('lists that continue from something made up are invalid', async () => {
    const answer = await ana.call('GET', '/v1/channels?before=made-up')
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid' } })
  })

  it('routes that do not exist are not_found, also without a login', async () => {
    for (const path of ['/v1/nothing', '/v1/channels/x/y/z', '/api/nothing']) {
      const answer = await call(url, 'GET', path)
      expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } })
    }
  })

  it('every call of the contract wants a login', async () => {
    const paths = ['/v1/me', '/v1/channels', '/v1/sync', '/v1/devices', messages]
    for (const path of paths) {
      for (const headers of [
        {},
        { authorization: 'Bearer nonsense' },
        { authorization: 'Basic eA==' },
      ]) {
        const answer = await call(url, 'GET', path, undefined, headers as Record<string, string>)
        expect(answer).toMatchObject({ status: 401, body: { code: 'unauthenticated' } })
      }
    }
  })

  it('a bad frame is answered and the socket stays open; twenty of them close it with 4400', async () => {
    const device = await ana.connect()
    for (const frame of ['not json', '[]', '{"t":1}', '{"t":"send"}']) device.send(frame)
    await device.until(() => device.frames.filter(({ t }) => t === 'error').length === 4)
    expect(await device.ask({ t: 'unheard-of' })).toMatchObject({ t: 'error', code: 'invalid' })
    const sent = { t: 'send', channelId: dm.channelId, clientId: randomUUID(), text: 'still open' }
    expect((await device.ask({ ...sent, text: 7 }))['code']).toBe('invalid')
    expect((await device.ask(sent)).t).toBe('ok')
    for (let i = 0; i < 20; i++) device.send('{')
    expect((await device.closing()).code).toBe(4400)
  })

  it('a frame over 2 MiB closes the socket with 1009', async () => {
    const device = await ana.connect()
    device.send(JSON.stringify({ t: 'send', text: 'x'.repeat(2 * 1024 * 1024) }))
    expect((await device.closing()).code).toBe(1009)
  })
})
