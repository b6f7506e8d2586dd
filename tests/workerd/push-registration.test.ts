import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { userStub } from '../../durable-objects/shared/stubs.ts'
import { UserObject } from '../../durable-objects/user/user-object.ts'
import { MAX_PUSH_ADDRESSES } from '../../protocol/limits.ts'
import type { PushAddress } from '../../protocol/push.ts'
import { call, PASSWORD, refusal, signIn, signUp, type Login } from './edge.ts'
import { accounts, clockAhead, fireAlarm } from './people-support.ts'
import { Browser, pushService, register, rows, sent, taken } from './push-support.ts'
import { codeOf, makeGroup, person, say, TestDevice } from './support.ts'

afterEach(() => {
  vi.restoreAllMocks()
  sent.clear()
})

const put = (who: Login, body: unknown) =>
  call('/v1/push', { method: 'PUT', body, headers: who.bearer })
const remove = (who: Login, body: unknown) =>
  call('/v1/push', { method: 'DELETE', body, headers: who.bearer })

async function registered(who: { userId: string }): Promise<number> {
  return (await rows(who, 'push_addresses')).length
}

/** Which person has an endpoint, as the main database knows. */
async function owners(): Promise<string[]> {
  const { results } = await env.DB.prepare('SELECT user_id FROM push_address').all<{
    user_id: string
  }>()
  return results.map((row) => row.user_id)
}

async function deviceIdOf(who: Login): Promise<string> {
  const answer = await call('/v1/devices', { headers: who.bearer })
  const { devices } = await answer.json<{ devices: { deviceId: string; current: boolean }[] }>()
  return devices.find(({ current }) => current)!.deviceId
}

/** Says something to Ana, and waits for nothing: it is pushed or not. */
async function sayTo(ana: Login): Promise<void> {
  const bob = person('bob')
  const profile = {
    userId: ana.userId,
    handle: ana.username,
    name: 'Ana',
    image: null,
    receipts: true,
  }
  const group = await makeGroup(bob, [profile])
  await say(group.stub, bob, 'Hello from Bob')
}

