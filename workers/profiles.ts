import { and, isNotNull, sql } from 'drizzle-orm'
import type { Profile } from './context.ts'
import { mainDb } from './db/main.ts'
import { user } from './db/schema.ts'

/**
 * The profiles of these users, by user id; ids that are nobody's, or nobody's any more, are left out. One statement however
 * many ids: D1 takes 100 bound parameters, so the ids travel as one JSON text.
 */
export async function findProfiles(env: Env, userIds: string[]): Promise<Map<string, Profile>> {
  if (userIds.length === 0) return new Map()
  const rows = await mainDb(env)
    .select({ userId: user.id, handle: user.username, name: user.name, image: user.image })
    .from(user)
    .where(
      and(
        sql`${user.id} in (select value from json_each(${JSON.stringify(userIds)}))`,
        isNotNull(user.username),
      ),
    )
  return new Map(rows.map((row) => [row.userId, row]))
}
