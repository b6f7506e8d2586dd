import { ticketSchema } from '../protocol/http.ts'
import type { Endpoints } from './endpoints.ts'
import type { Http } from './http.ts'

/**
 * Where to open a socket. Neither browsers nor React Native can send a bearer header with it, so a
 * token is traded for a ticket that opens one socket.
 * @param target path and query, for example `/v1/ws?cursor=7`
 */
export async function socketAddress(
  http: Http,
  endpoints: Endpoints,
  token: string | null,
  target: string,
): Promise<string> {
  const address = endpoints.current.replace(/^http/, 'ws') + target
  if (token === null) return address
  const { ticket } = await http.call('POST', '/v1/tickets', ticketSchema)
  return `${address}&ticket=${encodeURIComponent(ticket)}`
}
