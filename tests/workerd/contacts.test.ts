import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { userStub } from '../../durable-objects/shared/stubs.ts'
import { UserObject } from '../../durable-objects/user/user-object.ts'
import { accounts, befriend, change, fireAlarm, stateFor } from './people-support.ts'
import { codeOf, makeGroup, openDm, say, sync, syncAll, TestDevice, value } from './support.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

describe('contacts', () => {
  it('are asked and accept, and every device of both hears of each step', async () => {
    const [ana, bob] = await accounts('ana', 'bob')
    const device = await TestDevice.connect(bob)
    await device.until(() => device.syncs[0])
    expect(await change(ana, 'ask', bob)).toMatchObject({
      state: 'requested',
      user: { name: 'bob' },
    })
    await device.until(() => device.syncs.some((frame) => frame.contacts[0]?.state === 'incoming'))
    expect(await change(bob, 'ask', ana)).toMatchObject({ state: 'friend', user: { name: 'ana' } })
    await device.until(() => device.syncs.some((frame) => frame.contacts[0]?.state === 'friend'))
    expect(await stateFor(ana, bob)).toBe('friend')
    expect(await stateFor(bob, ana)).toBe('friend')
  })

  it('who ask each other at the same moment are friends', async () => {
    for (let round = 0; round < 10; round++) {
      const [ana, bob] = await accounts('ana', 'bob')
      await Promise.all([change(ana, 'ask', bob), change(bob, 'ask', ana)])
      expect([await stateFor(ana, bob), await stateFor(bob, ana)]).toEqual(['friend', 'friend'])
    }
  })

  it('are asked again without anything changing, and only the other one can accept', async () => {
    const [ana, bob] = await accounts('ana', 'bob')
    await change(ana, 'ask', bob)
    const { cursor } = await sync(ana, 0)
    expect(await change(ana, 'ask', bob)).toMatchObject({ state: 'requested' })
    expect((await sync(ana, 0)).cursor).toBe(cursor)
    expect(await stateFor(bob, ana)).toBe('incoming')
  })

  it('decline, take back and part, and devices that were away are told that it is over', async () => {
    const [ana, bob] = await accounts('ana', 'bob')
    await change(ana, 'ask', bob)
    const { cursor } = await sync(ana, 0)
    expect(await change(bob, 'remove', ana)).toMatchObject({ state: 'none' })
    const { contacts } = await sync(ana, cursor)
    expect(contacts).toMatchObject([
      { state: 'none', user: { userId: expect.stringContaining('bob') } },
    ])
    expect((await sync(ana, 0)).contacts).toEqual([])
    await change(ana, 'ask', bob)
    await change(ana, 'remove', bob)
    expect(await stateFor(bob, ana)).toBe('none')
    await befriend(ana, bob)
    await change(bob, 'remove', ana)
    expect([await stateFor(ana, bob), await stateFor(bob, ana)]).toEqual(['none', 'none'])
  })

  it('are none with oneself or with nobody, and nothing is written for that', async () => {
    const [ana] = await accounts('ana')
    const stub = userStub(env, ana.userId)
    expect(codeOf(await stub.changeContact('ask', ana.userId))).toBe('invalid')
    for (const what of ['ask', 'remove', 'block', 'unblock'] as const) {
      expect(codeOf(await stub.changeContact(what, 'nobody'))).toBe('not_found')
    }
    const rows = await runInDurableObject(stub, (_, ctx) =>
      ctx.storage.sql.exec('SELECT user_id FROM contacts UNION ALL SELECT id FROM owed').toArray(),
    )
    expect(rows).toEqual([])
    expect(await env.DB.prepare("SELECT 1 FROM block WHERE blocked_id = 'nobody'").first()).toBe(
      null,
    )
  })

  it('come in pages, each once, with the presence of friends', async () => {
    const [ana, ...others] = await accounts('ana', 'p0', 'p1', 'p2', 'p3', 'p4')
    for (const other of others) await befriend(ana, other)
    await TestDevice.connect(others[0]!)
    const seen: [string, string | null][] = []
    let before: string | null = null
    do {
      const page: Awaited<ReturnType<UserObject['contacts']>> = await userStub(
        env,
        ana.userId,
      ).contacts(before, 2)
      seen.push(
        ...page.contacts.map(({ user, status }): [string, string | null] => [user.name, status]),
      )
      before = page.next
    } while (before !== null)
    expect(seen.sort()).toEqual([
      ['p0', 'online'],
      ['p1', 'offline'],
      ['p2', 'offline'],
      ['p3', 'offline'],
      ['p4', 'offline'],
    ])
  })

  it('are part of what a reset device gets, in order and in as many pages as it takes', async () => {
    const [ana, bob, cyd] = await accounts('ana', 'bob', 'cyd')
    const { stub } = await makeGroup(ana, [bob])
    await change(ana, 'ask', bob)
    await say(stub, bob, 'hi')
    await change(cyd, 'ask', ana)
    await expect.poll(async () => (await syncAll(ana, 1)).messages.length).toBe(2)
    const { contacts, channels, reset } = await sync(ana, 0)
    expect(reset).toBe(true)
    expect(contacts.map(({ state }) => state)).toEqual(['requested', 'incoming'])
    expect(channels).toHaveLength(1)
    const { cursor } = await sync(ana, 0)
    await evictDurableObject(userStub(env, ana.userId))
    expect((await sync(ana, cursor)).contacts).toEqual([])
    expect((await sync(ana, 0)).cursor).toBe(cursor)
  })

  it('hear of it later if the object of the other one is out of order, by the alarm', async () => {
    const [ana, bob] = await accounts('ana', 'bob')
    const refresh = vi
      .spyOn(UserObject.prototype, 'refreshContact')
      .mockRejectedValue(new Error('no'))
    const errors = vi.spyOn(console, 'error').mockImplementation(() => {})
    expect(await change(ana, 'ask', bob)).toMatchObject({ state: 'requested' })
    expect(await stateFor(bob, ana)).toBe('none')
    refresh.mockRestore()
    errors.mockRestore()
    await evictDurableObject(userStub(env, ana.userId))
    await expect
      .poll(async () => {
        await fireAlarm(ana)
        return await stateFor(bob, ana)
      })
      .toBe('incoming')
    await expect.poll(() => fireAlarm(ana)).toBe(false)
  })

  it('are whole again if the object died right after the database knew', async () => {
    const [ana, bob] = await accounts('ana', 'bob')
    const stub = userStub(env, ana.userId)
    // As it is after such a death: noted here, stored there, told to nobody.
    await change(ana, 'remove', bob)
    const [a, b] = [ana.userId, bob.userId].sort()
    await env.DB.prepare('INSERT INTO friendship VALUES (?, ?, ?, ?, NULL)')
      .bind(a, b, ana.userId, Date.now())
      .run()
    await runInDurableObject(stub, async (_, ctx) => {
      ctx.storage.sql.exec(
        "INSERT INTO owed VALUES ('relation', ?, 1, ?, 0)",
        bob.userId,
        Date.now(),
      )
      await ctx.storage.setAlarm(Date.now())
    })
    await evictDurableObject(stub)
    await expect
      .poll(async () => {
        await fireAlarm(ana)
        return [await stateFor(ana, bob), await stateFor(bob, ana)]
      })
      .toEqual(['requested', 'incoming'])
  })

  it('can be read anew from their home, whatever became of the copy', async () => {
    const [ana, bob, cyd] = await accounts('ana', 'bob', 'cyd')
    await befriend(ana, bob)
    await change(ana, 'block', cyd)
    const stub = userStub(env, ana.userId)
    await runInDurableObject(stub, (_, ctx) => {
      ctx.storage.sql.exec("DELETE FROM contacts WHERE state = 'blocked'")
      ctx.storage.sql.exec("UPDATE contacts SET state = 'none'")
    })
    expect(await stub.rebuildContacts()).toBe(2)
    await expect.poll(() => stateFor(ana, cyd)).toBe('blocked')
  })

  it('may not be changed more often than the limit says', async () => {
    const [ana, bob] = await accounts('ana', 'bob')
    await runInDurableObject(userStub(env, ana.userId), async (instance: UserObject) => {
      Object.assign((instance as unknown as { people: { deps: object } }).people.deps, {
        limited: true,
      })
      const codes = []
      for (let i = 0; i < 61; i++)
        codes.push(codeOf(await instance.changeContact('remove', bob.userId)))
      expect(codes.slice(0, 60)).toEqual(Array.from({ length: 60 }, () => 'ok'))
      expect(codes[60]).toBe('rate_limited')
    })
  })
})

