import * as z from 'zod'
import { idSchema, messageIdSchema } from '../../protocol/schemas.ts'

/** The message that a notification is about: kept in its `data`, and told to the page that is to show it. */
export const aboutSchema = z.object({ channelId: idSchema, messageId: messageIdSchema })
export type About = z.infer<typeof aboutSchema>

/** What the service worker says to a page. */
export const openMessageSchema = z.object({ t: z.literal('open'), ...aboutSchema.shape })
export type OpenMessage = z.infer<typeof openMessageSchema>

/** A new version is active: the page is to begin anew. */
export const reloadMessageSchema = z.object({ t: z.literal('reload') })
export type ReloadMessage = z.infer<typeof reloadMessageSchema>

/** What a page says to a new version that waits. */
export const takeOverSchema = z.object({ t: z.literal('takeOver') })
export type TakeOver = z.infer<typeof takeOverSchema>
