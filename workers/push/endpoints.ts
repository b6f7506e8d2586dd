/**
 * Hosts that count as push services: exact ones, and `*.example.com` for whatever is below a domain. `any`
 * is for tests against a service on loopback and lets plain http through as well.
 */
export type PushHosts = 'any' | readonly string[]

/**
 * Whether the server may post to `endpoint`, which a client has named: https at the standard port of a push
 * service, without user or password. Asked when it is registered, and again before it is used.
 */
export function isPushEndpoint(hosts: PushHosts, endpoint: string): boolean {
  if (!URL.canParse(endpoint)) return false
  const { protocol, hostname, port, username, password } = new URL(endpoint)
  if (username !== '' || password !== '') return false
  if (hosts === 'any') return protocol === 'https:' || protocol === 'http:'
  return protocol === 'https:' && port === '' && hosts.some((host) => matches(host, hostname))
}

function matches(host: string, hostname: string): boolean {
  return host.startsWith('*.') ? hostname.endsWith(host.slice(1)) : hostname === host
}
