import { eraseAccount, listConcerned, listDevices } from '../../workers/db/delete-account.ts'
import type { Delivery } from '../shared/delivery.ts'
import { channelStub } from '../shared/stubs.ts'
import { isOwed, owe, oweOnce, type OwedKind } from './owed.ts'
import { saveSettings } from './profile.ts'
import type { UserState } from './state.ts'

export interface DeletionDeps {
  env: Env
  ownerId(): string
  state(): UserState
  write<T>(block: () => T): T
  now(): number
  endDevice(deviceId: string): Promise<void>
}

/** The steps of a deletion, and what has to be settled before each. */
const STEPS: Partial<Record<OwedKind, readonly OwedKind[]>> = {
  deletion: [],
  departure: ['deletion'],
  'ended-device': ['deletion'],
  erasure: ['deletion', 'departure', 'ended-device', 'relation'],
}

/**
 * Deleting the account of this person. What is to do is noted first, all of it; then the main database
 * forgets them, in one step; then their devices are ended, groups left and DMs told, and whoever had them as
 * a contact is. At last this object forgets what it held. Whatever dies on the way, the notes are here and
 * the alarm goes on, and each step may be done twice.
 */
export class Deletion {
  constructor(private readonly deps: DeletionDeps) {}

  /** Settles one step; `later` if it is not its turn yet. */
  async settle(kind: OwedKind, id: string): Promise<'later' | undefined> {
    const { env, state, write } = this.deps
    const ownerId = this.deps.ownerId()
    if (STEPS[kind]?.some((before) => isOwed(state(), before))) return 'later'
    switch (kind) {
      case 'deletion':
        await this.begin()
        return undefined
      case 'departure': {
        const stub = channelStub(env, id)
        await stub?.refreshProfile(ownerId)
        // Whoever is out already, and whoever is in a DM, stays as they are.
        await stub?.remove(ownerId, ownerId)
        return undefined
      }
      case 'ended-device':
        await this.deps.endDevice(id)
        return undefined
      case 'erasure':
        write(() => forget(state()))
        return undefined
      default:
        throw new Error(`a deletion has no step ${kind}`)
    }
  }

  /**
   * What comes for somebody who is gone: nothing is stored. Should a channel have taken them in meanwhile, it
   * learns of it. Returns how far this inbox is, for the channel: all the way. Belongs into a block that writes.
   */
  turnAway({ channelId, channel, version }: Delivery): number {
    const isIn = channel.leftAt === null
    if (isIn) oweOnce(this.deps.state(), 'departure', channelId, this.deps.now())
    return version
  }

  private async begin(): Promise<void> {
    const { env, state, write, now } = this.deps
    const ownerId = this.deps.ownerId()
    const [concerned, devices] = await Promise.all([
      listConcerned(env, ownerId),
      listDevices(env, ownerId),
    ])
    write(() => {
      for (const userId of concerned) owe(state(), 'relation', userId, now())
      for (const deviceId of devices) owe(state(), 'ended-device', deviceId, now())
      for (const channelId of channelIds(state())) owe(state(), 'departure', channelId, now())
      owe(state(), 'erasure', '', now())
      saveSettings(state(), { ...state().settings, presence: 'nobody' })
      state().markDeleted(now())
    })
    await eraseAccount(env, ownerId, now())
  }
}

function channelIds(state: UserState): string[] {
  return state.sql
    .exec<{ channel_id: string }>(
      "SELECT channel_id FROM channels WHERE channel ->> 'leftAt' IS NULL",
    )
    .toArray()
    .map((row) => row.channel_id)
}

/** All that an inbox holds of what was said to this person, and by whom. */
function forget({ sql }: UserState): void {
  for (const table of [
    'inbox',
    'channels',
    'channel_members',
    'contacts',
    'watchers',
    'subscriptions',
    'watch_lists',
    'gone_devices',
    'push_addresses',
    'owed_pushes',
    'told_pushes',
  ]) {
    sql.exec(`DELETE FROM ${table}`)
  }
  sql.exec('UPDATE user SET profile = NULL, settings = NULL')
}
