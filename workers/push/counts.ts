/** How the jobs of a batch ended; docs/operations.md says what each means. */
export interface PushCounts {
  sent: number
  gone: number
  retried: number
  refused: number
  expired: number
  replaced: number
  read: number
  skipped: number
  invalid: number
}

export function noPushes(): PushCounts {
  return {
    sent: 0,
    gone: 0,
    retried: 0,
    refused: 0,
    expired: 0,
    replaced: 0,
    read: 0,
    skipped: 0,
    invalid: 0,
  }
}

/** The line that an operator counts pushes by: outcomes and the time it took, nothing of any job. */
export function logCounts(counts: PushCounts, tookMs: number): void {
  const some = Object.entries(counts).filter(([, count]) => count > 0)
  console.log(`pushes ${JSON.stringify({ ...Object.fromEntries(some), ms: tookMs })}`)
}
