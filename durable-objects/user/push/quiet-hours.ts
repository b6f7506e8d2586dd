import type { QuietHours } from '../../../protocol/objects.ts'

/** Whether a moment lies in somebody's quiet hours, by the clock on their wall; `to` is no longer in them. */
export function isQuiet(quietHours: QuietHours | null, now: number): boolean {
  if (quietHours === null) return false
  const { from, to, timeZone } = quietHours
  const time = timeOfDay(now, timeZone)
  return from < to ? time >= from && time < to : time >= from || time < to
}

/** Such as 07:05, which can be compared as text. */
function timeOfDay(now: number, timeZone: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(now)
}
