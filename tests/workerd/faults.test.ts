import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { FanOut } from '../../durable-objects/channel/fan-out.ts'
import { ChannelState } from '../../durable-objects/channel/state.ts'
import type { Delivery } from '../../durable-objects/shared/delivery.ts'
import type { Profile } from '../../durable-objects/shared/profile.ts'
import { userStub } from '../../durable-objects/shared/stubs.ts'
import { UserObject } from '../../durable-objects/user/user-object.ts'
import {
  codeOf,
  makeGroup,
  openDm,
  people,
  person,
  say,
  sync,
  syncAll,
  TestDevice,
  textsOf,
  value,
} from './support.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

/** Holds back what the inboxes of these people are told until the returned function is called. */
function holdInboxes(...who: Profile[]): () => void {
  const ids = new Set(who.map(({ userId }) => userId))
  const { promise: released, resolve: release } = Promise.withResolvers<void>()
  const deliver = UserObject.prototype.deliver as unknown as (delivery: Delivery) => number
  const spy = vi.spyOn(UserObject.prototype, 'deliver') as unknown as {
    mockImplementation(held: (this: UserObject, delivery: Delivery) => unknown): void
  }
  spy.mockImplementation(function (this: UserObject, delivery: Delivery) {
    if (!ids.has(delivery.userId)) return deliver.call(this, delivery)
    return released.then(() => deliver.call(this, delivery))
  })
  return release
}

/** Makes what this person's inbox is told fail until the returned function is called. */
function failInbox({ userId }: Profile): () => void {
  const deliver = UserObject.prototype.deliver as unknown as (delivery: Delivery) => number
  const spy = vi.spyOn(UserObject.prototype, 'deliver') as unknown as {
    mockImplementation(failing: (this: UserObject, delivery: Delivery) => number): void
    mockRestore(): void
  }
  spy.mockImplementation(function (this: UserObject, delivery: Delivery) {
    if (delivery.userId === userId) throw new Error('out of order')
    return deliver.call(this, delivery)
  })
  return () => spy.mockRestore()
}

describe('a write that fails', () => {
  it('stores nothing, and leaves no hole behind in any inbox', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { stub } = await makeGroup(ana, [bob])
    await expect.poll(async () => (await syncAll(bob, 1)).messages.length).toBe(1)
    const release = holdInboxes(bob)
    await say(stub, ana, 'one')
    vi.spyOn(ChannelState.prototype, 'setTitle').mockImplementationOnce(() => {
      throw new Error('disk full')
    })
    const failure = await runInDurableObject(stub, async (instance) => {
      try {
        return codeOf(await instance.rename(ana.userId, 'Never'))
      } catch (error) {
        return String(error)
      }
    })
    expect(failure).toContain('disk full')
    release()
    await say(stub, ana, 'two')
    await expect.poll(() => textsOf(bob)).toEqual(['one', 'two'])
    const { channels } = await syncAll(bob, 0)
    expect(channels[0]).toMatchObject({ title: 'A group', lastMessage: { text: 'two' } })
    const { messages } = value(await stub.history(ana.userId, { limit: 10 }))
    expect(messages.map(({ system, text }) => system?.action ?? text)).toEqual([
      'created',
      'one',
      'two',
    ])
  })

  it('is answered on a socket like every frame that carries a ref', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { channelId, stub } = await openDm(ana, bob)
    const { messageId } = await say(stub, ana, 'read me')
    const device = await TestDevice.attach(channelId, bob)
    vi.spyOn(ChannelState.prototype, 'saveMember').mockImplementationOnce(() => {
      throw new Error('disk full')
    })
    device.send({ t: 'read', ref: 1, messageId })
    expect(await device.answer(1)).toMatchObject({ t: 'error', code: 'unavailable', retryAfter: 1 })
    device.send({ t: 'read', ref: 2, messageId })
    expect(await device.answer(2)).toEqual({ t: 'ok', ref: 2 })
    expect(value(await stub.describe(bob.userId)).unread).toBe(0)
  })
})

