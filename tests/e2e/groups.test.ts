import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, inject, it } from 'vitest'
import type { Channel } from '../../protocol/objects.ts'
import { Person } from './support/person.ts'

const url = inject('serverUrl')

describe('groups', () => {
  let creator: Person
  let others: Person[]

  beforeAll(async () => {
    creator = await Person.signUp(url, 'creator')
    others = []
    for (let i = 0; i < 101; i += 4) {
      const batch = Array.from({ length: Math.min(4, 101 - i) }, (_, k) => `p${i + k}`)
      others.push(...(await Promise.all(batch.map((name) => Person.signUp(url, `${name}x`)))))
    }
  }, 180_000)

  it('bring a message to all 100 members', async () => {
    const group = await creator.makeGroup('Everyone', others.slice(0, 99))
    expect(group).toMatchObject({ memberCount: 100, role: 'owner' })
    const devices = await Promise.all(others.slice(0, 99).map((member) => member.connect()))
    await creator.send(group.channelId, 'hello all')
    for (const device of devices) await device.until(() => device.texts.length === 1)
    for (const device of devices) expect(device.texts).toEqual(['hello all'])
    for (const device of devices) device.close()
  })

  it('refuse 101 people in one creation and make nothing of it', async () => {
    const body = {
      kind: 'group',
      title: 'Too many',
      userIds: others.slice(0, 100).map((member) => member.userId),
      clientId: randomUUID(),
    }
    const refused = await creator.call('POST', '/v1/channels', body)
    expect(refused.status).toBe(409)
    expect(refused.body).toMatchObject({ code: 'group_full', status: 409 })
    const listed = await creator.call<{ channels: Channel[] }>('GET', '/v1/channels?limit=200')
    expect(listed.body.channels.map(({ title }) => title)).not.toContain('Too many')
    const fits = await creator.call('POST', '/v1/channels', {
      ...body,
      userIds: body.userIds.slice(1),
    })
    expect(fits.status).toBe(201)
  })

  it('end at 100 when two are added at once at 99', async () => {
    const group = await creator.makeGroup('Nearly full', others.slice(0, 98))
    const path = `/v1/channels/${group.channelId}`
    const answers = await Promise.all(
      others.slice(99, 101).map(({ userId }) => creator.call('PUT', `${path}/members/${userId}`)),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
    const { body } = await creator.call<{ channel: Channel }>('GET', path)
    expect(body.channel.memberCount).toBe(100)
    expect(body.channel.members).toHaveLength(100)
  })

  it('can be renamed, joined and left, and everyone hears of it', async () => {
    const [bob, cyd] = [others[0]!, others[1]!]
    const group = await creator.makeGroup('Trip', [bob])
    const path = `/v1/channels/${group.channelId}`
    const device = await bob.connect()
    await creator.call('PATCH', path, { title: 'Trip to the sea' })
    await bob.call('PUT', `${path}/members/${cyd.userId}`)
    await cyd.call('DELETE', `${path}/members/${cyd.userId}`)
    await device.until(() => device.messages.some(({ system }) => system?.action === 'left'))
    expect(
      device.messages
        .filter(({ channelId }) => channelId === group.channelId)
        .map(({ system }) => [system?.action, system?.userId ?? system?.title]),
    ).toEqual([
      ['renamed', 'Trip to the sea'],
      ['added', cyd.userId],
      ['left', cyd.userId],
    ])
    expect(device.channel(group.channelId)).toMatchObject({
      title: 'Trip to the sea',
      memberCount: 2,
    })
    const gone = await cyd.call('GET', path)
    expect(gone.status).toBe(404)
    const { channels } = await cyd.sync(0)
    const row = channels.find(({ channelId }) => channelId === group.channelId)
    expect(row?.leftAt).toEqual(expect.any(Number))
  })

  it('are made once for one clientId', async () => {
    const body = { kind: 'group', title: 'Once', userIds: [], clientId: randomUUID() }
    const [first, second] = await Promise.all([
      creator.call<{ channel: Channel }>('POST', '/v1/channels', body),
      creator.call<{ channel: Channel }>('POST', '/v1/channels', body),
    ])
    expect([first.status, second.status].sort()).toEqual([200, 201])
    expect(second.body.channel.channelId).toBe(first.body.channel.channelId)
  })
})
