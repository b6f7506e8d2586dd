import * as z from 'zod'
import { idSchema } from '../../protocol/schemas.ts'

/** What the edge tells about an upgrade that it has authenticated, in a header of its own. */
export const UPGRADE_HEADER = 'x-parley-upgrade'
export const upgradeSchema = z.object({
  userId: idSchema,
  deviceId: idSchema,
  expiresAt: z.number(),
  /** Where the device goes on: the user's cursor, or the channel's version. */
  cursor: z.int(),
})
export type Upgrade = z.infer<typeof upgradeSchema>
