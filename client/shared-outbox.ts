import * as z from 'zod'
import { storedOutgoingSchema } from './saved-state.ts'

/** Raised with every change of meaning; windows of another version are not listened to, and do not listen. */
const VERSION = 1

const outboxNewsSchema = z.object({
  version: z.literal(VERSION),
  /** Whose outbox: another login's is none of ours. */
  userId: z.string(),
  clientId: z.string(),
  /** As it is now, or null once it is out of the outbox. */
  outgoing: storedOutgoingSchema.nullable(),
})
export type OutboxNews = Omit<z.infer<typeof outboxNewsSchema>, 'version'>

/** What makes the outboxes of clients over one store into one. */
export interface SharedOutbox {
  /** Runs `work` while no other client sends in the channel. Ends with this client, however it dies. */
  alone(channelId: string, work: () => Promise<void>): Promise<void>
  /** Tells the other clients. */
  tell(news: OutboxNews): void
  /** To be called once: `listener` gets what others tell. */
  listen(listener: (news: OutboxNews) => void): void
}

/**
 * The windows of one browser profile share an outbox by a Web Lock for each channel and a BroadcastChannel.
 * Null where one of the two is missing: then each window sends for itself, and `clientId` keeps it once.
 */
export function windowsOutbox(name = 'parley'): SharedOutbox | null {
  if (typeof BroadcastChannel === 'undefined' || navigator.locks === undefined) return null
  const others = new BroadcastChannel(`${name}.outbox`)
  return {
    async alone(channelId, work) {
      try {
        await navigator.locks.request(`${name}.outbox.${channelId}`, work)
      } catch {
        // No lock is to be had here, as in some private modes: each for itself, then.
        await work()
      }
    },
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a BroadcastChannel has none
    tell: (news) => others.postMessage({ ...news, version: VERSION }),
    listen(listener) {
      others.addEventListener('message', ({ data }) => {
        const news = outboxNewsSchema.safeParse(data)
        if (news.success) listener(news.data)
      })
    },
  }
}
