import { eq, sql } from 'drizzle-orm'
import { DEFAULT_SETTINGS } from '../protocol/objects.ts'
import type { Profile } from './context.ts'
import { mainDb } from './db/main.ts'
import { settings, user } from './db/schema.ts'

/**
 * The profiles of these users, by user id; ids that are nobody's are left out, and those of accounts that
 * were deleted have no handle. One statement however many ids: D1 takes 100 bound parameters, so the ids
 * travel as one JSON text.
 */
export async function findProfiles(env: Env, userIds: string[]): Promise<Map<string, Profile>> {
  if (userIds.length === 0) return new Map()
  const rows = await mainDb(env)
    .select({
      userId: user.id,
      handle: user.username,
      name: user.name,
      image: user.image,
      receipts: settings.receipts,
    })
    .from(user)
    .leftJoin(settings, eq(settings.userId, user.id))
    .where(sql`${user.id} in (select value from json_each(${JSON.stringify(userIds)}))`)
  return new Map(
    rows.map((row) => [
      row.userId,
      { ...row, receipts: row.receipts ?? DEFAULT_SETTINGS.receipts },
    ]),
  )
}
