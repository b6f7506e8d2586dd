import { computed } from '@preact/signals'
import { language, localeOf } from '../language/language.ts'
import { text } from '../text.ts'

/** In the language of the page, and as its region writes them. Made once: that takes its time. */
const formats = computed(() => {
  const tag = localeOf(language.value)
  const made = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(tag, options)
  return {
    time: made({ hour: 'numeric', minute: '2-digit' }),
    weekday: made({ weekday: 'short' }),
    longWeekday: made({ weekday: 'long' }),
    shortDate: made({ day: 'numeric', month: 'short' }),
    oldDate: made({ dateStyle: 'short' }),
    longDate: made({ dateStyle: 'long' }),
    full: made({ dateStyle: 'full', timeStyle: 'short' }),
  }
})

export function clockTime(at: number): string {
  return formats.peek().time.format(at)
}

/** For `datetime` attributes. */
export function isoTime(at: number): string {
  return new Date(at).toISOString()
}

export function fullTime(at: number): string {
  return formats.peek().full.format(at)
}

/** For a row of a list: the time today, the day this week, the date before. */
export function listTime(at: number, now = Date.now()): string {
  const days = daysBetween(at, now)
  const { time, weekday, shortDate, oldDate } = formats.peek()
  if (days === 0) return time.format(at)
  if (days < 7) return weekday.format(at)
  return isSameYear(at, now) ? shortDate.format(at) : oldDate.format(at)
}

/** For the line between two days of a conversation. */
export function dayName(at: number, now = Date.now()): string {
  const days = daysBetween(at, now)
  if (days === 0) return text.conversation.today
  if (days === 1) return text.conversation.yesterday
  const { longWeekday, longDate } = formats.peek()
  return days < 7 ? longWeekday.format(at) : longDate.format(at)
}

/** A day as an input of dates has it, of the person's own calendar. */
export function dateOf(at: number): string {
  const day = new Date(at)
  const month = String(day.getMonth() + 1).padStart(2, '0')
  return `${day.getFullYear()}-${month}-${String(day.getDate()).padStart(2, '0')}`
}

/** When a day of an input of dates begins, or one `later` days after it; null for what is no day. */
export function startOfDate(date: string, later = 0): number | null {
  const [year, month, day] = date.split('-').map(Number)
  if (year === undefined || month === undefined || day === undefined) return null
  const at = new Date(year, month - 1, day + later).getTime()
  // Before 1970 nobody has sent anything.
  return Number.isNaN(at) ? null : Math.max(0, at)
}

export function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0)
}

/** Whole days of the calendar since. */
export function daysAgo(at: number, now = Date.now()): number {
  return daysBetween(at, now)
}

function daysBetween(at: number, now: number): number {
  // Rounded, because a day on which the clocks change has 23 or 25 hours.
  return Math.round((startOfDay(now) - startOfDay(at)) / 86_400_000)
}

function isSameYear(a: number, b: number): boolean {
  return new Date(a).getFullYear() === new Date(b).getFullYear()
}
