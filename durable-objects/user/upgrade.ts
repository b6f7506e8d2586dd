import * as z from 'zod'
import { idSchema } from '../../protocol/schemas.ts'

/** What the edge tells about an upgrade that it has authenticated, in a header of its own. */
export const UPGRADE_HEADER = 'x-parley-upgrade'
export const upgradeSchema = z.object({
  userId: idSchema,
  deviceId: idSchema,
  expiresAt: z.number(),
  cursor: z.int(),
})
export type UserUpgrade = z.infer<typeof upgradeSchema>