describe('a block', () => {
  it('ends a friendship, and the other one sees no more than that', async () => {
    const [ana, bob] = await accounts('ana', 'bob')
    await befriend(ana, bob)
    expect(await change(ana, 'block', bob)).toMatchObject({ state: 'blocked' })
    expect([await stateFor(ana, bob), await stateFor(bob, ana)]).toEqual(['blocked', 'none'])
    expect(await change(ana, 'unblock', bob)).toMatchObject({ state: 'none' })
  })

  it('lets no request through, then or later, and does not say so', async () => {
    const [ana, bob] = await accounts('ana', 'bob')
    await change(ana, 'block', bob)
    expect(await change(bob, 'ask', ana)).toMatchObject({ state: 'requested' })
    expect(await stateFor(ana, bob)).toBe('blocked')
    const asked = await userStub(env, ana.userId).changeContact('ask', bob.userId)
    expect(codeOf(asked)).toBe('blocked')
    await change(ana, 'unblock', bob)
    expect([await stateFor(ana, bob), await stateFor(bob, ana)]).toEqual(['none', 'none'])
    expect(await change(bob, 'ask', ana)).toMatchObject({ state: 'requested' })
    expect(await stateFor(ana, bob)).toBe('incoming')
  })

  it('refuses to open a DM from either side, also one that is opened at the same moment', async () => {
    const [ana, bob] = await accounts('ana', 'bob')
    await change(ana, 'block', bob)
    await expect(openDm(ana, bob)).rejects.toThrow('blocked')
    await expect(openDm(bob, ana)).rejects.toThrow('blocked')
    for (let round = 0; round < 5; round++) {
      const [cyd, dan] = await accounts('cyd', 'dan')
      const [opened] = await Promise.allSettled([openDm(dan, cyd), change(cyd, 'block', dan)])
      if (opened.status === 'rejected') continue
      await expect(say(opened.value.stub, dan, 'hi')).rejects.toThrow('blocked')
    }
  })

  it('holds in the DM before it is answered, for both, and what was sent stays', async () => {
    const [ana, bob] = await accounts('ana', 'bob')
    const { stub, channelId } = await openDm(ana, bob)
    const sent = await say(stub, bob, 'before')
    value(await stub.react(ana.userId, sent.messageId, '👍'))
    await change(ana, 'block', bob)
    await expect(say(stub, bob, 'after')).rejects.toThrow('blocked')
    await expect(say(stub, ana, 'after')).rejects.toThrow('blocked')
    for (const { userId } of [ana, bob]) {
      expect(codeOf(await stub.react(userId, sent.messageId, '🎉'))).toBe('blocked')
    }
    expect(value(await stub.unreact(ana.userId, sent.messageId, '👍')).reactions).toEqual({})
    const again = { clientId: sent.clientId!, text: 'before', replyTo: null }
    const [repeated] = await stub.send(bob.userId, [again])
    expect(repeated).toMatchObject({ ok: true, value: { created: false } })
    expect(codeOf(await stub.edit(bob.userId, sent.messageId, 'said anyway'))).toBe('blocked')
    await evictDurableObject(stub)
    await expect(say(stub, bob, 'after')).rejects.toThrow('blocked')
    const device = await TestDevice.connect(bob)
    device.send({ t: 'send', ref: 1, channelId, clientId: 'c', text: 'hi' })
    expect(await device.answer(1)).toMatchObject({ t: 'error', code: 'blocked' })
    await change(ana, 'unblock', bob)
    expect((await say(stub, bob, 'again')).text).toBe('again')
  })

  it('lets neither typing nor receipts through, nor what they would have told, until it is gone', async () => {
    const [ana, bob] = await accounts('ana', 'bob')
    const { stub, channelId } = await openDm(ana, bob)
    const { messageId } = await say(stub, bob, 'read me')
    await change(ana, 'block', bob)
    const [hers, his] = [
      await TestDevice.attach(channelId, ana),
      await TestDevice.attach(channelId, bob),
    ]
    hers.send({ t: 'read', ref: 1, messageId })
    hers.send({ t: 'typing', ref: 2 })
    expect(await hers.answer(2)).toMatchObject({ t: 'ok' })
    his.send({ t: 'typing', ref: 3 })
    expect(await his.answer(3)).toMatchObject({ t: 'ok' })
    const told = (device: TestDevice) =>
      device.frames.filter(({ t }) => t === 'typing' || t === 'receipt')
    expect([...told(hers), ...told(his)]).toEqual([])
    const markOf = async (reader: { userId: string }, of: { userId: string }) => {
      const channel = await stub.describe(reader.userId)
      if (!channel.ok) throw new Error(channel.code)
      return channel.value.members?.find(({ userId }) => userId === of.userId)?.readMessageId
    }
    expect(await markOf(bob, ana)).toBe(0)
    expect(await markOf(ana, ana)).toBe(messageId)
    await evictDurableObject(stub)
    expect(await markOf(bob, ana)).toBe(0)
    await change(ana, 'unblock', bob)
    expect(await markOf(bob, ana)).toBe(messageId)
  })

  it('leaves groups as they are', async () => {
    const [ana, bob] = await accounts('ana', 'bob')
    const { stub } = await makeGroup(ana, [bob])
    await change(ana, 'block', bob)
    expect((await say(stub, bob, 'to all')).text).toBe('to all')
    expect((await say(stub, ana, 'to all')).text).toBe('to all')
  })

  it('from both sides ends only when both have lifted it', async () => {
    const [ana, bob] = await accounts('ana', 'bob')
    const { stub } = await openDm(ana, bob)
    await Promise.all([change(ana, 'block', bob), change(bob, 'block', ana)])
    await change(ana, 'unblock', bob)
    await expect(say(stub, ana, 'hi')).rejects.toThrow('blocked')
    await change(bob, 'unblock', ana)
    expect((await say(stub, ana, 'hi')).text).toBe('hi')
  })
})
