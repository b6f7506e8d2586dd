import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import {
  billSchema,
  NOTHING,
  SCENARIOS,
  type Bill,
  type Scenario,
  type Usage,
} from '../../bench/usage.ts'
import { assume, defaults, type Assumptions } from '../../scripts/planning/assumptions.ts'
import { makePlan, type Plan } from '../../scripts/planning/plan.ts'
import { show } from '../../scripts/planning/show.ts'
import { monthlyDollars, type Billed } from '../../scripts/planning/prices.ts'

const ROOT = join(import.meta.dirname, '..', '..')

/** A bench that counted nothing but this. */
function bill(usages: Partial<Record<Scenario, Partial<Usage>>> = {}): Bill {
  const counted = SCENARIOS.map((name) => [
    name,
    { what: name, unit: 'one', usage: { ...NOTHING, ...usages[name] } },
  ])
  return billSchema.parse({
    groupSize: 100,
    stored: {
      userObject: 40_000,
      channelObject: 50_000,
      account: 1_000,
      textBytes: 60,
      messageInChannel: 250,
      messageInInbox: 400,
      messageInArchive: 200,
    },
    counted: Object.fromEntries(counted),
  })
}

/** Messages and nothing else, unless told otherwise. */
function assumptions(changed: Partial<Assumptions> = {}): Assumptions {
  const nothing = {
    'group-share': 0,
    'busy-share': 0,
    'http-share': 0,
    'edit-share': 0,
    'round-trip-ms': 0,
    connects: 0,
    opens: 0,
    reads: 0,
    appearances: 0,
    pushes: 0,
    'watched-hours': 0,
    logins: 0,
    'sign-ups': 0,
  }
  return { ...defaults(), ...nothing, ...changed }
}

function amount(plan: Plan, billed: Billed): number {
  return plan.lines.find((line) => line.billed === billed)?.amount ?? Number.NaN
}

