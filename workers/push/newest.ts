import { addressKey, type PushJob } from '../../protocol/push.ts'

/**
 * Of jobs for one notification on the same device only the one that comes last matters. A queue keeps no
 * order, so the message ids tell: a later message, then what was put right of it, then its clearing.
 */
export function newestOfEach<T>(items: readonly T[], jobOf: (item: T) => PushJob): Set<T> {
  const newest = new Map<string, T>()
  for (const item of items) {
    const job = jobOf(item)
    const { userId, deviceId, address, channelId, sinceMessageId } = job
    const key = JSON.stringify([userId, deviceId, addressKey(address), channelId, sinceMessageId])
    const other = newest.get(key)
    if (other === undefined || comesAfter(job, jobOf(other))) newest.set(key, item)
  }
  return new Set(newest.values())
}

function comesAfter(job: PushJob, other: PushJob): boolean {
  if (toldUpTo(job) !== toldUpTo(other)) return toldUpTo(job) > toldUpTo(other)
  if (job.kind !== other.kind) return job.kind === 'clear'
  return job.createdAt > other.createdAt
}

function toldUpTo(job: PushJob): number {
  return job.kind === 'show' ? Math.max(job.messageId, job.replaces ?? 0) : job.messageId
}
