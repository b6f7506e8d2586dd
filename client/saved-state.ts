import * as z from 'zod'
import { errorCodeSchema } from '../protocol/errors.ts'
import { channelSchema, contactSchema } from '../protocol/objects.ts'
import type { Outgoing } from './outgoing.ts'
import { ParleyError } from './parley-error.ts'
import { recentSchema } from './recent.ts'
import type { Saved } from './store.ts'

/** What a store has kept, read back; it may have been written by an older version, or by anybody. */

export const storedErrorSchema = z.object({
  code: z.union([errorCodeSchema, z.enum(['network', 'protocol'])]),
  status: z.number(),
  detail: z.string(),
  retryAfter: z.number().nullable(),
  reason: z.string().nullable(),
})

export const storedOutgoingSchema = z.object({
  clientId: z.string(),
  channelId: z.string(),
  text: z.string(),
  replyTo: z.number().nullable(),
  createdAt: z.number(),
  state: z.enum(['sending', 'failed']),
  error: storedErrorSchema.nullable(),
})
export type StoredOutgoing = z.infer<typeof storedOutgoingSchema>

const rowsSchema = z.object({
  userId: z.string().nullable(),
  cursor: z.int(),
  channels: z.array(channelSchema),
  contacts: z.array(contactSchema),
  recent: z.array(recentSchema),
})

/**
 * Rows that this version does not understand are left out together with the cursor, so that the
 * server sends them again. What was not sent has no other copy and is read by itself.
 */
export function readSaved(stored: { outgoing: readonly unknown[] } & object): Saved {
  const rows = rowsSchema.safeParse(stored)
  const outgoing = stored.outgoing.flatMap((entry) => {
    const result = storedOutgoingSchema.safeParse(entry)
    return result.success ? [readOutgoing(result.data)] : []
  })
  if (rows.success) return { ...rows.data, outgoing }
  return { userId: null, cursor: 0, channels: [], contacts: [], recent: [], outgoing }
}

/** As plain data: an error of a class of its own would come back as another. */
export function writeError(error: ParleyError): z.infer<typeof storedErrorSchema> {
  const { code, status, detail, retryAfter, reason } = error
  return { code, status, detail, retryAfter, reason }
}

export function writeOutgoing(outgoing: Outgoing): StoredOutgoing {
  const { error, kept: _, ...entry } = outgoing
  return { ...entry, error: error === null ? null : writeError(error) }
}

export function readOutgoing(stored: StoredOutgoing): Outgoing {
  return {
    ...stored,
    kept: true,
    error: stored.error === null ? null : new ParleyError(stored.error),
  }
}