describe('PUT /v1/push', () => {
  it('brings messages to the device, encrypted for it, from sending to decrypting', async () => {
    pushService(taken)
    const ana = await signUp('Ana')
    const browser = new Browser()
    expect((await put(ana, browser.address)).status).toBe(204)
    await sayTo(ana)
    await expect
      .poll(() => browser.payloads)
      .toMatchObject([
        {
          kind: 'show',
          userId: ana.userId,
          title: 'bob · A group',
          body: 'Hello from Bob',
          count: 1,
        },
      ])
    expect((await remove(ana, browser.address)).status).toBe(204)
    expect(await registered(ana)).toBe(0)
    expect(await owners()).not.toContain(ana.userId)
  })

  it('may be repeated, which changes nothing and asks the database nothing', async () => {
    const ana = await signUp('Ana')
    const browser = new Browser()
    await put(ana, browser.address)
    const before = await rows(ana, 'push_addresses')
    const asked = vi.spyOn(Object.getPrototypeOf(env.DB) as D1Database, 'batch')
    const deviceId = await deviceIdOf(ana)
    const again = await userStub(env, ana.userId).registerPush(
      deviceId,
      browser.address,
      Number(before[0]?.['expires_at']),
    )
    expect(codeOf(again)).toBe('ok')
    expect(asked).not.toHaveBeenCalled()
    expect(await rows(ana, 'push_addresses')).toEqual(before)
  })

  it('takes the place of the device’s last address', async () => {
    const ana = await signUp('Ana')
    await put(ana, new Browser().address)
    const renewed = new Browser()
    await put(ana, renewed.address)
    const [row] = await rows(ana, 'push_addresses')
    expect(JSON.parse(String(row?.['address']))).toEqual(renewed.address)
    expect((await owners()).filter((owner) => owner === ana.userId)).toHaveLength(1)
  })

  it('takes the address from the device that had it, of whomever it was', async () => {
    const browser = new Browser()
    const [ana, bob] = [await signUp('Ana'), await signUp('Bob')]
    const anaAgain = await signIn(ana)
    await put(ana, browser.address)
    await put(anaAgain, browser.address)
    expect(await registered(ana)).toBe(1)
    await put(bob, browser.address)
    expect(await registered(ana)).toBe(0)
    expect(await registered(bob)).toBe(1)
    await put(ana, browser.address)
    expect(await registered(ana)).toBe(1)
    expect(await registered(bob)).toBe(0)
  })

  it('takes it also if the object that had it did not answer at first', async () => {
    const browser = new Browser()
    const [ana, bob] = [await signUp('Ana'), await signUp('Bob')]
    await put(ana, browser.address)
    vi.spyOn(console, 'error').mockReturnValue()
    const away = vi.spyOn(UserObject.prototype, 'dropPush').mockImplementation(() => {
      throw new Error('away')
    })
    expect(await refusal(await put(bob, browser.address))).toEqual([503, 'unavailable'])
    expect(await registered(ana)).toBe(1)
    away.mockRestore()
    await evictDurableObject(userStub(env, bob.userId))
    clockAhead(60_000)
    await fireAlarm(bob)
    expect(await registered(ana)).toBe(0)
    expect(await registered(bob)).toBe(1)
  })

  it('leaves the address with the last to register it, however late a debt is settled', async () => {
    const browser = new Browser()
    const [ana, bob] = [await signUp('Ana'), await signUp('Bob')]
    await put(ana, browser.address)
    await put(bob, browser.address)
    clockAhead(60_000)
    for (let i = 0; i < 2; i++) {
      await fireAlarm(ana)
      await fireAlarm(bob)
    }
    expect(await registered(ana)).toBe(0)
    expect(await registered(bob)).toBe(1)
    const mine = (await owners()).filter((id) => id === ana.userId || id === bob.userId)
    expect(mine).toEqual([bob.userId])
  })

  it.each<[string, (endpoint: string) => unknown]>([
    ['another host', () => ({ endpoint: 'https://example.com/push' })],
    ['plain http', (endpoint) => ({ endpoint: endpoint.replace('https', 'http') })],
    ['a port', () => ({ endpoint: 'https://fcm.googleapis.com:444/x' })],
    ['no URL', () => ({ endpoint: 'push' })],
    ['a key that is none', () => ({ keys: { p256dh: 'x', auth: 'y' } })],
    ['one that is too long', (endpoint) => ({ endpoint: endpoint + 'x'.repeat(2_048) })],
  ])('refuses an endpoint with %s', async (_, wrong) => {
    const ana = await signUp('Ana')
    const { subscription } = new Browser().address
    const other = { ...subscription, ...(wrong(subscription.endpoint) as object) }
    const answer = await put(ana, { kind: 'webpush', subscription: other })
    expect(await refusal(answer)).toEqual([400, 'invalid'])
  })

  it('refuses nobody’s call, another site’s and another kind of device', async () => {
    const ana = await signUp('Ana')
    const body: PushAddress = new Browser().address
    expect(await refusal(await call('/v1/push', { method: 'PUT', body }))).toEqual([
      401,
      'unauthenticated',
    ])
    const foreign = { ...ana.cookie, origin: 'https://evil.example' }
    const call2 = await call('/v1/push', { method: 'PUT', body, headers: foreign })
    expect(await refusal(call2)).toEqual([403, 'forbidden'])
    expect(await refusal(await put(ana, { kind: 'fcm', token: 'abc' }))).toEqual([400, 'invalid'])
  })

  it('takes a token of FCM where that is set up', async () => {
    const ana = await signUp('Ana')
    const key = `-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n`
    const account = { project_id: 'p', client_email: 'a@b.example', private_key: key }
    const settings = { FCM_SERVICE_ACCOUNT: JSON.stringify(account) } as Partial<Env>
    const body: PushAddress = { kind: 'fcm', token: 'an:FCM-token_1' }
    const answer = await call('/v1/push', { method: 'PUT', body, headers: ana.bearer, settings })
    expect(answer.status).toBe(204)
    const [row] = await rows(ana, 'push_addresses')
    expect(JSON.parse(String(row?.['address']))).toEqual(body)
  })

  it('keeps so many devices of a person, the latest', async () => {
    const [ana] = await accounts('ana')
    const browsers = Array.from(
      { length: MAX_PUSH_ADDRESSES + 2 },
      (_, i) => new Browser(`device-${String(i).padStart(2, '0')}`),
    )
    for (const browser of browsers) await register(ana, browser)
    const kept = (await rows(ana, 'push_addresses')).map((row) => row['device_id'])
    expect(kept).toEqual(browsers.slice(2).map(({ deviceId }) => deviceId))
  })
})