describe('a socket that fails', () => {
  it('keeps neither the sender from an answer nor other sockets from the message', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { channelId, stub } = await openDm(ana, bob)
    const channels = [
      await TestDevice.attach(channelId, bob, 0, 'phone'),
      await TestDevice.attach(channelId, bob, 0, 'laptop'),
    ]
    const users = [
      await TestDevice.connect(bob, 0, 'phone'),
      await TestDevice.connect(bob, 0, 'laptop'),
    ]
    vi.spyOn(WebSocket.prototype, 'serializeAttachment').mockImplementationOnce(() => {
      throw new Error('too large')
    })
    await say(stub, ana, 'hello')
    await Promise.race(
      channels.map((device) => device.until(() => device.rows.length === 1 && !device.closed)),
    )
    for (const device of users) await device.until(() => device.messages.length === 1)
    await expect.poll(() => channels.filter(({ closed }) => closed?.code === 1012).length).toBe(1)
  })
})

describe('a busy channel', () => {
  it('tells all 100 members, also while messages come faster than inboxes answer', async () => {
    const [creator, ...others] = people(100)
    const { stub } = await makeGroup(creator!, others)
    const served = await runInDurableObject(stub, async (_, ctx) => {
      const state = ChannelState.load(ctx.storage)!
      const told = new Set<string>()
      const fanOut = new FanOut(state, {
        deliver: async (delivery) => {
          told.add(delivery.userId)
          await new Promise((resolve) => setTimeout(resolve, 0))
          return delivery.version
        },
        attached: () => new Set(),
        now: () => Date.now(),
        random: Math.random,
        wakeAt: () => undefined,
        report: () => undefined,
      })
      for (let i = 0; i < 40; i++) {
        const message = { userId: creator!.userId, clientId: null, kind: 'text' } as const
        state.append({ ...message, text: `message ${i}` }, Date.now())
        fanOut.kick()
        await new Promise((resolve) => setTimeout(resolve, 0))
      }
      fanOut.stop()
      return told.size
    })
    expect(served).toBe(100)
  })

  it('has all of a burst in the inbox of who reads along, at the one moment that is theirs', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { stub } = await openDm(ana, bob)
    await runInDurableObject(stub, async (_, ctx) => {
      const state = ChannelState.load(ctx.storage)!
      const before = state.newestVersion
      for (const member of state.members.values()) member.deliveredVersion = before
      let now = 1_000_000
      const told: Delivery[] = []
      const fanOut = new FanOut(state, {
        deliver: (delivery) => {
          if (delivery.userId === bob.userId) told.push(delivery)
          return Promise.resolve(delivery.version)
        },
        attached: () => new Set([ana.userId, bob.userId]),
        now: () => now,
        random: () => 0.5,
        wakeAt: () => undefined,
        report: () => undefined,
      })
      const message = { userId: ana.userId, clientId: null, kind: 'text', text: 'hi' } as const
      for (let i = 0; i < 450; i++) state.append(message, 0)
      fanOut.kick()
      expect(told).toEqual([])
      now += 1_000
      fanOut.kick()
      await expect.poll(() => told.at(-1)?.version).toBe(state.newestVersion)
      expect(told.map(({ messages }) => messages?.count)).toEqual([200, 200, 50])
      fanOut.stop()
    })
  })

  it('does not keep a reader waiting for messages that came after', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { stub } = await openDm(ana, bob)
    const { messageId } = await say(stub, ana, 'one')
    const release = holdInboxes(bob)
    const reading = stub.read(bob.userId, messageId, true)
    await say(stub, ana, 'two')
    release()
    expect(value(await reading).readMessageId).toBe(messageId)
  })
})

