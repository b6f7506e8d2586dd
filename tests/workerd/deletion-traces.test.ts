import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { channelStub, userStub } from '../../durable-objects/shared/stubs.ts'
import type { Invite, Message } from '../../protocol/objects.ts'
import type { Hits } from '../../protocol/search.ts'
import { archiveAll } from './archive-support.ts'
import {
  as,
  channel,
  deleteMe,
  group,
  json,
  open,
  owed,
  profileOf,
  say,
} from './deletion-support.ts'
import { refusal, signIn, signUp, type Login } from './edge.ts'
import { toldOf, watching } from './people-support.ts'
import { codeOf, sync, TestDevice } from './support.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

async function deviceOf(who: Login): Promise<string> {
  const answer = await as(who, 'GET', '/v1/devices')
  const { devices } = await json<{ devices: { deviceId: string; current: boolean }[] }>(answer)
  return devices.find(({ current }) => current)!.deviceId
}

describe('with a deleted account', () => {
  it('every socket of every device closes with 4401, of conversations too, and no poll goes on', async () => {
    const ana = await signUp('Ana')
    const phone = await signIn(ana)
    const room = await group(ana, [])
    const who = profileOf(ana)
    const [here, there] = [await deviceOf(ana), await deviceOf(phone)]
    const sockets = [
      await TestDevice.connect(who, 0, here),
      await TestDevice.attach(room.channelId, who, 0, here),
      await TestDevice.connect(who, 0, there),
      await TestDevice.attach(room.channelId, who, 0, there),
    ]
    const { cursor } = await sync(who, 0, 'polls')
    const polled = userStub(env, ana.userId).sync('polls', cursor, 25)
    expect((await deleteMe(ana)).status).toBe(204)
    for (const socket of sockets) expect(await socket.closing()).toMatchObject({ code: 4401 })
    expect(codeOf(await polled)).toBe('unauthenticated')
    // The edge had let it in just before.
    const late = await TestDevice.connect(who, 0, 'late')
    expect(await late.closing()).toMatchObject({ code: 4401 })
    await expect(TestDevice.attach(room.channelId, who)).rejects.toThrow('unauthenticated')
  })

  it('whoever watches is told that there is nothing to see, also if nobody was connected', async () => {
    const [ana, bob] = [await signUp('Ana'), await signUp('Bob')]
    await open(ana, { kind: 'dm', userId: bob.userId })
    const who = profileOf(ana)
    await expect.poll(async () => (await sync(profileOf(bob), 0)).channels.length).toBe(1)
    const device = await watching(profileOf(bob), [who])
    await device.until(() => toldOf(device, who).at(-1) === 'offline')
    await deleteMe(ana)
    await device.until(() => toldOf(device, who).at(-1) === null)
    expect(toldOf(device, who)).toEqual(['offline', null])
  })

  it('messages are found by search, listed by their author, and exported as they were', async () => {
    const [ana, bob] = [await signUp('Ana'), await signUp('Bob')]
    const room = await group(bob, [ana])
    const { message } = await json<{ message: Message }>(
      await say(ana, room, 'The rhubarb is ready'),
    )
    expect((await deleteMe(ana)).status).toBe(204)
    await expect.poll(async () => (await channel(bob, room)).memberCount).toBe(1)
    await archiveAll(channelStub(env, room.channelId)!)
    for (const query of ['q=rhubarb', `q=rhubarb&userId=${ana.userId}`]) {
      const hits = await json<Hits>(
        await as(bob, 'GET', `/v1/search?${query}&channelId=${room.channelId}`),
      )
      expect(hits.hits.map((hit) => hit.message)).toEqual([message])
    }
    const exported = await as(bob, 'GET', `/v1/channels/${room.channelId}/export`)
    const lines = new TextDecoder()
      .decode(await exported.arrayBuffer())
      .trim()
      .split('\n')
    const messages = lines.map((line) => JSON.parse(line) as Message)
    expect(messages).toContainEqual(message)
  })

  it('a group that had nobody else is closed for good, also to its invite links', async () => {
    const [ana, bob] = [await signUp('Ana'), await signUp('Bob')]
    const room = await group(ana, [])
    const path = `/v1/channels/${room.channelId}`
    const { invite } = await json<{ invite: Invite }>(await as(ana, 'POST', `${path}/invites`))
    expect((await as(bob, 'GET', `/v1/invites/${invite.code}`)).status).toBe(200)
    expect((await deleteMe(ana)).status).toBe(204)
    await expect.poll(() => owed(ana)).toEqual([])
    for (const answer of [
      await as(bob, 'GET', `/v1/invites/${invite.code}`),
      await as(bob, 'POST', `/v1/invites/${invite.code}`),
      await as(bob, 'GET', path),
    ]) {
      expect(await refusal(answer)).toEqual([404, 'not_found'])
    }
    expect(codeOf(await channelStub(env, room.channelId)!.describe(ana.userId))).toBe('not_found')
  })

  it('the name is gone from the groups as well, and of who came in later nobody learns it', async () => {
    const [ana, bob, cyd] = [await signUp('Anastasia'), await signUp('Bob'), await signUp('Cyd')]
    const room = await group(bob, [ana])
    await say(ana, room, 'hello')
    await deleteMe(ana)
    await expect.poll(async () => (await channel(bob, room)).memberCount).toBe(1)
    await json(await as(bob, 'PUT', `/v1/channels/${room.channelId}/members/${cyd.userId}`, {}))
    const devices = [
      await TestDevice.connect(profileOf(cyd)),
      await TestDevice.connect(profileOf(bob)),
    ]
    for (const device of devices) {
      await device.until(() => device.channel(room.channelId)?.members?.length === 2)
      expect(JSON.stringify(device.frames)).not.toContain('Anastasia')
    }
  })
})
