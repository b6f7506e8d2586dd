import type { EndReason } from './connection.ts'
import { asParleyError } from './parley-error.ts'

/** Whether a call that needs the same rights as a socket is refused for good, and why. */
export async function refusalOf(call: () => Promise<unknown>): Promise<EndReason | null> {
  try {
    await call()
    return null
  } catch (caught) {
    const { code } = asParleyError(caught)
    if (code === 'unauthenticated') return 'unauthenticated'
    return code === 'not_found' ? 'left' : null
  }
}
