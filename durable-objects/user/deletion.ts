import { endRelations, eraseAccount, listConcerned } from '../../workers/db/delete-account.ts'
import type { Delivery } from '../shared/delivery.ts'
import { channelStub } from '../shared/stubs.ts'
import { isOwed, owe, oweOnce, type OwedKind } from './owed.ts'
import { ownChannels } from './own-channels.ts'
import type { UserState } from './state.ts'

export interface DeletionDeps {
  env: Env
  ownerId(): string
  state(): UserState
  write<T>(block: () => T): T
  now(): number
  /** Devices that have a socket here. */
  connectedDevices(): string[]
  endDevice(deviceId: string): Promise<void>
  /** What others may see of this person has changed. */
  settingsChanged(): void
}

/** People who are told in one step; and steps in one round, which is less than 1,000 calls. */
const CONCERNED_PER_STEP = 200
const STEPS_PER_ROUND = 20

/** What has to be settled before this object forgets: it could not go on with it. */
const BEFORE_ERASURE: readonly OwedKind[] = [
  'deletion',
  'departure',
  'ended-device',
  'relation',
  'settings',
]

/**
 * Deleting the account of this person. It is noted first; then the main database forgets who they are, in one
 * step, so that from then on nobody can be this person or begin anything with them. Then what is to do is
 * noted, all of it: their devices are ended, groups left and DMs told, and so is whoever had them as a
 * contact. At last this object forgets what it held. Whatever dies on the way, the notes are here and the
 * alarm goes on, and each step may be done twice.
 */
export class Deletion {
  constructor(private readonly deps: DeletionDeps) {}

  /** Settles one step; `later` if it is not its turn yet. */
  async settle(kind: OwedKind, id: string): Promise<'later' | undefined> {
    const { env, state, write, now } = this.deps
    const ownerId = this.deps.ownerId()
    switch (kind) {
      case 'deletion':
        return await this.begin()
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
        if (BEFORE_ERASURE.some((before) => isOwed(state(), before))) return 'later'
        // Once more, for what came in with calls that were under way.
        await eraseAccount(env, ownerId, now())
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

  private async begin(): Promise<'later' | undefined> {
    const { env, state, write, now } = this.deps
    const ownerId = this.deps.ownerId()
    await eraseAccount(env, ownerId, now())
    write(() => {
      const devices = new Set([...knownDevices(state()), ...this.deps.connectedDevices()])
      for (const deviceId of devices) owe(state(), 'ended-device', deviceId, now())
      for (const channelId of ownChannels(state(), -1)) owe(state(), 'departure', channelId, now())
      owe(state(), 'erasure', '', now())
      state().markDeleted(now())
    })
    this.deps.settingsChanged()
    for (let step = 0; step < STEPS_PER_ROUND; step++) {
      const concerned = await listConcerned(env, ownerId, CONCERNED_PER_STEP)
      if (concerned.length === 0) return undefined
      // Nobody reads what they are to each other before all of it is gone: this step is owed until then.
      write(() => {
        for (const userId of concerned) owe(state(), 'relation', userId, now())
      })
      await endRelations(env, ownerId, concerned)
    }
    write(() => owe(state(), 'deletion', '', now()))
    return 'later'
  }
}

/** Devices that are not ended yet and may have a socket somewhere, or wait for something. */
function knownDevices({ sql }: UserState): string[] {
  return sql
    .exec<{ device_id: string }>(
      `SELECT device_id FROM devices WHERE ended_at IS NULL
       UNION SELECT device_id FROM attachments`,
    )
    .toArray()
    .map((row) => row.device_id)
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
    'presence',
    'devices',
    'attachments',
  ]) {
    sql.exec(`DELETE FROM ${table}`)
  }
  sql.exec('UPDATE user SET profile = NULL, settings = NULL')
}
