import { eq } from 'drizzle-orm'
import type { PatchSettings } from '../../protocol/http.ts'
import { DEFAULT_SETTINGS, quietHoursSchema, type Settings } from '../../protocol/objects.ts'
import { mainDb } from './main.ts'
import { settings } from './schema.ts'

/** What a person has decided; somebody who never did has the defaults. */
export async function readSettings(env: Env, userId: string): Promise<Settings> {
  const [row] = await mainDb(env).select().from(settings).where(eq(settings.userId, userId))
  if (!row) return DEFAULT_SETTINGS
  const { presence, addedBy, receipts, pushPreviews, quietHours } = row
  return {
    presence,
    addedBy,
    receipts,
    pushPreviews,
    quietHours: quietHours === null ? null : quietHoursSchema.parse(JSON.parse(quietHours)),
  }
}

/** Changes what is given of the settings. */
export async function writeSettings(
  env: Env,
  userId: string,
  { quietHours, ...others }: PatchSettings,
): Promise<void> {
  const change = {
    ...others,
    ...(quietHours !== undefined && {
      quietHours: quietHours === null ? null : JSON.stringify(quietHours),
    }),
  }
  if (Object.keys(change).length === 0) return
  await mainDb(env)
    .insert(settings)
    .values({ userId, ...change })
    .onConflictDoUpdate({ target: settings.userId, set: change })
}
