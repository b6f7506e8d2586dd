import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import * as fc from 'fast-check'
import { afterEach, expect, it, vi } from 'vitest'
import type { Delivery } from '../../durable-objects/shared/delivery.ts'
import type { Profile } from '../../durable-objects/shared/profile.ts'
import { userStub } from '../../durable-objects/shared/stubs.ts'
import { UserObject } from '../../durable-objects/user/user-object.ts'
import type { Message } from '../../protocol/objects.ts'
import {
  alarmInSilence,
  item,
  makeGroup,
  person,
  syncAll,
  TestDevice,
  type TestChannel,
} from './support.ts'

/**
 * The promises of the contract, held against random histories with faults in them. A failure prints
 * its seed and the shortest history that still fails; `PROPERTY_RUNS` asks for more of them.
 */

const RUNS = Number(env.PROPERTY_RUNS ?? 200)
const PEOPLE = 3

type Step =
  | { do: 'send'; by: number; clientId: number }
  | { do: 'edit' | 'delete'; by: number; which: number }
  | { do: 'add' | 'remove'; by: number; whom: number }
  | { do: 'attach' | 'detach' | 'poll'; by: number }
  | { do: 'evictChannel' | 'alarm' | 'alarmInSilence' }
  | { do: 'evictUser'; by: number }
  | { do: 'fail'; by: number; how: 'before' | 'after' }

const who = fc.nat(PEOPLE - 1)
const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('send' as const), by: who, clientId: fc.nat(5) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('edit', 'delete'), by: who, which: fc.nat(9) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('add', 'remove'), by: who, whom: who }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('attach', 'detach', 'poll'), by: who }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('evictChannel', 'alarm', 'alarmInSilence') }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('evictUser' as const), by: who }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('fail' as const),
      by: who,
      how: fc.constantFrom('before', 'after'),
    }),
  },
)

afterEach(() => {
  vi.restoreAllMocks()
})

it(`hold after each of ${RUNS} random histories`, async () => {
  const faults = injectFaults()
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { minLength: 5, maxLength: 25 }), async (history) => {
      const world = await World.begin(faults)
      for (const step of history) await world.take(step)
      await world.settle()
      await world.check()
    }),
    { numRuns: RUNS, endOnFailure: false, timeout: 60_000 },
  )
}, 600_000)

type Fault = 'before' | 'after'

/** Makes deliveries fail on demand: not done, or done and reported as failed. */
function injectFaults(): Map<string, Fault[]> {
  const faults = new Map<string, Fault[]>()
  const deliver = UserObject.prototype.deliver as unknown as (delivery: Delivery) => number
  const spy = vi.spyOn(UserObject.prototype, 'deliver') as unknown as {
    mockImplementation(faulty: (this: UserObject, delivery: Delivery) => number): void
  }
  spy.mockImplementation(function (this: UserObject, delivery: Delivery) {
    const fault = faults.get(delivery.userId)?.shift()
    if (fault === 'before') throw new Error('injected: not done')
    const result = deliver.call(this, delivery)
    if (fault === 'after') throw new Error('injected: done, but nobody hears of it')
    return result
  })
  return faults
}

/** One group and what its people did, saw and were promised. */
class World {
  private readonly acknowledged = new Map<string, Message>()
  private readonly sockets = new Map<number, TestDevice[]>()
  private readonly cursors = new Map<number, number>()
  /** What a device of each person holds that has polled now and then since the beginning. */
  private readonly held = new Map<number, Map<number, Message>>()

  private constructor(
    private readonly people: Profile[],
    private readonly group: TestChannel,
    private readonly faults: Map<string, Fault[]>,
  ) {}

  static async begin(faults: Map<string, Fault[]>): Promise<World> {
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const people = Array.from({ length: PEOPLE }, (_, index) => person(`p${index}x`))
    const [creator, ...others] = people
    return new World(people, await makeGroup(creator!, others), faults)
  }

  async take(step: Step): Promise<void> {
    const { stub } = this.group
    switch (step.do) {
      case 'send': {
        const clientId = `client ${step.clientId}`
        const sender = this.people[step.by]!
        const [result] = await stub.send(sender.userId, [
          item(`text of ${step.clientId}`, clientId),
        ])
        if (!result?.ok) return
        const key = `${sender.userId} ${clientId}`
        const before = this.acknowledged.get(key)
        if (before) expect(result.value.message.messageId).toBe(before.messageId)
        else this.acknowledged.set(key, result.value.message)
        return
      }
      case 'edit':
        return void (await stub.edit(
          this.id(step.by),
          this.pick(step.which),
          `edited ${step.which}`,
        ))
      case 'delete':
        return void (await stub.delete(this.id(step.by), this.pick(step.which)))
      case 'add':
        return void (await stub.add(this.id(step.by), this.people[step.whom]!))
      case 'remove':
        return void (await stub.remove(this.id(step.by), this.id(step.whom)))
      case 'attach':
        return await this.attach(step.by)
      case 'detach':
        return this.sockets.get(step.by)?.pop()?.ws.close()
      case 'poll':
        return await this.poll(step.by)
      case 'alarm':
        return void (await runDurableObjectAlarm(stub))
      case 'alarmInSilence':
        return await alarmInSilence(stub)
      case 'evictChannel':
        return await evict(stub)
      case 'evictUser':
        return await evict(userStub(env, this.id(step.by)))
      case 'fail': {
        const planned = this.faults.get(this.id(step.by)) ?? []
        planned.push(step.how)
        this.faults.set(this.id(step.by), planned)
      }
    }
  }

