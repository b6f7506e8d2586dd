import type { Presence } from '../../protocol/objects.ts'
import { text } from '../text.ts'
import { clockTime, daysAgo, listTime } from './time.ts'

/** Whether somebody is there, or when they were; nothing where that is not shown. */
export function presenceWords({ status, lastActiveAt }: Presence): string {
  if (status === 'online') return text.people.online
  if (status === null || lastActiveAt === null) return ''
  const days = daysAgo(lastActiveAt)
  if (days === 0) return text.people.lastSeenAt(clockTime(lastActiveAt))
  if (days === 1) return text.people.lastSeenYesterday(clockTime(lastActiveAt))
  return text.people.lastSeenOn(listTime(lastActiveAt))
}
