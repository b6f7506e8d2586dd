import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { ChannelObject } from '../../durable-objects/channel/channel-object.ts'
import type { Profile } from '../../durable-objects/shared/profile.ts'
import { userStub } from '../../durable-objects/shared/stubs.ts'
import type { PatchMe } from '../../protocol/http.ts'
import { accounts, alarmOf, befriend, fireAlarm } from './people-support.ts'
import {
  channelOf,
  codeOf,
  makeGroup,
  openDm,
  say,
  sync,
  TestDevice,
  value,
  type TestChannel,
} from './support.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

async function edit(who: Profile, change: PatchMe) {
  return value(await userStub(env, who.userId).changeProfile(change))
}

/** What `reader` sees of a member in a channel. */
async function memberFor(channel: TestChannel, reader: Profile, who: Profile) {
  const { members } = value(await channel.stub.describe(reader.userId))
  return members?.find(({ userId }) => userId === who.userId)
}

describe('a profile', () => {
  it('changes by what is given, and is answered whole', async () => {
    const [ana] = await accounts('ana')
    const image = 'https://pictures.example/ana.png'
    expect(await edit(ana, { bio: 'Maps.', image })).toMatchObject({
      userId: ana.userId,
      name: 'ana',
      handle: ana.handle,
      bio: 'Maps.',
      image,
    })
    expect(await edit(ana, { bio: null, name: 'Ana K.' })).toMatchObject({
      name: 'Ana K.',
      bio: null,
      image,
    })
    expect(await edit(ana, {})).toMatchObject({ name: 'Ana K.' })
  })

  it('takes no handle that somebody has, and gives one to exactly one of those who ask at once', async () => {
    const [ana, bob, cyd] = await accounts('ana', 'bob', 'cyd')
    const taken = await userStub(env, ana.userId).changeProfile({
      name: 'Other',
      handle: bob.handle!,
    })
    expect(codeOf(taken)).toBe('conflict')
    expect(await edit(ana, {})).toMatchObject({ name: 'ana', handle: ana.handle })
    const handle = `free_${crypto.randomUUID().slice(0, 8)}`
    const results = await Promise.all(
      [ana, bob, cyd].map(({ userId }) => userStub(env, userId).changeProfile({ handle })),
    )
    expect(results.map(codeOf).sort()).toEqual(['conflict', 'conflict', 'ok'])
  })

  it('reaches everybody who shares a channel, live and away, without a message', async () => {
    const [ana, bob, cyd] = await accounts('ana', 'bob', 'cyd')
    const [group, dm] = [await makeGroup(ana, [bob, cyd]), await openDm(ana, bob)]
    const device = await TestDevice.connect(bob)
    await device.until(() => device.channel(dm.channelId))
    await expect.poll(async () => (await sync(cyd, 1)).channels.length).toBe(1)
    const { cursor } = await sync(cyd, 1)
    await edit(ana, { name: 'Ana K.' })
    const nameIn = (channelId: string): string | undefined =>
      device.channel(channelId)?.members?.find(({ userId }) => userId === ana.userId)?.name
    await device.until(() => nameIn(dm.channelId) === 'Ana K.')
    await device.until(() => nameIn(group.channelId) === 'Ana K.')
    await expect.poll(async () => (await sync(cyd, cursor)).channels.length).toBe(1)
    const away = await sync(cyd, cursor)
    expect(away.messages).toEqual([])
    expect(away.channels[0]?.members?.map(({ name }) => name)).toContain('Ana K.')
    expect(away.channels[0]?.unread).toBe(0)
  })

  it('reaches friends who share no channel, and who has asked or was asked', async () => {
    const [ana, bob, cyd] = await accounts('ana', 'bob', 'cyd')
    await befriend(ana, bob)
    value(await userStub(env, cyd.userId).changeContact('ask', ana.userId))
    const device = await TestDevice.connect(bob)
    await device.until(() => device.syncs[0])
    await edit(ana, { name: 'Ana K.', bio: 'new' })
    await device.until(() =>
      device.syncs.some(({ contacts }) => contacts[0]?.user.name === 'Ana K.'),
    )
    await expect
      .poll(async () => (await sync(cyd, 0)).contacts[0]?.user)
      .toMatchObject({ name: 'Ana K.', bio: 'new' })
  })

  it('reaches nobody of a group that one has left', async () => {
    const [ana, bob] = await accounts('ana', 'bob')
    const { stub } = await makeGroup(bob, [ana])
    value(await stub.remove(ana.userId, ana.userId))
    await expect
      .poll(async () => (await sync(ana, 0)).channels[0]?.leftAt)
      .toEqual(expect.any(Number))
    const refresh = vi.spyOn(ChannelObject.prototype, 'refreshProfile')
    await edit(ana, { name: 'Ana K.' })
    await expect.poll(() => owed(ana)).toEqual([])
    expect(refresh).not.toHaveBeenCalled()
  })

  it('is told later to a channel that is out of order, by the alarm, also after the object slept', async () => {
    const [ana, bob] = await accounts('ana', 'bob')
    const channel = await makeGroup(ana, [bob])
    await expect.poll(async () => (await sync(ana, 0)).channels.length).toBe(1)
    const errors = vi.spyOn(console, 'error').mockImplementation(() => {})
    const refresh = vi
      .spyOn(ChannelObject.prototype, 'refreshProfile')
      .mockRejectedValue(new Error('no'))
    await edit(ana, { name: 'Ana K.' })
    await expect.poll(() => refresh.mock.calls.length).toBeGreaterThan(0)
    await expect.poll(() => alarmOf(ana)).not.toBe(null)
    expect(await memberFor(channel, bob, ana)).toMatchObject({ name: 'ana' })
    refresh.mockRestore()
    errors.mockRestore()
    await evictDurableObject(userStub(env, ana.userId))
    await expect
      .poll(async () => {
        await fireAlarm(ana)
        return (await memberFor(channel, bob, ana))?.name
      })
      .toBe('Ana K.')
    await expect.poll(() => owed(ana)).toEqual([])
  })

  it('goes to 300 channels a part at a time, and to each of them', async () => {
    const [ana] = await accounts('ana')
    const ids: string[] = []
    for (let i = 0; i < 300; i++) ids.push((await makeGroup(ana, [], `g${i}`)).channelId)
    await expect.poll(async () => await channelsOf(ana)).toBe(300)
    const refresh = vi.spyOn(ChannelObject.prototype, 'refreshProfile')
    await edit(ana, { name: 'Ana K.' })
    await expect.poll(() => refresh.mock.calls.length).toBeGreaterThanOrEqual(256)
    await expect
      .poll(async () => {
        await fireAlarm(ana)
        return await owed(ana)
      })
      .toEqual([])
    for (const channelId of [ids[0]!, ids[150]!, ids[299]!]) {
      const { members } = value(await channelOf(channelId).describe(ana.userId))
      expect(members?.[0]?.name).toBe('Ana K.')
    }
  }, 120_000)

  it('is put right in a channel that took somebody in with an old one', async () => {
    const [ana, bob] = await accounts('ana', 'bob')
    await edit(ana, { name: 'Ana K.' })
    // As read by the edge just before the change.
    const group = await makeGroup(bob, [ana])
    expect(group.channel.members?.map(({ name }) => name)).toContain('ana')
    await expect
      .poll(async () => {
        await fireAlarm(ana)
        return (await memberFor(group, bob, ana))?.name
      })
      .toBe('Ana K.')
  })

  it('changes nothing in channels for which it is no news', async () => {
    const [ana, bob] = await accounts('ana', 'bob')
    const { stub, channelId } = await openDm(ana, bob)
    await say(stub, ana, 'hi')
    await expect.poll(async () => (await sync(bob, 1)).messages.length).toBe(1)
    const { cursor } = await sync(bob, 0)
    await edit(ana, { bio: 'Only friends and visitors see this.' })
    await expect.poll(() => owed(ana)).toEqual([])
    await channelOf(channelId).refreshProfile(ana.userId)
    await channelOf(channelId).refreshProfile('nobody')
    expect((await sync(bob, cursor)).channels).toEqual([])
  })
})

async function owed(who: Profile): Promise<unknown[]> {
  return await rows(who, 'SELECT kind, id FROM owed')
}

async function channelsOf(who: Profile): Promise<number> {
  return (await rows(who, 'SELECT channel_id FROM channels')).length
}

async function rows(who: Profile, query: string): Promise<unknown[]> {
  return await runInDurableObject(userStub(env, who.userId), (_, ctx) =>
    ctx.storage.sql.exec(query).toArray(),
  )
}
