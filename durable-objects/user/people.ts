import { fail, ok, type Result } from '../../protocol/errors.ts'
import type { PatchMe, PatchSettings } from '../../protocol/http.ts'
import { CONTACT_CHANGES_PER_USER, PROFILE_CHANGES_PER_USER } from '../../protocol/limits.ts'
import type { Contact, Settings, User } from '../../protocol/objects.ts'
import {
  askFriend,
  blockUser,
  listRelations,
  readRelation,
  removeFriend,
  unblockUser,
  type Relation,
} from '../../workers/db/contacts.ts'
import { readSettings, writeSettings } from '../../workers/db/settings.ts'
import { findUser, updateUser } from '../../workers/db/users.ts'
import { dmChannelId } from '../shared/channel-id.ts'
import { OneAtATime } from '../shared/one-at-a-time.ts'
import { FixedWindow } from '../shared/rate.ts'
import { channelStub, userStub } from '../shared/stubs.ts'
import { withTimeout } from '../shared/timeout.ts'
import {
  contactIds,
  contactOf,
  contactState,
  findContact,
  outcome,
  storeRelation,
  type ContactChange,
} from './contacts.ts'
import { Deletion } from './deletion.ts'
import { Debts, hurry, isOwed, owe, oweChannels, oweProfile, type OwedKind } from './owed.ts'
import { readProfile, saveProfile, saveSettings } from './profile.ts'
import type { UserState } from './state.ts'

/** How long an answer waits for objects of others, so that all see the change together. */
const OTHER_SIDE_MS = 2_000
const REBUILD_PAGE = 200

const TRY_AGAIN = fail('unavailable', 'It is not known yet whether that worked, try again', 1)

export interface PeopleDeps {
  env: Env
  ownerId(): string
  state(): UserState
  write<T>(block: () => T): T
  limited: boolean
  now(): number
  rearm(): void
  report(error: unknown): void
  /** Devices that have a socket here. */
  connectedDevices(): string[]
  /** Ends a device for good; see `UserObject.endDevice`. */
  endDevice(deviceId: string): Promise<void>
  /** The row of a contact has changed. */
  contactChanged(otherId: string): void
  settingsChanged(): void
  /** Has the main database know where a device gets its pushes. */
  claimPushAddress(deviceId: string): Promise<void>
}

/**
 * This person's changes of who they are and what others are to them. The main database is the home of all
 * of it, so each change goes the same way: note here that everybody concerned will have to read it anew,
 * change it there, then have them read. Whatever dies on the way, the note is there and the alarm goes on;
 * and since everybody reads the home itself, the order in which they are told does not matter.
 */
export class People {
  readonly debts: Debts
  readonly deletion: Deletion
  private readonly contactChanges = new FixedWindow(CONTACT_CHANGES_PER_USER)
  private readonly profileChanges = new FixedWindow(PROFILE_CHANGES_PER_USER)
  /** Reads what somebody is to this person; the row here follows. */
  private readonly reading: OneAtATime<Relation>
  /** Tells the DM with somebody whether they are blocked, as the row here says. */
  private readonly tellingDm: OneAtATime<void>

  constructor(private readonly deps: PeopleDeps) {
    const { state, write, now, rearm, report } = deps
    this.deletion = new Deletion(deps)
    const settle = (kind: OwedKind, id: string) => this.settle(kind, id)
    this.debts = new Debts({ state, write, settle, now, rearm, report })
    this.reading = new OneAtATime((otherId) => this.readContact(otherId))
    this.tellingDm = new OneAtATime((otherId) => this.tellDm(otherId))
  }

  /** See `UserObject.changeContact`. */
  async changeContact(change: ContactChange, otherId: string): Promise<Result<Contact>> {
    if (otherId === this.deps.ownerId()) return fail('invalid', 'That is you')
    const retryAfter = this.take(this.contactChanges)
    if (retryAfter > 0) return fail('rate_limited', 'Too many changes of contacts', retryAfter)
    this.note('relation', otherId)
    let relation: Relation
    try {
      await this.write(change, otherId)
      relation = await this.reading.run(otherId)
      // Deciding about a send may not wait for the database, so the DM knows before this is answered.
      if (change === 'block' || change === 'unblock') await this.tellingDm.run(otherId)
    } catch (error) {
      this.deps.report(error)
      return TRY_AGAIN
    }
    await soon(this.debts.settle('relation', otherId))
    const done = outcome(change, relation)
    if (!done.ok) return done
    return ok(findContact(this.deps.state(), otherId) ?? contactOf(done.value, relation.state))
  }

  /** Reads anew what somebody is to this person: their object says that it has changed. */
  async refreshContact(otherId: string): Promise<void> {
    await this.reading.run(otherId)
  }

  /** Reads all contacts anew, those of the database and those of the copy. Returns how many. */
  async rebuildContacts(): Promise<number> {
    const ids = new Set<string>()
    for (let after = ''; ;) {
      const page = await listRelations(this.deps.env, this.deps.ownerId(), after, REBUILD_PAGE)
      for (const { user } of page) ids.add(user.userId)
      const last = page.at(-1)
      if (!last) break
      after = last.user.userId
    }
    this.deps.write(() => undefined)
    for (let after = ''; ;) {
      const page = contactIds(this.deps.state(), after, REBUILD_PAGE)
      for (const id of page) ids.add(id)
      const last = page.at(-1)
      if (last === undefined) break
      after = last
    }
    this.deps.write(() => {
      for (const id of ids) owe(this.deps.state(), 'relation', id, this.deps.now() - 60_000)
    })
    void this.debts.run()
    return ids.size
  }

