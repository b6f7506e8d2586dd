/**
 * How long to wait before try `attempt` (from 1): exponential, jittered over its upper half, so that many who
 * failed at once do not come back at once.
 */
export function backoff(
  attempt: number,
  baseMs: number,
  maxMs: number,
  random = Math.random,
): number {
  const ceiling = Math.min(maxMs, baseMs * 2 ** Math.min(attempt - 1, 30))
  return Math.ceil(ceiling / 2 + (random() * ceiling) / 2)
}
