/** What a channel knows of a person, to show members without asking D1. The home is D1. */
export interface Profile {
  userId: string
  handle: string | null
  name: string
  image: string | null
  /** Whether others are told what they read, and they of others. */
  receipts: boolean
}
