import { eq } from 'drizzle-orm'
import type { PatchSettings } from '../../protocol/http.ts'
import { DEFAULT_SETTINGS, type Settings } from '../../protocol/objects.ts'
import { mainDb } from './main.ts'
import { settings } from './schema.ts'

/** What a person has decided; somebody who never did has the defaults. */
export async function readSettings(env: Env, userId: string): Promise<Settings> {
  const [row] = await mainDb(env)
    .select({
      presence: settings.presence,
      addedBy: settings.addedBy,
      receipts: settings.receipts,
    })
    .from(settings)
    .where(eq(settings.userId, userId))
  return row ?? DEFAULT_SETTINGS
}

/** Changes what is given of the settings. */
export async function writeSettings(
  env: Env,
  userId: string,
  change: PatchSettings,
): Promise<void> {
  if (Object.keys(change).length === 0) return
  await mainDb(env)
    .insert(settings)
    .values({ userId, ...change })
    .onConflictDoUpdate({ target: settings.userId, set: change })
}
