import { discoverSchema, type Discover } from '../protocol/http.ts'
import type { Endpoints } from './endpoints.ts'
import type { Http } from './http.ts'
import { asParleyError } from './parley-error.ts'

/**
 * Asks where the service is best reached from here and takes the answer over into `endpoints`.
 * Returns null, and leaves the endpoints as they are, when discovery itself cannot be reached.
 */
export async function discover(http: Http, endpoints: Endpoints): Promise<Discover | null> {
  try {
    const answer = await http.call('GET', '/v1/discover', discoverSchema)
    endpoints.replace(answer.endpoints.map(({ url }) => url))
    return answer
  } catch (caught) {
    asParleyError(caught)
    return null
  }
}
