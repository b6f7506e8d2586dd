import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  channel,
  connected,
  dm,
  fakeFetch,
  FakeWebSocket,
  member,
  message,
  problem,
  settle,
  sync,
} from './client-fakes.ts'

beforeEach(() => {
  vi.useFakeTimers()
  FakeWebSocket.all = []
})
afterEach(() => vi.useRealTimers())

const PATH = '/v1/channels/c1/messages/7'

async function withMessage(routes: Parameters<typeof fakeFetch>[0]) {
  const { client, socket } = await connected({ fetch: fakeFetch(routes) })
  socket.receive(sync({ cursor: 2, messages: [message(7, { userId: 'me' })] }))
  return { client, socket }
}

describe('changing a message', () => {
  test('an edit shows once the server has answered, and an older row does not undo it', async () => {
    const answered = Promise.withResolvers<{ body: unknown }>()
    const { client, socket } = await withMessage({ [`PATCH ${PATH}`]: () => answered.promise })
    const edited = client.edit('c1', 7, 'better')
    await settle()
    expect(client.timeline('c1').latest[0]?.text).toBe('text 7')
    answered.resolve({ body: { message: message(7, { version: 9, text: 'better', editedAt: 1 }) } })
    expect((await edited).version).toBe(9)
    socket.receive(sync({ cursor: 3, messages: [message(7, { userId: 'me' })] }))
    expect(client.timeline('c1').latest[0]?.text).toBe('better')
    expect(client.channel('c1')?.lastMessage?.text).toBe('better')
  })

  test('a deletion leaves its place and takes the text', async () => {
    const deleted = message(7, { version: 9, text: '', deletedAt: 1 })
    const { client } = await withMessage({
      [`DELETE ${PATH}`]: () => ({ body: { message: deleted } }),
    })
    await client.delete('c1', 7)
    expect(client.timeline('c1').latest).toEqual([deleted])
  })

  test('a refusal says why and when to try again, and changes nothing', async () => {
    const { client } = await withMessage({
      [`PATCH ${PATH}`]: () => ({
        ...problem(429, 'rate_limited'),
        headers: { 'retry-after': '7' },
      }),
      [`DELETE ${PATH}`]: () => problem(403, 'forbidden'),
    })
    await expect(client.edit('c1', 7, 'better')).rejects.toMatchObject({
      code: 'rate_limited',
      retryAfter: 7,
    })
    await expect(client.delete('c1', 7)).rejects.toMatchObject({ code: 'forbidden' })
    expect(client.timeline('c1').latest[0]?.text).toBe('text 7')
  })

  test('an empty or too long text is not sent', async () => {
    const { client } = await withMessage({})
    await expect(client.edit('c1', 7, '')).rejects.toMatchObject({ code: 'invalid' })
    const long = client.edit('c1', 7, 'x'.repeat(100_000))
    await expect(long).rejects.toMatchObject({ code: 'text_too_long' })
  })
})

describe('receipts', () => {
  const mine = message(7, { userId: 'me' })
  const receipt = (readMessageId: number, deliveredMessageId: number | null) => ({
    t: 'receipt',
    channelId: 'c1',
    userId: 'other',
    readMessageId,
    deliveredMessageId,
  })

  test('turn a message of a DM from sent to delivered to read, and never back', async () => {
    const { client, socket } = await connected()
    socket.receive(sync({ cursor: 2, channels: [dm('c1')], messages: [mine] }))
    expect(client.stateOf(mine)).toBe('sent')
    socket.receive(receipt(0, 7))
    expect(client.stateOf(mine)).toBe('delivered')
    socket.receive(receipt(7, 7))
    expect(client.stateOf(mine)).toBe('read')
    socket.receive(receipt(3, 3))
    socket.receive(sync({ cursor: 3, channels: [dm('c1', { deliveredMessageId: 6 })] }))
    expect(client.stateOf(mine)).toBe('read')
  })

  test('that tell nothing new are not told on', async () => {
    const { client, socket } = await connected()
    socket.receive(sync({ cursor: 2, channels: [dm('c1')], messages: [mine] }))
    socket.receive(receipt(7, 7))
    const changed = vi.fn()
    client.on('changed', changed)
    socket.receive(receipt(7, 7))
    expect(changed).not.toHaveBeenCalled()
  })

  test('in a group a message stays sent, and its readers are known', async () => {
    const { client, socket } = await connected()
    const members = [member('me'), member('other'), member('third', { readMessageId: 7 })]
    socket.receive(sync({ cursor: 2, channels: [channel('c1', { members })], messages: [mine] }))
    expect(client.readers(mine)).toEqual(['third'])
    socket.receive(receipt(8, null))
    expect(client.readers(mine)).toEqual(['other', 'third'])
    expect(client.stateOf(mine)).toBe('sent')
  })
})
