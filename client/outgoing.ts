import type { ParleyError } from './parley-error.ts'

/** A message on its way. Once it is stored it is a Message and leaves the outbox. */
export interface Outgoing {
  /** Made once, when the message is written; every attempt carries it, so it is stored once. */
  readonly clientId: string
  readonly channelId: string
  readonly text: string
  readonly replyTo: number | null
  readonly createdAt: number
  /** `sending` includes waiting for a connection. `failed` means refused: it stays until somebody decides. */
  readonly state: 'sending' | 'failed'
  /**
   * Whether the store has it as it is now, so that it outlives the program: a moment after it was written, or never
   * where nothing can be kept.
   */
  readonly kept: boolean
  /** Why it was refused. */
  readonly error: ParleyError | null
}