describe('DELETE /v1/push', () => {
  it('leaves an address alone that is not this device’s', async () => {
    const ana = await signUp('Ana')
    const browser = new Browser()
    await put(ana, browser.address)
    expect((await remove(ana, new Browser().address)).status).toBe(204)
    expect((await remove(await signIn(ana), browser.address)).status).toBe(204)
    expect(await registered(ana)).toBe(1)
  })
})

describe('an address goes', () => {
  it('with the device: when it signs out, and when it is ended from another one', async () => {
    const ana = await signUp('Ana')
    await put(ana, new Browser().address)
    await call('/api/auth/sign-out', { method: 'POST', headers: ana.bearer })
    expect(await registered(ana)).toBe(0)

    const [phone, laptop] = [await signIn(ana), await signIn(ana)]
    await put(phone, new Browser().address)
    const path = `/v1/devices/${await deviceIdOf(phone)}`
    await call(path, { method: 'DELETE', headers: laptop.bearer })
    expect(await registered(ana)).toBe(0)
    expect(await owners()).toContain(ana.userId)
    clockAhead(60_000)
    await fireAlarm(ana)
    expect(await owners()).not.toContain(ana.userId)
    const ended = await userStub(env, ana.userId).registerPush(
      path.split('/').at(-1)!,
      new Browser().address,
      Date.now() + 1_000,
    )
    expect(codeOf(ended)).toBe('unauthenticated')
  })

  it('with the account, and everything that was owed to it or shown', async () => {
    pushService(taken)
    const ana = await signUp('Ana')
    await put(ana, new Browser().address)
    await sayTo(ana)
    await expect.poll(async () => (await rows(ana, 'told_pushes')).length).toBe(1)
    const body = { password: PASSWORD }
    await call('/v1/me', { method: 'DELETE', body, headers: ana.bearer })
    clockAhead(60_000)
    await expect
      .poll(async () => {
        await fireAlarm(ana)
        const tables = ['push_addresses', 'owed_pushes', 'told_pushes'] as const
        return (await Promise.all(tables.map((table) => rows(ana, table)))).flat()
      })
      .toEqual([])
    expect(await owners()).not.toContain(ana.userId)
  })

  it('when its service says that it is gone, and what was owed to it with it', async () => {
    pushService(() => new Response(null, { status: 410 }))
    const ana = await signUp('Ana')
    await put(ana, new Browser().address)
    await sayTo(ana)
    await expect.poll(() => registered(ana)).toBe(0)
    expect(await rows(ana, 'told_pushes')).toEqual([])
    await sayTo(ana)
    expect(await rows(ana, 'owed_pushes')).toEqual([])
  })

  it('when its session has run out', async () => {
    pushService(taken)
    const ana = await signUp('Ana')
    const browser = new Browser()
    await put(ana, browser.address)
    await runInDurableObject(userStub(env, ana.userId), (_, { storage }) => {
      storage.sql.exec('UPDATE push_addresses SET expires_at = 1')
    })
    await sayTo(ana)
    await expect.poll(() => registered(ana)).toBe(0)
    expect(browser.payloads).toEqual([])
  })

  it('not when its session goes on: the device comes back with a later end of it', async () => {
    const [ana] = await accounts('ana')
    const browser = new Browser('device')
    await register(ana, browser)
    await runInDurableObject(userStub(env, ana.userId), (_, { storage }) => {
      storage.sql.exec('UPDATE push_addresses SET expires_at = ?', Date.now() - 24 * 3_600_000)
    })
    await TestDevice.connect(ana, 0, 'device')
    const [row] = await rows(ana, 'push_addresses')
    expect(Number(row?.['expires_at'])).toBeGreaterThan(Date.now())
  })
})
