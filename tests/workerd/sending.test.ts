import { describe, expect, it } from 'vitest'
import { codeOf, item, makeGroup, openDm, person, say, value } from './support.ts'

describe('sending to a channel', () => {
  it('gives out increasing ids, and a new message has its id as version', async () => {
    const [ana, bo] = [person('ana'), person('bob')]
    const { stub } = await openDm(ana, bo)
    const first = await say(stub, ana, 'one')
    const second = await say(stub, bo, 'two')
    expect(second.messageId).toBeGreaterThan(first.messageId)
    expect(second.version).toBe(second.messageId)
    expect(second).toMatchObject({ userId: bo.userId, kind: 'text', text: 'two', editedAt: null })
  })

  it('stores one message for one clientId, however often it comes, and answers the stored one', async () => {
    const [ana, bo] = [person('ana'), person('bob')]
    const { stub } = await openDm(ana, bo)
    const [first] = await stub.send(ana.userId, [item('hello', 'c1')])
    const [again, twice] = await stub.send(ana.userId, [item('other', 'c1'), item('third', 'c1')])
    expect(value(first!).created).toBe(true)
    expect(value(again!)).toEqual({ message: value(first!).message, created: false })
    expect(value(twice!).message.text).toBe('hello')
    // The same clientId of somebody else is another message.
    const [others] = await stub.send(bo.userId, [item('mine', 'c1')])
    expect(value(others!).created).toBe(true)
  })

  it('answers each of several sends by itself and keeps their order', async () => {
    const [ana, bo] = [person('ana'), person('bob')]
    const { stub } = await openDm(ana, bo)
    const results = await stub.send(ana.userId, [
      item('a'),
      { ...item('b'), replyTo: 4711 },
      item('c'),
    ])
    expect(results.map(codeOf)).toEqual(['ok', 'invalid', 'ok'])
    const { messages } = value(await stub.history(bo.userId, { limit: 10 }))
    expect(messages.map((message) => message.text)).toEqual(['a', 'c'])
  })

  it('names the members whom a text mentions by handle', async () => {
    const [ana, bo, cy] = [person('ana'), person('bob'), person('cyd')]
    const { stub } = await makeGroup(ana, [bo, cy])
    const message = await say(stub, ana, 'hi @Bob, not me@cyd.example nor @nobody')
    expect(message.mentions).toEqual([bo.userId])
  })

  it('counts a mention of oneself for nothing, before and after reading', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { stub } = await openDm(ana, bob)
    const first = await say(stub, bob, 'hi')
    await say(stub, ana, 'I am @ana')
    expect(value(await stub.describe(ana.userId)).mentionCount).toBe(0)
    expect(value(await stub.read(ana.userId, first.messageId, false)).mentionCount).toBe(0)
  })

  it('tells someone who is not a member nothing, and stores nothing of theirs', async () => {
    const [ana, bo, eve] = [person('ana'), person('bob'), person('eve')]
    const { stub } = await openDm(ana, bo)
    const { messageId } = await say(stub, ana, 'secret')
    const [sent] = await stub.send(eve.userId, [item('let me in')])
    expect(codeOf(sent!)).toBe('not_found')
    expect(codeOf(await stub.describe(eve.userId))).toBe('not_found')
    expect(codeOf(await stub.history(eve.userId, { limit: 10 }))).toBe('not_found')
    expect(codeOf(await stub.message(eve.userId, messageId))).toBe('not_found')
    expect(codeOf(await stub.read(eve.userId, messageId, false))).toBe('not_found')
    expect(codeOf(await stub.rename(eve.userId, 'mine'))).toBe('not_found')
    expect(codeOf(await stub.add(eve.userId, eve))).toBe('not_found')
    expect(codeOf(await stub.remove(eve.userId, ana.userId))).toBe('not_found')
    const { messages } = value(await stub.history(ana.userId, { limit: 10 }))
    expect(messages.map((message) => message.text)).toEqual(['secret'])
  })
})
