import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { MemberLimits } from '../../durable-objects/channel/limits.ts'
import { SENDS_PER_MEMBER } from '../../protocol/limits.ts'
import { call, refusal, signUp, type Login } from './edge.ts'
import {
  channelOf,
  codeOf,
  item,
  makeGroup,
  openDm,
  people,
  person,
  say,
  TestDevice,
  value,
} from './support.ts'

const { count: LIMIT, windowMs: WINDOW_MS } = SENDS_PER_MEMBER

let now: number

/** Time stands still, so that nobody's window ends by itself. */
beforeEach(() => {
  env.RATE_LIMITS = 'on'
  now = Date.now()
  vi.spyOn(Date, 'now').mockImplementation(() => now)
})

afterEach(() => {
  env.RATE_LIMITS = 'off'
  vi.restoreAllMocks()
})

async function member(): Promise<{ login: Login; channelId: string }> {
  const login = await signUp()
  const ana = { ...person('ana'), userId: login.userId }
  const { channelId } = await openDm(person('bob'), ana)
  return { login, channelId }
}

/** One message of this person by each way into a channel, and each change of one; what each was answered. */
async function waysIn({ login, channelId }: { login: Login; channelId: string }) {
  const who = { ...person('ana'), userId: login.userId }
  const user = await TestDevice.connect(who)
  const channel = await TestDevice.attach(channelId, who)
  const messages = `/v1/channels/${channelId}/messages`
  let ref = 0
  const codeFrom = async (device: TestDevice, frame: object): Promise<unknown> => {
    device.send({ t: 'send', ref: ++ref, clientId: crypto.randomUUID(), text: 'hi', ...frame })
    const answer = await device.answer(ref)
    return answer.t === 'ok' ? 'ok' : answer['code']
  }
  const codeOver = async (response: Response): Promise<unknown> =>
    response.ok ? 'ok' : (await refusal(response))[1]
  const store = async (): Promise<string> => {
    const body = { clientId: crypto.randomUUID(), text: 'hi' }
    const sent = await call(messages, { body, headers: login.bearer })
    const { message } = await sent.json<{ message: { messageId: number } }>()
    return `${messages}/${message.messageId}`
  }
  const [changed, deleted] = [await store(), await store()]
  const change = async (method: string, path: string, body?: object): Promise<unknown> =>
    await codeOver(await call(path, { method, headers: login.bearer, ...(body && { body }) }))
  const reaction = `${changed}/reactions/${encodeURIComponent('🎉')}`
  return [
    () => codeFrom(user, { channelId }),
    () => codeFrom(channel, {}),
    async () =>
      await codeOver(
        await call(messages, {
          body: { clientId: crypto.randomUUID(), text: 'hi' },
          headers: login.bearer,
        }),
      ),
    () => change('PUT', reaction),
    () => change('DELETE', reaction),
    () => change('PATCH', changed, { text: crypto.randomUUID() }),
    () => change('DELETE', deleted),
  ]
}

/** Sends so many messages that are within the limit. */
async function use({ login, channelId }: { login: Login; channelId: string }, count: number) {
  const items = Array.from({ length: count }, () => item('hi'))
  const results = await channelOf(channelId).send(login.userId, items)
  expect(new Set(results.map(codeOf))).toEqual(new Set(['ok']))
}

describe('what a member may send', () => {
  it('is counted in one for all ways in, and with each change of a message, and opens again for all', async () => {
    const who = await member()
    const ways = await waysIn(who)
    // Two messages to change, and each way twice.
    await use(who, LIMIT - 2 - 2 * ways.length)
    for (const send of [...ways, ...ways]) expect(await send()).toBe('ok')
    for (const send of ways) expect(await send()).toBe('rate_limited')
    now += WINDOW_MS - 1
    for (const send of ways) expect(await send()).toBe('rate_limited')
    now += 1
    for (const send of ways) expect(await send()).toBe('ok')
  })

  it('is answered with 429 and how long to wait, and nothing of it is stored', async () => {
    const { login, channelId } = await member()
    const path = `/v1/channels/${channelId}/messages`
    const send = (clientId: string) =>
      call(path, { body: { clientId, text: 'hi' }, headers: login.bearer })
    expect((await send('first')).status).toBe(201)
    await use({ login, channelId }, LIMIT - 1)
    now += 4_000
    const refused = await send('too many')
    expect(refused.headers.get('retry-after')).toBe('6')
    expect(await refusal(refused)).toEqual([429, 'rate_limited'])
    now += 6_000
    expect((await send('too many')).status).toBe(201)
    expect((await send('first')).status).toBe(200)
  })

  it('is each one’s own, in each channel', async () => {
    const [ana, bob, cyd] = [person('ana'), person('bob'), person('cyd')]
    const [one, other] = [await makeGroup(ana, [bob, cyd]), await makeGroup(ana, [bob, cyd])]
    const items = Array.from({ length: LIMIT + 1 }, () => item('hi'))
    const results = await one.stub.send(ana.userId, items)
    expect(results.map(codeOf)).toEqual([...items.slice(1).map(() => 'ok'), 'rate_limited'])
    expect((await say(one.stub, bob, 'hi')).userId).toBe(bob.userId)
    expect((await say(other.stub, ana, 'hi')).userId).toBe(ana.userId)
  })

  it('keeps nothing of who is not a member, who is told nothing of it', async () => {
    const ana = person('ana')
    const { stub } = await makeGroup(ana, people(2))
    const counted = vi.spyOn(MemberLimits.prototype, 'countSend')
    const eve = person('eve')
    const items = Array.from({ length: LIMIT + 1 }, () => item('hi'))
    const codes = (await stub.send(eve.userId, items)).map(codeOf)
    expect(new Set(codes)).toEqual(new Set(['not_found']))
    expect(codeOf(await stub.react(eve.userId, 1, '🎉'))).toBe('not_found')
    expect(counted).not.toHaveBeenCalled()
    value(await stub.react(ana.userId, (await say(stub, ana, 'hi')).messageId, '🎉'))
    expect(counted).toHaveBeenCalledTimes(2)
  })
})
