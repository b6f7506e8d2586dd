import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, inject, it } from 'vitest'
import type { Channel, Message } from '../../protocol/objects.ts'
import { Refused } from './support/device.ts'
import { Person } from './support/person.ts'

const url = inject('serverUrl')

describe('a chat of two people', () => {
  let ana: Person
  let bob: Person
  let dm: Channel

  beforeAll(async () => {
    ;[ana, bob] = await Promise.all([Person.signUp(url, 'ana'), Person.signUp(url, 'bob')])
    dm = await ana.openDm(bob)
  })

  it('is one channel from whichever side it is opened', async () => {
    expect((await bob.openDm(ana)).channelId).toBe(dm.channelId)
    const again = await ana.call('POST', '/v1/channels', { kind: 'dm', userId: bob.userId })
    expect(again.status).toBe(200)
  })

  it('reaches two people on three devices, live and in one order', async () => {
    const laptop = await bob.logInAgain()
    const devices = await Promise.all([ana.connect(), bob.connect(), laptop.connect()])
    const [anas, bobs] = [devices[0]!, devices[1]!]
    const channelId = dm.channelId
    for (let i = 0; i < 10; i++) {
      const sender = i % 2 === 0 ? anas : bobs
      const answer = await sender.ask({
        t: 'send',
        channelId,
        clientId: randomUUID(),
        text: `message ${i}`,
      })
      expect(answer.t).toBe('ok')
    }
    // And a burst from both at once: whatever order comes out, it is the same for all.
    for (const device of [anas, bobs]) {
      for (let i = 0; i < 20; i++) {
        device.send({ t: 'send', channelId, clientId: randomUUID(), text: `burst ${i}` })
      }
    }
    for (const device of devices) await device.until(() => device.texts.length === 50)
    const [first, ...others] = devices.map((device) => device.messages)
    for (const messages of others) expect(messages).toEqual(first)
    expect(devices[0]!.texts.slice(0, 10)).toEqual(
      Array.from({ length: 10 }, (_, i) => `message ${i}`),
    )
    const ids = first!.map((message) => message.messageId)
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b))
  })

  it('gives a device that was away exactly what it missed, by its cursor', async () => {
    const device = await bob.connect()
    await device.until(() => device.syncs.some((frame) => !frame.more))
    device.close()
    await device.closing()
    await ana.send(dm.channelId, 'are you there?')
    await ana.send(dm.channelId, 'hello?')
    const back = await bob.connect(device.cursor)
    await back.until(() => back.texts.length === 2)
    expect(back.texts).toEqual(['are you there?', 'hello?'])
    expect(back.syncs.some((frame) => frame.reset)).toBe(false)
    // Polling tells the same rows in the same order.
    const polled = await bob.sync(device.cursor)
    expect(polled.messages).toEqual(back.messages)
  })

  it('stores one message for one clientId over socket, HTTP and socket again', async () => {
    const device = await ana.connect()
    const send = { t: 'send', channelId: dm.channelId, clientId: randomUUID(), text: 'only once' }
    const first = (await device.ask(send))['message'] as Message
    const path = `/v1/channels/${dm.channelId}/messages`
    const second = await ana.call<{ message: Message }>('POST', path, {
      clientId: send.clientId,
      text: 'only once',
    })
    const third = (await device.ask(send))['message'] as Message
    expect(second.status).toBe(200)
    expect(second.body.message).toEqual(first)
    expect(third).toEqual(first)
    const { messages } = await bob.history(dm.channelId, '?limit=200')
    expect(messages.filter(({ clientId }) => clientId === send.clientId)).toEqual([first])
  })

  it('lowers the badge of the second device when the first one reads', async () => {
    const laptop = await bob.logInAgain()
    const [phone, second] = await Promise.all([bob.connect(), laptop.connect()])
    const channelId = dm.channelId
    const last = await ana.send(channelId, 'read me')
    await second.until(() => (second.channel(channelId)?.unread ?? 0) > 0)
    expect((await phone.ask({ t: 'read', channelId, messageId: last.messageId })).t).toBe('ok')
    await second.until(() => second.channel(channelId)?.unread === 0)
    expect(second.channel(channelId)?.readMessageId).toBe(last.messageId)
    // And by HTTP.
    const next = await ana.send(channelId, 'and me')
    await second.until(() => second.channel(channelId)?.unread === 1)
    const read = await bob.call<{ channel: Channel }>('PUT', `/v1/channels/${channelId}/read`, {
      messageId: next.messageId,
    })
    expect(read.body.channel).toMatchObject({ unread: 0, readMessageId: next.messageId })
    await second.until(() => second.channel(channelId)?.unread === 0)
  })

  it('waits with long polling, and answers at once when there is something', async () => {
    let { cursor } = await bob.sync(0)
    // Deliveries of earlier messages may still be on their way: go on until all is quiet.
    for (let next = await bob.sync(cursor, 1); next.messages.length > 0;) {
      cursor = next.cursor
      next = await bob.sync(cursor, 1)
    }
    const waiting = bob.sync(cursor, 25)
    await ana.send(dm.channelId, 'wake up')
    expect((await waiting).messages.map(({ text }) => text)).toEqual(['wake up'])
    expect((await bob.sync(cursor, 25)).messages.map(({ text }) => text)).toEqual(['wake up'])
  })

  it('answers heartbeats', async () => {
    const device = await ana.connect()
    device.send('ping')
    await device.until(() => device.frames.at(-1)?.t === 'pong')
    device.close()
    expect((await device.closing()).code).toBe(1000)
  })
})

