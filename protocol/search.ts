import * as z from 'zod'
import { DEFAULT_HITS, MAX_HITS, MAX_QUERY_LENGTH } from './limits.ts'
import { messageSchema } from './objects.ts'
import { idSchema, queryInt, timeSchema } from './schemas.ts'
import { countCodePoints } from './text.ts'

/** `GET /v1/search` and `GET /v1/mentions`. */

const limit = queryInt(z.int().min(1).max(MAX_HITS))
  .optional()
  .transform((value) => value ?? DEFAULT_HITS)
const before = z.string().max(64).optional().describe("the last answer's `next`")

export const searchQuerySchema = z.object({
  q: z
    .string()
    .refine(
      (text) => countCodePoints(text, MAX_QUERY_LENGTH) <= MAX_QUERY_LENGTH,
      `at most ${MAX_QUERY_LENGTH} characters`,
    )
    .describe('words, all of them; the last as a beginning; "phrases" in quotes'),
  channelId: idSchema.optional().describe('only in this channel'),
  userId: idSchema.optional().describe('only what this person wrote'),
  since: queryInt(timeSchema).optional().describe('sent at this time or later'),
  until: queryInt(timeSchema).optional().describe('sent before this time'),
  before,
  limit,
})
export type SearchParameters = z.infer<typeof searchQuerySchema>

export const mentionsQuerySchema = z.object({ before, limit })

export const hitSchema = z
  .object({
    message: messageSchema,
    snippet: z.string().describe('a piece of its text; … where it is cut'),
    marks: z
      .array(z.tuple([z.int().min(0), z.int().min(0)]))
      .describe('`[start, end)` in `snippet`, in UTF-16 units, ascending'),
  })
  .meta({ id: 'Hit' })
export type Hit = z.infer<typeof hitSchema>

export const hitsSchema = z
  .object({
    hits: z.array(hitSchema),
    next: z.string().nullable().describe('a page may be short, even empty, and still go on'),
  })
  .meta({ id: 'Hits' })
export type Hits = z.infer<typeof hitsSchema>
