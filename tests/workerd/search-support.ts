import { env } from 'cloudflare:workers'
import { expect } from 'vitest'
import type { Profile } from '../../durable-objects/shared/profile.ts'
import { userStub } from '../../durable-objects/shared/stubs.ts'
import { hitsSchema, type Hits } from '../../protocol/search.ts'
import { call, signUp, type Login } from './edge.ts'

/** Somebody who can log in, as the edge and as the objects know them. */
export interface Searcher extends Profile {
  login: Login
}

export async function searcher(name: string): Promise<Searcher> {
  const login = await signUp(name)
  return { userId: login.userId, handle: login.username, name, image: null, receipts: true, login }
}

export function get(who: Searcher, path: string, query: Record<string, string | number> = {}) {
  const pairs = Object.entries(query).map(([key, value]) => [key, String(value)])
  return call(`${path}?${new URLSearchParams(pairs).toString()}`, { headers: who.login.bearer })
}

export async function hitsOf(response: Response): Promise<Hits> {
  if (response.status !== 200) throw new Error(await response.text())
  return hitsSchema.parse(await response.json())
}

/** One page of a search. */
export async function search(
  who: Searcher,
  q: string,
  filters: Record<string, string | number> = {},
): Promise<Hits> {
  return await hitsOf(await get(who, '/v1/search', { q, ...filters }))
}

/** The texts that a search finds, newest first, over all of its pages. */
export async function searchAll(
  who: Searcher,
  q: string,
  filters: Record<string, string | number> = {},
): Promise<string[]> {
  const texts: string[] = []
  let before: string | null = null
  do {
    const page = await search(who, q, { ...filters, ...(before === null ? {} : { before }) })
    texts.push(...page.hits.map(({ message }) => message.text))
    before = page.next
  } while (before !== null)
  return texts
}

/** Until the inbox of this person has these channels, which is where a search over all of them begins. */
export async function knows(who: Searcher, channelIds: string[]): Promise<void> {
  await expect
    .poll(async () => (await userStub(env, who.userId).ownChannels(100)).toSorted())
    .toEqual(channelIds.toSorted())
}
