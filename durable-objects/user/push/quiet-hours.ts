import type { QuietHours } from '../../../protocol/objects.ts'

/** Whether a moment lies in somebody's quiet hours, by the clock on their wall; `to` is no longer in them. */
export function isQuiet(quietHours: QuietHours | null, now: number): boolean {
  if (quietHours === null) return false
  const { from, to, timeZone } = quietHours
  const time = timeOfDay(now, timeZone)
  return from < to ? time >= from && time < to : time >= from || time < to
}

const MINUTE_MS = 60_000
const DAY_MINUTES = 24 * 60
/** All changes of clocks are by a multiple of it. */
const CLOCK_STEP_MS = 30 * MINUTE_MS

/** When the quiet hours end in which `now` lies. May be too early where clocks are put back meanwhile. */
export function endOfQuiet({ from, to, timeZone }: QuietHours, now: number): number {
  const minutes = minutesOf(to) - minutesOf(timeOfDay(now, timeZone))
  const wait = minutes > 0 ? minutes : minutes + DAY_MINUTES
  let end = Math.floor(now / MINUTE_MS) * MINUTE_MS + wait * MINUTE_MS
  // Where clocks are put forward meanwhile, the hands are at `to` sooner.
  const isOverBefore = (): boolean => !isQuiet({ from, to, timeZone }, end - CLOCK_STEP_MS)
  while (end - CLOCK_STEP_MS > now && isOverBefore()) end -= CLOCK_STEP_MS
  return end
}

function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3))
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
