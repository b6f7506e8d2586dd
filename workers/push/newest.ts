import { addressKey, type PushJob } from '../../protocol/push.ts'

/**
 * Of jobs for the same channel on the same device only the one that comes last matters. A queue keeps no
 * order, so the message ids tell: a later message, then its clearing.
 */
export function newestOfEach<T>(items: readonly T[], jobOf: (item: T) => PushJob): Set<T> {
  const newest = new Map<string, T>()
  for (const item of items) {
    const job = jobOf(item)
    const key = JSON.stringify([job.userId, job.deviceId, addressKey(job.address), job.channelId])
    const other = newest.get(key)
    if (other === undefined || comesAfter(job, jobOf(other))) newest.set(key, item)
  }
  return new Set(newest.values())
}

function comesAfter(job: PushJob, other: PushJob): boolean {
  if (job.messageId !== other.messageId) return job.messageId > other.messageId
  if (job.kind !== other.kind) return job.kind === 'clear'
  return job.createdAt > other.createdAt
}
