import { getIP } from 'better-auth/api'
import { ADDRESS } from './auth/auth.ts'

/**
 * What limits per address count by: the caller's IPv4 address, or the /64 of an IPv6 one. Callers
 * whose address is unknown share one key, so that a missing header never lifts a limit.
 */
export function addressKey(request: Request): string {
  return getIP(request, { advanced: ADDRESS }) ?? 'unknown'
}
