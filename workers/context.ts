import type { Profile } from '../durable-objects/shared/profile.ts'

export type { Profile }

/** Who asks. The session id is the device id: one login is one device. */
export interface Session {
  userId: string
  deviceId: string
  /** Unix milliseconds. */
  expiresAt: number
  via: 'cookie' | 'bearer' | 'ticket'
  /** As of this call; what others see of a person is read where it is needed. */
  handle: string
}

export type AppEnv = { Bindings: Env; Variables: { session: Session } }
