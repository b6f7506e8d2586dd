import { usersQuerySchema } from '../../protocol/http.ts'
import type { User } from '../../protocol/objects.ts'
import { text } from '../text.ts'
import { client } from './client.ts'

export type Found = { ok: true; user: User } | { ok: false; words: string }

/** Looks a person up by what was typed, or says why there is nobody. */
export async function findPerson(typed: string): Promise<Found> {
  const { data: query } = usersQuerySchema.safeParse({ handle: typed })
  if (query?.handle === undefined) return { ok: false, words: text.find.badHandle }
  const { handle } = query
  const user = await client.findByHandle(handle)
  return user === null ? { ok: false, words: text.find.none(handle) } : { ok: true, user }
}
