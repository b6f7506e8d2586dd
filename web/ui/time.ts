import { text } from '../text.ts'

const time = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' })
const weekday = new Intl.DateTimeFormat(undefined, { weekday: 'short' })
const longWeekday = new Intl.DateTimeFormat(undefined, { weekday: 'long' })
const shortDate = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' })
const oldDate = new Intl.DateTimeFormat(undefined, { dateStyle: 'short' })
const longDate = new Intl.DateTimeFormat(undefined, { dateStyle: 'long' })
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'short' })

export function clockTime(at: number): string {
  return time.format(at)
}

/** For `datetime` attributes. */
export function isoTime(at: number): string {
  return new Date(at).toISOString()
}

export function fullTime(at: number): string {
  return full.format(at)
}

/** For a row of a list: the time today, the day this week, the date before. */
export function listTime(at: number, now = Date.now()): string {
  const days = daysBetween(at, now)
  if (days === 0) return time.format(at)
  if (days < 7) return weekday.format(at)
  return isSameYear(at, now) ? shortDate.format(at) : oldDate.format(at)
}

/** For the line between two days of a conversation. */
export function dayName(at: number, now = Date.now()): string {
  const days = daysBetween(at, now)
  if (days === 0) return text.conversation.today
  if (days === 1) return text.conversation.yesterday
  return days < 7 ? longWeekday.format(at) : longDate.format(at)
}

export function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0)
}

function daysBetween(at: number, now: number): number {
  // Rounded, because a day on which the clocks change has 23 or 25 hours.
  return Math.round((startOfDay(now) - startOfDay(at)) / 86_400_000)
}

function isSameYear(a: number, b: number): boolean {
  return new Date(a).getFullYear() === new Date(b).getFullYear()
}
