const FIRST_MS = 1000
const LONGEST_MS = 30_000

/**
 * How long to wait before attempt number `attempt` (from 0): exponential with full jitter, so that
 * a million clients cut off at one moment do not come back at one moment. What the server asked for
 * (`retryAfter`, seconds) comes on top.
 */
export function backoff(attempt: number, random: () => number, retryAfter: number | null): number {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** attempt)
  return (retryAfter ?? 0) * 1000 + random() * ceiling
}