describe('someone who goes', () => {
  it('is not told what happened since while an answer was on its way', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { stub } = await makeGroup(ana, [bob])
    const { messageId } = await say(stub, ana, 'one')
    const release = holdInboxes(bob)
    const reading = stub.read(bob.userId, messageId, true)
    value(await stub.remove(ana.userId, bob.userId))
    value(await stub.rename(ana.userId, 'Secret title'))
    release()
    expect(codeOf(await reading)).toBe('not_found')
  })

  it('gets nothing after their own leaving, not even who inherits the group', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { channelId, stub } = await makeGroup(ana, [bob])
    const device = await TestDevice.attach(channelId, ana)
    value(await stub.remove(ana.userId, ana.userId))
    expect((await device.closing()).code).toBe(4403)
    expect(device.rows.map(({ system }) => system?.action)).toEqual(['created', 'left'])
  })

  it('gets what was said while they were there, also if it was changed before their inbox was back', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { stub } = await makeGroup(ana, [bob])
    await expect.poll(async () => (await syncAll(bob, 1)).messages.length).toBe(1)
    const mend = failInbox(bob)
    const edited = await say(stub, ana, 'one')
    const gone = await say(stub, ana, 'two')
    const last = await say(stub, ana, 'three')
    value(await stub.remove(ana.userId, bob.userId))
    value(await stub.edit(ana.userId, edited.messageId, 'not for bob'))
    value(await stub.delete(ana.userId, gone.messageId))
    value(await stub.edit(ana.userId, last.messageId, 'nor this'))
    value(await stub.delete(ana.userId, last.messageId))
    mend()
    await evictDurableObject(stub)
    await runInDurableObject(stub, (instance) => instance.alarm())
    await expect.poll(async () => (await syncAll(bob, 1)).messages.length).toBe(5)
    const { messages } = await syncAll(bob, 1)
    expect(messages.map(({ messageId }) => messageId).slice(1, 4)).toEqual([
      edited.messageId,
      gone.messageId,
      last.messageId,
    ])
    // The first as it was; of what was deleted only that it was there.
    expect(messages.map(({ system, text }) => system?.action ?? text)).toEqual([
      'created',
      'one',
      '',
      '',
      'removed',
    ])
  })

  it('is still delivered their leaving by code that knows more fields than were stored', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { channelId, stub } = await makeGroup(ana, [bob])
    value(await stub.remove(bob.userId, bob.userId))
    await expect.poll(async () => (await syncAll(bob, 1)).messages.length).toBe(2)
    await runInDurableObject(stub, (_, ctx) => {
      ctx.storage.sql.exec(
        `UPDATE members SET delivered_version = 0, left_channel = ?
         WHERE left_at IS NOT NULL`,
        JSON.stringify({
          channelId,
          kind: 'group',
          role: 'member',
          memberCount: 1,
          createdAt: 1,
          leftAt: 2,
        }),
      )
    })
    await evictDurableObject(stub)
    await say(stub, ana, 'the group goes on')
    await runInDurableObject(stub, (instance) => instance.alarm())
    await expect.poll(() => textsOf(ana)).toEqual(['the group goes on'])
  })

  it('is not heard any more on a socket that was closed', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { channelId, stub } = await openDm(ana, bob)
    const device = await TestDevice.connect(ana, 0, 'phone')
    await device.frame(({ t }) => t === 'hello')
    await userStub(env, ana.userId).endDevice('phone')
    for (let i = 0; i < 3; i++) {
      try {
        device.send({ t: 'send', channelId, clientId: `late ${i}`, text: 'logged out' })
      } catch {
        // The close has arrived here already: then there is nothing to send on.
      }
    }
    await device.closing()
    const { messages } = value(await stub.history(bob.userId, { limit: 10 }))
    expect(messages).toEqual([])
  })

  it('whose session ran out gets nothing more and is closed with 4401', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { stub } = await openDm(ana, bob)
    const device = await TestDevice.connect(bob, 0, 'phone')
    await device.until(() => device.syncs[0])
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 3_600_000)
    await say(stub, ana, 'an hour later')
    expect((await device.closing()).code).toBe(4401)
    expect(device.messages).toEqual([])
  })
})

describe('an inbox that was set back', () => {
  it('asks again for everything that the channel believes it has', async () => {
    const [ana, bob] = [person('ana'), person('bob')]
    const { stub } = await openDm(ana, bob)
    await say(stub, ana, 'one')
    await expect.poll(() => textsOf(bob)).toEqual(['one'])
    const before = await sync(bob, 1)
    await runInDurableObject(userStub(env, bob.userId), (_, ctx) => {
      ctx.storage.sql.exec('DELETE FROM inbox')
      ctx.storage.sql.exec('UPDATE channels SET delivered_version = 1, seq = 2')
    })
    await evictDurableObject(userStub(env, bob.userId))
    expect(before.messages).toHaveLength(1)
    await say(stub, ana, 'two')
    await expect.poll(() => textsOf(bob)).toEqual(['one', 'two'])
  })
})