  /** Lets everything that is owed arrive: the faults are over, and the object starts afresh. */
  async settle(): Promise<void> {
    for (const { userId } of this.people) this.faults.delete(userId)
    await evict(this.group.stub)
    await runInDurableObject(this.group.stub, async (instance) => {
      await instance.alarm()
      const { loaded } = instance['channel']
      for (const { userId } of this.people) await loaded!.fanOut.settled(userId, 20_000)
    })
    for (const index of this.people.keys()) await this.poll(index)
  }

  async check(): Promise<void> {
    const log = await this.log()
    const byId = new Map(log.map((message) => [message.messageId, message]))
    // What is acknowledged is stored, once, under the id that was told.
    expect(log.length).toBe(byId.size)
    for (const sent of this.acknowledged.values()) {
      expect(byId.get(sent.messageId)).toMatchObject({
        clientId: sent.clientId,
        userId: sent.userId,
      })
    }
    for (const [index, { userId }] of this.people.entries()) {
      const held = this.held.get(index) ?? new Map<number, Message>()
      for (const [from, to] of periodsOf(userId, log)) {
        for (const message of log) {
          if (message.messageId < from || message.messageId > to) continue
          const row = held.get(message.messageId)
          // Every member has it; who is still a member has it as it is now.
          expect(row, `message ${message.messageId} of ${index}`).toBeDefined()
          if (to === Number.POSITIVE_INFINITY) expect(row).toEqual(message)
        }
      }
      // Whoever has left got nothing from after it, neither messages nor new versions of old ones.
      const end = periodsOf(userId, log).at(-1)?.[1] ?? 0
      for (const row of held.values()) expect(row.version).toBeLessThanOrEqual(end)
    }
    for (const devices of this.sockets.values()) for (const device of devices) checkOrder(device)
  }

  private async attach(index: number): Promise<void> {
    const profile = this.people[index]!
    const device = await TestDevice.attach(this.group.channelId, profile).catch(() => null)
    if (device) this.sockets.set(index, [...(this.sockets.get(index) ?? []), device])
  }

  private async poll(index: number): Promise<void> {
    const { messages, cursor } = await syncAll(this.people[index]!, this.cursors.get(index) ?? 1)
    this.cursors.set(index, cursor)
    const held = this.held.get(index) ?? new Map<number, Message>()
    for (const message of messages) {
      const before = held.get(message.messageId)
      if (!before || message.version > before.version) held.set(message.messageId, message)
    }
    this.held.set(index, held)
  }

  private async log(): Promise<Message[]> {
    return await runInDurableObject(this.group.stub, (instance) => {
      const { loaded } = instance['channel']
      return loaded!.state.log
        .page(0, Number.MAX_SAFE_INTEGER)
        .rows.map(({ json }) => JSON.parse(json) as Message)
        .sort((a, b) => a.messageId - b.messageId)
    })
  }

  private id(index: number): string {
    return this.people[index]!.userId
  }

  private pick(which: number): number {
    const sent = [...this.acknowledged.values()]
    return sent[which % Math.max(1, sent.length)]?.messageId ?? 1
  }
}

/** Takes an object out of memory, or finds that it is not there. */
async function evict(stub: DurableObjectStub): Promise<void> {
  try {
    await evictDurableObject(stub)
  } catch (error) {
    if (!String(error).includes('not currently running')) throw error
  }
}

/** From which message to which one a person was a member, as the log tells it. */
function periodsOf(userId: string, log: Message[]): [number, number][] {
  const periods: [number, number][] = []
  let since: number | null = 1
  for (const { messageId, system } of log) {
    if (system?.userId !== userId) continue
    if (system.action === 'added') since = messageId
    if ((system.action === 'removed' || system.action === 'left') && since !== null) {
      periods.push([since, messageId])
      since = null
    }
  }
  if (since !== null) periods.push([since, Number.POSITIVE_INFINITY])
  return periods
}

/** Versions never go back on one socket. */
function checkOrder(device: TestDevice): void {
  const versions = device.rows.map(({ version }) => version)
  expect(versions).toEqual(versions.toSorted((a, b) => a - b))
}