describe('someone who is not in a channel', () => {
  it('gets 404 on every route of it and nothing over any socket', async () => {
    const [ana, bob, eve] = await Promise.all(
      ['ana', 'bob', 'eve'].map((name) => Person.signUp(url, name)),
    )
    const group = await ana!.makeGroup('Private', [bob!])
    const spy = await eve!.connect()
    const { messageId } = await ana!.send(group.channelId, 'between us')
    const path = `/v1/channels/${group.channelId}`
    const never = path.replace(/.{4}$/, 'AAAA')
    for (const channel of [path, never]) {
      const answers = await Promise.all([
        eve!.call('GET', channel),
        eve!.call('PATCH', channel, { title: 'Mine' }),
        eve!.call('GET', `${channel}/messages`),
        eve!.call('GET', `${channel}/messages?around=1`),
        eve!.call('GET', `${channel}/messages/${messageId}`),
        eve!.call('POST', `${channel}/messages`, { clientId: 'c', text: 'hello' }),
        eve!.call('PUT', `${channel}/read`, { messageId }),
        eve!.call('PUT', `${channel}/members/${eve!.userId}`),
        eve!.call('PUT', `${channel}/members/${bob!.userId}`, { role: 'admin' }),
        eve!.call('DELETE', `${channel}/members/${bob!.userId}`),
        eve!.call('DELETE', `${channel}/members/${eve!.userId}`),
      ])
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 404))
      for (const { body } of answers) expect(body).toMatchObject({ code: 'not_found' })
      const id = channel.split('/').at(-1)
      for (const frame of [
        { t: 'send', channelId: id, clientId: 'c', text: 'hello' },
        { t: 'read', channelId: id, messageId },
      ]) {
        expect(await spy.ask(frame)).toMatchObject({ t: 'error', code: 'not_found' })
      }
    }
    expect(spy.messages).toEqual([])
    expect(spy.syncs.flatMap(({ channels }) => channels)).toEqual([])
    const { messages } = await bob!.history(group.channelId)
    expect(messages.map(({ text, kind }) => (kind === 'text' ? text : kind))).toEqual([
      'system',
      'between us',
    ])
  })
})

describe('the user socket', () => {
  it('is refused without a login', async () => {
    const { Device } = await import('./support/device.ts')
    const refused = Device.connect(`${url.replace('http', 'ws')}/v1/ws`)
    await expect(refused).rejects.toEqual(new Refused(401))
  })
})
