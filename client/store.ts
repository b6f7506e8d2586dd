import type { Channel, Contact } from '../protocol/objects.ts'
import type { SyncFrame } from '../protocol/user-socket.ts'
import type { Outgoing } from './outgoing.ts'
import type { Recent } from './recent.ts'

/** What a store gives back at the start. */
export interface Saved {
  userId: string | null
  cursor: number
  channels: Channel[]
  contacts: Contact[]
  /** The newest messages of the channels that were heard from last. */
  recent: Recent[]
  /** Messages that were not known to be stored, in the order they were written. */
  outgoing: Outgoing[]
}

/**
 * Where a device keeps its state between two starts. The SDK reads it once and writes through; what
 * is shown comes from memory. A method that rejects costs what it was to keep, and nothing else.
 */
export interface Store {
  load(): Promise<Saved>
  /** Remembers whose state this is. Another person's is to be cleared first. */
  saveUser(userId: string): Promise<void>
  /**
   * Keeps the rows of a frame and its cursor, in one transaction: a cursor ahead of its rows would
   * lose them. Of the messages those that go on from what is kept of their channel, and the newest at most. When `frame.reset` is true, channels, contacts and messages are forgotten first. May
   * run twice with the same frame.
   * @param from how far the device had got before it. Of devices that share a store one may be reset, or forget everything,
   * while another goes on: a frame that does not go on from what is kept (`goesOn`) is left out. Without it, it does.
   */
  saveSync(frame: SyncFrame, from?: number): Promise<void>
  /** Keeps a channel as it is known now, with its members, which `sync` leaves out. */
  saveChannel(channel: Channel): Promise<void>
  /** Keeps the newest messages of a channel, unless what is kept goes further: windows share a store. */
  saveRecent(recent: Recent): Promise<void>
  /** Resolves once it outlives the program. */
  saveOutgoing(outgoing: Outgoing): Promise<void>
  deleteOutgoing(clientId: string): Promise<void>
  /** Forgets everything: somebody logged out. */
  clear(): Promise<void>
}
