import { signal } from '@preact/signals'
import { asParleyError } from '../../client/parley-error.ts'
import type { User } from '../../protocol/objects.ts'
import { client } from './client.ts'

/** People whom this device knows from no chat, such as who wrote in a group before one came: asked for once. */
const found = signal<ReadonlyMap<string, User>>(new Map())
const asked = new Set<string>()

client.on('upToDate', () => {
  for (const userId of asked) if (!found.peek().has(userId)) asked.delete(userId)
})

/** Their profile, followed by the component that asks; null until it is there. */
export function stranger(userId: string): User | null {
  const user = found.value.get(userId) ?? null
  if (user === null && !asked.has(userId)) {
    asked.add(userId)
    void look(userId)
  }
  return user
}

async function look(userId: string): Promise<void> {
  try {
    const user = await client.people.profile(userId)
    if (asked.has(userId)) found.value = new Map(found.peek()).set(userId, user)
  } catch (caught) {
    // They stay without a name until the connection is there again.
    asParleyError(caught)
  }
}

/** They were somebody else's to know. */
export function forgetStrangers(): void {
  found.value = new Map()
  asked.clear()
}
