import { settingsSchema, userSchema, type Settings, type User } from '../../protocol/objects.ts'
import type { Delivery } from '../shared/delivery.ts'
import type { UserState } from './state.ts'

/** Copies of this person's own profile and settings, held since they first changed them. */

export function readProfile(state: UserState): User | null {
  const json = column(state, 'profile')
  return json === null ? null : userSchema.parse(JSON.parse(json))
}

/** Keeps the profile; returns whether it differs from the one that was kept. */
export function saveProfile(state: UserState, user: User): boolean {
  const json = JSON.stringify(user)
  if (column(state, 'profile') === json) return false
  state.sql.exec('UPDATE user SET profile = ?', json)
  return true
}

/**
 * Whether a channel takes this person for what they were: it took them in with a profile that was read
 * just before it changed, and was not there yet to be told.
 */
export function isOutdated(state: UserState, { channel, receipts = true }: Delivery): boolean {
  if (receipts !== state.settings.receipts) return channel.leftAt === null
  const profile = channel.members && readProfile(state)
  const member = channel.members?.find(({ userId }) => userId === state.userId)
  if (!profile || !member) return false
  return (
    member.name !== profile.name ||
    member.handle !== profile.handle ||
    member.image !== profile.image
  )
}

export function saveSettings(state: UserState, settings: Settings): void {
  state.sql.exec('UPDATE user SET settings = ?', JSON.stringify(settingsSchema.parse(settings)))
  state.settings = settings
}

function column(state: UserState, name: 'profile'): string | null {
  if (!state.exists) return null
  return state.sql.exec<{ value: string | null }>(`SELECT ${name} AS value FROM user`).one().value
}
