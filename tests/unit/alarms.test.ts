import { expect, test, vi } from 'vitest'
import { Alarms, type Purpose } from '../../durable-objects/shared/alarms.ts'

function setUp(count: number) {
  const clock = { now: 1_000_000 }
  const set: number[] = []
  const errors: unknown[] = []
  const purposes = Array.from({ length: count }, () => {
    const purpose = {
      at: null as number | null,
      nextAt: () => purpose.at,
      run: vi.fn<Purpose['run']>(),
    }
    return purpose
  })
  const make = () =>
    new Alarms(purposes, {
      storage: { setAlarm: async (at) => void set.push(at) },
      now: () => clock.now,
      report: (error) => errors.push(error),
    })
  return { clock, set, errors, purposes, make, alarms: make() }
}

test('nothing due sets no alarm', () => {
  const { alarms, set } = setUp(2)
  alarms.rearm()
  expect(set).toEqual([])
})

test('the earliest purpose decides, and asking again for it or for a later one sets nothing', () => {
  const { alarms, set, purposes, clock } = setUp(2)
  purposes[0]!.at = clock.now + 9_000
  alarms.rearm()
  purposes[1]!.at = clock.now + 5_000
  alarms.rearm()
  alarms.rearm()
  purposes[0]!.at = clock.now + 20_000
  alarms.rearm()
  expect(set).toEqual([clock.now + 9_000, clock.now + 5_000])
})

test('what is overdue waits half a second, and asking all the time does not put it off', () => {
  const { alarms, set, purposes, clock } = setUp(1)
  const start = clock.now
  purposes[0]!.at = start - 1
  for (; clock.now < start + 500; clock.now += 50) alarms.rearm()
  expect(set).toEqual([start + 500])
})

test('ringing gives every purpose its turn, whatever another one does, and arms the next alarm', async () => {
  const { alarms, set, errors, purposes, clock } = setUp(3)
  purposes[0]!.run.mockImplementation(() => {
    throw new Error('broken')
  })
  purposes[1]!.run.mockRejectedValue(new Error('broken too'))
  purposes[2]!.run.mockImplementation(() => {
    purposes[2]!.at = clock.now + 30_000
  })
  await alarms.ring()
  expect(errors).toHaveLength(2)
  expect(set).toEqual([clock.now + 30_000])
})

test('a purpose that hangs keeps the next alarm from being armed for five seconds only', async () => {
  vi.useFakeTimers()
  try {
    const { alarms, set, purposes, clock } = setUp(2)
    purposes[0]!.run.mockReturnValue(new Promise(() => {}))
    purposes[1]!.at = clock.now + 60_000
    const rung = alarms.ring()
    await vi.advanceTimersByTimeAsync(5_000)
    await rung
    expect(set).toEqual([clock.now + 60_000])
  } finally {
    vi.useRealTimers()
  }
})

test('an object that slept arms the same alarm again', () => {
  const { alarms, make, set, purposes, clock } = setUp(1)
  purposes[0]!.at = clock.now + 5_000
  alarms.rearm()
  make().rearm()
  expect(set).toEqual([clock.now + 5_000, clock.now + 5_000])
})
