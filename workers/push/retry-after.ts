/** The longest delay that Cloudflare Queues takes. */
export const MAX_RETRY_SECONDS = 12 * 60 * 60

/** `Retry-After` of an answer in seconds, given as such or as a date (RFC 9110, section 10.2.3). */
export function retryAfterSeconds(headers: Headers, now: number): number | null {
  const value = headers.get('retry-after')?.trim() ?? ''
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - now) / 1000
  if (Number.isNaN(seconds)) return null
  return Math.min(MAX_RETRY_SECONDS, Math.max(0, Math.ceil(seconds)))
}
