import { ticketSchema } from '../protocol/http.ts'
import type { Endpoints } from './endpoints.ts'
import type { Http } from './http.ts'

/**
 * Where to open the user socket. Neither browsers nor React Native can send a bearer header with it,
 * so a token is traded for a ticket that opens one socket.
 */
export async function socketAddress(
  http: Http,
  endpoints: Endpoints,
  token: string | null,
  cursor: number,
): Promise<string> {
  const query = [`cursor=${cursor}`]
  if (token !== null) {
    const { ticket } = await http.call('POST', '/v1/tickets', ticketSchema)
    query.push(`ticket=${encodeURIComponent(ticket)}`)
  }
  return `${endpoints.current.replace(/^http/, 'ws')}/v1/ws?${query.join('&')}`
}
