import { describe, expect, it } from 'vitest'
import { endOfQuiet, isQuiet } from '../../durable-objects/user/push/quiet-hours.ts'

const night = { from: '22:00', to: '07:00', timeZone: 'Europe/Berlin' }
const end = (quietHours: typeof night, now: string): string =>
  new Date(endOfQuiet(quietHours, Date.parse(now))).toISOString()

describe('quiet hours', () => {
  it('end when the clock of where they are says so, today or tomorrow', () => {
    expect(end(night, '2027-01-10T22:30:20Z')).toBe('2027-01-11T06:00:00.000Z')
    expect(end(night, '2027-01-11T05:59:59Z')).toBe('2027-01-11T06:00:00.000Z')
    const noon = { ...night, from: '12:00', to: '12:45' }
    expect(end(noon, '2027-07-01T10:10:00Z')).toBe('2027-07-01T10:45:00.000Z')
  })

  it('end on time in the night in which clocks are put forward', () => {
    expect(end(night, '2027-03-27T22:00:00Z')).toBe('2027-03-28T05:00:00.000Z')
  })

  it('are looked at again where clocks are put back, and then end on time', () => {
    const early = end(night, '2027-10-30T21:00:00Z')
    expect(isQuiet(night, Date.parse(early))).toBe(true)
    expect(end(night, early)).toBe('2027-10-31T06:00:00.000Z')
  })

  it('from a time to the same time never end, and are looked at once a day', () => {
    const always = { ...night, to: '22:00' }
    expect(isQuiet(always, Date.parse('2027-01-10T12:00:00Z'))).toBe(true)
    expect(end(always, '2027-01-10T21:00:00Z')).toBe('2027-01-11T21:00:00.000Z')
  })
})