  /** See `UserObject.changeProfile`. */
  async changeProfile(patch: PatchMe): Promise<Result<User>> {
    const retryAfter = this.take(this.profileChanges)
    if (retryAfter > 0) return fail('rate_limited', 'Too many changes of the profile', retryAfter)
    this.note('profile', '')
    try {
      const done = await updateUser(this.deps.env, this.deps.ownerId(), patch)
      if (done === 'taken') return fail('conflict', 'This handle is taken')
      if (!(await this.debts.settle('profile', ''))) return TRY_AGAIN
    } catch (error) {
      this.deps.report(error)
      return TRY_AGAIN
    }
    const user = readProfile(this.deps.state())
    return user?.handle ? ok(user) : fail('unauthenticated', 'This account is gone')
  }

  /** See `UserObject.changeSettings`. */
  async changeSettings(change: PatchSettings): Promise<Result<Settings>> {
    this.note('settings', '')
    try {
      await writeSettings(this.deps.env, this.deps.ownerId(), change)
      if (!(await this.debts.settle('settings', ''))) return TRY_AGAIN
    } catch (error) {
      this.deps.report(error)
      return TRY_AGAIN
    }
    if (change.receipts !== undefined) await soon(this.debts.run())
    return ok(this.deps.state().settings)
  }

  /** See `UserObject.deleteAccount`. */
  async deleteAccount(): Promise<Result<null>> {
    this.note('deletion', '')
    try {
      const isDone = await this.debts.settle('deletion', '')
      if (!isDone && !this.deps.state().isDeleted) return TRY_AGAIN
    } catch (error) {
      this.deps.report(error)
      return TRY_AGAIN
    }
    this.deps.write(() => hurry(this.deps.state(), this.deps.now()))
    await soon(this.debts.run())
    return ok(null)
  }

  private async write(change: ContactChange, otherId: string): Promise<void> {
    const { env, now } = this.deps
    const ownerId = this.deps.ownerId()
    switch (change) {
      case 'ask':
        return await askFriend(env, ownerId, otherId, now())
      case 'remove':
        return await removeFriend(env, ownerId, otherId)
      case 'block':
        return await blockUser(env, ownerId, otherId, now())
      case 'unblock':
        return await unblockUser(env, ownerId, otherId)
    }
  }

  private async settle(kind: OwedKind, id: string): Promise<'later' | undefined> {
    const { env } = this.deps
    const ownerId = this.deps.ownerId()
    switch (kind) {
      case 'profile':
        await this.readProfile()
        return undefined
      case 'settings':
        await this.readSettings()
        return undefined
      case 'relation': {
        // As long as the account is being deleted, the database still says what was.
        if (isOwed(this.deps.state(), 'deletion')) return 'later'
        const { user } = await this.reading.run(id)
        await this.tellingDm.run(id)
        if (user) await userStub(env, id).refreshContact(ownerId)
        return undefined
      }
      case 'channel-profile':
        await channelStub(env, id)?.refreshProfile(ownerId)
        return undefined
      case 'contact-profile':
        await userStub(env, id).refreshContact(ownerId)
        return undefined
      case 'push-address':
        await this.deps.claimPushAddress(id)
        return undefined
      default:
        return await this.deletion.settle(kind, id)
    }
  }

  private async readContact(otherId: string): Promise<Relation> {
    const relation = await readRelation(this.deps.env, this.deps.ownerId(), otherId)
    const isNews =
      relation.user !== null || contactState(this.deps.state(), otherId) !== 'none'
        ? this.deps.write(() => storeRelation(this.deps.state(), otherId, relation))
        : false
    if (isNews) this.deps.contactChanged(otherId)
    return relation
  }

  private async tellDm(otherId: string): Promise<void> {
    const { env } = this.deps
    const ownerId = this.deps.ownerId()
    const channelId = dmChannelId(env.CHANNEL_KEY, ownerId, otherId)
    const isBlocked = contactState(this.deps.state(), otherId) === 'blocked'
    await channelStub(env, channelId)?.setBlocked(ownerId, isBlocked)
  }

  private async readProfile(): Promise<void> {
    const { env, state, now } = this.deps
    const user = await findUser(env, this.deps.ownerId())
    if (!user) return
    this.deps.write(() => {
      if (saveProfile(state(), user)) oweProfile(state(), now())
    })
    void this.debts.run()
  }

  private async readSettings(): Promise<void> {
    const settings = await readSettings(this.deps.env, this.deps.ownerId())
    const { state, write, now } = this.deps
    write(() => {
      if (settings.receipts !== state().settings.receipts) oweChannels(state(), now())
      saveSettings(state(), settings)
    })
    void this.debts.run()
    this.deps.settingsChanged()
  }

  private note(kind: OwedKind, id: string): void {
    this.deps.write(() => owe(this.deps.state(), kind, id, this.deps.now()))
    this.deps.rearm()
  }

  private take(window: FixedWindow): number {
    return this.deps.limited ? window.take(this.deps.now()) : 0
  }
}

/** Waits for debts to be settled, but not for long. */
async function soon(settled: Promise<unknown>): Promise<void> {
  try {
    await withTimeout(settled, OTHER_SIDE_MS)
  } catch {
    // It goes on, and the alarm looks after it.
  }
}
