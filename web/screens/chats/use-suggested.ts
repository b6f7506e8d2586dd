import { useEffect, useState } from 'preact/hooks'
import { asParleyError } from '../../../client/parley-error.ts'
import { usersQuerySchema } from '../../../protocol/http.ts'
import type { User } from '../../../protocol/objects.ts'
import { client } from '../../state/client.ts'

/** While somebody types, the server is asked when they pause. */
const PAUSE_MS = 250

/** People whose handle begins with what is typed; nobody before there are two characters. */
export function useSuggested(typed: string): readonly User[] {
  const [people, setPeople] = useState<readonly User[]>([])
  const { data: query } = usersQuerySchema.safeParse({ prefix: typed })
  const prefix = query?.prefix

  useEffect(() => {
    if (prefix === undefined) return setPeople([])
    let isStale = false
    const timer = setTimeout(async () => {
      const found = await suggest(prefix)
      if (!isStale) setPeople(found)
    }, PAUSE_MS)
    return () => {
      isStale = true
      clearTimeout(timer)
    }
  }, [prefix])

  return people
}

async function suggest(prefix: string): Promise<User[]> {
  try {
    return await client.people.findByPrefix(prefix)
  } catch (caught) {
    // Asking for exactly this handle says what is wrong.
    asParleyError(caught)
    return []
  }
}