describe('the plan', () => {
  it('works out a small case as one does by hand', () => {
    const message = {
      frames: 1,
      objectCalls: 2,
      deliveries: 2,
      alarms: 1,
      awakeSeconds: 0.5,
      rowsWritten: 10,
    }
    const people = { users: 1e6, 'messages-per-day': 40, 'open-share': 1 }
    const plan = makePlan(bill({ dmLive: message }), assumptions(people))
    // 40 million messages a day, 1,200 million a month.
    expect(plan.messagesPerSecond).toBeCloseTo(40e6 / 86_400)
    // Two calls, an alarm and a twentieth of a frame for each.
    expect(amount(plan, 'objectRequests')).toBeCloseTo(1.2e9 * 3.05)
    expect(amount(plan, 'objectGbSeconds')).toBeCloseTo(1.2e9 * 0.5 * 0.128)
    // Ten rows, and later the deletion of two rows of inboxes.
    expect(amount(plan, 'rowsWritten')).toBeCloseTo(1.2e9 * 12)
    const dollars = plan.lines.find(({ billed }) => billed === 'rowsWritten')?.dollars
    expect(dollars).toBeCloseTo(14_400 - 50)
  })

  it('doubles the load and the storage when the users double', () => {
    const counts = bill({
      dmLive: { frames: 1, rowsWritten: 8 },
      dmAway: { frames: 1, rowsWritten: 10 },
    })
    const one = makePlan(counts, assumptions({ users: 1e6 }))
    const two = makePlan(counts, assumptions({ users: 2e6 }))
    expect(two.messagesPerSecond).toBeCloseTo(2 * one.messagesPerSecond)
    expect(two.day.rowsWritten).toBeCloseTo(2 * one.day.rowsWritten)
    expect(two.storage.history).toBeCloseTo(2 * one.storage.history)
    expect(two.storage.accounts).toBeCloseTo(2 * one.storage.accounts)
  })

  it('carries every count of the bench through to what is billed', () => {
    const before = makePlan(bill({ dmLive: { rowsWritten: 8 } }), assumptions())
    const after = makePlan(bill({ dmLive: { rowsWritten: 9 } }), assumptions())
    expect(amount(after, 'rowsWritten')).toBeGreaterThan(amount(before, 'rowsWritten'))
    expect(after.totalDollars).toBeGreaterThan(before.totalDollars)
  })

  it('takes a message to a group from what lies between a DM and the group of the bench', () => {
    const counts = bill({ dmAway: { rowsWritten: 10 }, groupAway: { rowsWritten: 304 } })
    const written = (size: number): number => {
      const group = {
        'group-share': 1,
        'group-size': size,
        'open-share': 0,
        users: 1,
        'messages-per-day': 1,
      }
      return makePlan(counts, assumptions(group)).day.rowsWritten
    }
    expect(written(2)).toBeCloseTo(10)
    expect(written(51)).toBeCloseTo(157)
    expect(written(100)).toBeCloseTo(304)
  })

  it('counts coming and going beside the connect, and an alarm every 27.5 s while one is watched', () => {
    const counts = bill({
      connect: { objectCalls: 1 },
      appear: { objectCalls: 16, rowsWritten: 30 },
      leave: { objectCalls: 10, rowsWritten: 20 },
      look: { alarms: 1, rowsWritten: 2 },
    })
    const one = { users: 1, 'messages-per-day': 0, devices: 2, connects: 3 }
    const { day } = makePlan(counts, assumptions({ ...one, appearances: 4, 'watched-hours': 11 }))
    expect(day.objectCalls).toBeCloseTo(2 * 3 + 4 * (15 + 10))
    expect(day.alarms).toBeCloseTo((11 * 3600) / 27.5)
    expect(day.rowsWritten).toBeCloseTo(4 * 50 + 2 * ((11 * 3600) / 27.5))
  })

  const push = bill({
    dmAway: { alarms: 1, rowsWritten: 10, awakeSeconds: 0.5 },
    dmPush: {
      alarms: 2,
      rowsWritten: 15,
      awakeSeconds: 0.7,
      queueOperations: 3,
      consumerInvocations: 0.1,
      pushRequests: 1,
    },
    readDm: { alarms: 1, rowsWritten: 4 },
    readPushed: {
      alarms: 2,
      rowsWritten: 8,
      queueOperations: 3,
      consumerInvocations: 0.1,
      pushRequests: 1,
    },
  })

  it('adds for a push what its DM takes beyond one to nobody’s device, and for taking it back likewise', () => {
    const none = { users: 1000, 'messages-per-day': 0 }
    const some = { ...none, pushes: 20, 'push-clears': 0.25, 'round-trip-ms': 30 }
    const { day } = makePlan(push, assumptions(some))
    expect(day.rowsWritten).toBeCloseTo(1000 * (20 * 5 + 5 * 4))
    expect(day.alarms).toBeCloseTo(1000 * 25)
    // The round trip of the alarm, and not by what awake times happen to differ.
    expect(day.awakeSeconds).toBeCloseTo(1000 * 25 * 0.03)
    expect(day.queueOperations).toBeCloseTo(1000 * 25 * 3)
    expect(day.pushRequests).toBeCloseTo(1000 * 25)
    const { day: quiet } = makePlan(push, assumptions(none))
    expect(Object.values(quiet).every((count) => count === 0)).toBe(true)
  })

  it('bills and logs a batch of pushes as a request to the Worker, and no request to a push service', () => {
    const people = { users: 1e6, 'messages-per-day': 0, pushes: 10, 'push-clears': 0 }
    const plan = makePlan(push, assumptions(people))
    expect(amount(plan, 'workerRequests')).toBeCloseTo(30 * 1e6)
    expect(amount(plan, 'queueOperations')).toBeCloseTo(30 * 3e7)
    // An alarm each, and the batches.
    expect(amount(plan, 'logEvents')).toBeCloseTo(30 * (1e7 + 1e6))
    expect(plan.causes.find(({ cause }) => cause === 'pushes')?.dollars).toBeGreaterThan(0)
  })

  it('says what one queue and its consumers make of the pushes of the busiest time', () => {
    // 5,000 pushes and as many clears a second, on average.
    const people = { users: 8.64e6, 'messages-per-day': 0, pushes: 50, 'push-clears': 1, peak: 3 }
    const busy = assumptions({ ...people, 'push-ms': 60 })
    const { limits } = makePlan(push, busy)
    expect(limits.find(({ what }) => what.startsWith('queue of pushes'))).toMatchObject({
      value: expect.closeTo(30_000),
      limit: 5000,
    })
    // Each invocation has six requests open, and each of them is answered 1000 / 60 times a second.
    expect(limits.find(({ what }) => what.startsWith('consumers'))).toMatchObject({
      value: expect.closeTo(300),
      limit: 250,
    })
  })

  it('counts a message once in its channel, once in each inbox, once in the archive', () => {
    const people = { users: 1e6, 'messages-per-day': 10, days: 100, 'archive-days': 50 }
    const { storage } = makePlan(bill(), assumptions(people))
    expect(storage.history).toBeCloseTo((1e7 * 100 * 250) / 1e9)
    expect(storage.inboxes).toBeCloseTo((1e7 * 2 * 30 * 400) / 1e9)
    expect(storage.archive).toBeCloseTo((1e7 * 50 * 200) / 1e9)
  })

  it('stores no more than 10,000 messages in an inbox', () => {
    const { storage } = makePlan(bill(), assumptions({ users: 1, 'messages-per-day': 100_000 }))
    expect(storage.inboxes).toBeCloseTo((10_000 * 400) / 1e9)
  })

  it('adds the bytes of longer texts to all copies', () => {
    const people = { users: 1e6, 'messages-per-day': 1, days: 1, 'archive-days': 1 }
    const { storage } = makePlan(bill(), assumptions({ ...people, 'text-bytes': 160 }))
    expect(storage.history).toBeCloseTo(0.35)
    expect(storage.archive).toBeCloseTo(0.3)
  })

  it('charges nothing but the subscription for what is included', () => {
    const plan = makePlan(bill({ dmLive: { rowsWritten: 8 } }), assumptions({ users: 2, days: 1 }))
    expect(plan.totalDollars).toBe(5)
    expect(monthlyDollars('rowsWritten', 50e6)).toBe(0)
    expect(monthlyDollars('rowsWritten', 51e6)).toBeCloseTo(1)
  })

  it('keeps one log event in a hundred beyond five billion a day', () => {
    const people = { users: 1e9, 'messages-per-day': 6, 'open-share': 1 }
    const plan = makePlan(bill({ dmLive: { frames: 1 } }), assumptions(people))
    expect(amount(plan, 'logEvents')).toBeCloseTo(30 * (5e9 + 1e7))
  })

  it('says by how much a limit is passed', () => {
    const counts = bill({ connect: { mainStatements: 1 } })
    const people = { users: 86_400_000, connects: 1, devices: 1, peak: 2 }
    const plan = makePlan(counts, assumptions(people))
    const statements = plan.limits.find(({ what }) => what.startsWith('main database, statements'))
    expect(statements).toMatchObject({ value: 2000, limit: 1000 })
    expect(show(plan, assumptions(people))).toContain('2.0 times too much')
  })
})

