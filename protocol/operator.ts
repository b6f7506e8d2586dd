import * as z from 'zod'
import { idSchema, messageIdSchema } from './schemas.ts'

/** What operators are told of a channel's two copies. Numbers only: no texts, no people. */

export const archiveStatusSchema = z
  .object({
    channelId: idSchema,
    newestVersion: z.int(),
    archivedVersion: z
      .int()
      .describe('everything up to this version is in the archive, but for what is behind'),
    backlogRows: z.int().describe('rows that are not archived yet; exact up to 100,000'),
    oldestWaitsMs: z.int().nullable().describe('how long the oldest of them has been waiting'),
    behind: z
      .array(
        z.object({
          shard: z.int(),
          archivedVersion: z.int().describe('what this shard has of its messages'),
          rows: z.int().describe('its rows that wait; exact up to 100,000'),
          oldestWaitsMs: z.int().nullable(),
        }),
      )
      .describe('shards that were away while the archive went on in others, and catch up'),
    localRows: z.int().describe('messages in the channel object; exact up to 1,000,000'),
    localBytes: z.int(),
    droppedBelow: messageIdSchema.nullable().describe('messages below live only in the archive'),
    ranges: z
      .array(z.object({ fromMessageId: z.int(), shard: z.int() }))
      .describe('which shard holds the messages from which id on'),
    shards: z.array(
      z.object({ shard: z.int(), rows: z.int().nullable().describe('null: it does not answer') }),
    ),
  })
  .meta({ id: 'ArchiveStatus' })
export type ArchiveStatus = z.infer<typeof archiveStatusSchema>

export const archiveComparisonSchema = z
  .object({
    compared: z.int(),
    differences: z.array(
      z.object({
        messageId: messageIdSchema,
        version: z.int().nullable().describe('in the channel object; null: not there'),
        archivedVersion: z.int().nullable().describe('in the archive; null: not there'),
      }),
    ),
    next: z.int().nullable().describe('the `after` to go on with; null: that was all'),
  })
  .meta({ id: 'ArchiveComparison' })
export type ArchiveComparison = z.infer<typeof archiveComparisonSchema>

export const compareBodySchema = z.object({ after: z.int().min(0).optional() })
export const moveBodySchema = z.object({ shard: z.int().min(0) })
