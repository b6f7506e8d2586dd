import { syncFrameSchema } from '../../protocol/user-socket.ts'
import { backoff } from '../backoff.ts'
import type { LinkDeps } from '../link.ts'
import { asParleyError } from '../parley-error.ts'

/**
 * Asks for everything above this client's cursor, until the server has no more; tries again until there is an answer,
 * or `signal` says that nobody wants it any more. Rejects with a ParleyError if there is no login.
 */
export async function catchUp(link: LinkDeps, signal: AbortSignal): Promise<void> {
  let failures = 0
  let hasMore = true
  while (hasMore && !signal.aborted) {
    try {
      // Asking with a cursor confirms it.
      await link.kept()
      const query = { cursor: link.cursor(), wait: 0 }
      const frame = await link.http.call('GET', '/v1/sync', syncFrameSchema, { query, signal })
      if (signal.aborted) return
      failures = 0
      hasMore = frame.more
      link.onSync(frame)
    } catch (caught) {
      const error = asParleyError(caught)
      if (signal.aborted) return
      if (error.code === 'unauthenticated') throw error
      await sleep(backoff(failures++, link.random, error.retryAfter))
    }
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