describe('the options of the plan', () => {
  it('takes numbers as people write them, and defaults for the rest', () => {
    expect(assume({ users: '5e6' })).toStrictEqual({ ...defaults(), users: 5_000_000 })
  })

  it.each([
    [{ users: 'many' }, 'many'],
    [{ users: '' }, '--users'],
    [{ users: '0' }, '--users 0'],
    [{ 'group-share': '1.5' }, '--group-share 1.5'],
    [{ 'group-size': '101' }, '--group-size 101'],
    [{ colour: 'red' }, '--colour'],
  ])('refuses %o', (given, said) => {
    const answer = assume(given)
    expect(answer).toBeTypeOf('string')
    expect(answer).toContain(said)
  })

  it('ends the command with a message and exit code 1 when one is wrong', async () => {
    const command = promisify(execFile)(process.execPath, [
      join(ROOT, 'scripts/plan.ts'),
      '--users',
      'many',
    ])
    await expect(command).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('--users'),
    })
  })
})

describe('the counts that are committed', () => {
  it('are whole, and what a plan can be made of', () => {
    const text = readFileSync(join(ROOT, 'bench', 'bill.json'), 'utf8')
    const plan = makePlan(billSchema.parse(JSON.parse(text)), defaults())
    expect(plan.totalDollars).toBeGreaterThan(0)
    expect(plan.totalDollars).toBeLessThan(1e9)
  })
})
