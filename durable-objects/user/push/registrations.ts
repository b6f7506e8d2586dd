import { fail, ok, type Result } from '../../../protocol/errors.ts'
import { PUSH_CHANGES_PER_USER } from '../../../protocol/limits.ts'
import { addressKey, type PushAddress } from '../../../protocol/push.ts'
import { claimAddress, releaseAddress } from '../../../workers/db/push-addresses.ts'
import { FixedWindow } from '../../shared/rate.ts'
import { userStub } from '../../shared/stubs.ts'
import { owe } from '../owed.ts'
import type { UserState } from '../state.ts'
import {
  dropAddress,
  findAddress,
  hasAddresses,
  isSameAddress,
  listAddresses,
  prolongAddress,
  saveAddress,
  type DeviceAddress,
} from './addresses.ts'
import { forgetPushes } from './owed-pushes.ts'

/** A session that goes on is noted at most so often. */
const PROLONG_EVERY_MS = 24 * 60 * 60 * 1000

const TRY_AGAIN = fail('unavailable', 'It is not known yet whether that worked, try again', 1)

export interface RegistrationsDeps {
  env: Env
  ownerId(): string
  state(): UserState
  write<T>(block: () => T): T
  limited: boolean
  now(): number
  rearm(): void
  /** Settles the debt of a device now; false if that failed and the alarm will try again. */
  settle(deviceId: string): Promise<boolean>
}

/**
 * Which devices of this person get pushes, and where. The rows here are what pushes go by; the main database
 * only knows who else has an address, so that the last to register it is the one to have it. What it is to
 * be told is owed (`owed.ts`) until it knows.
 */
export class Registrations {
  private readonly changes = new FixedWindow(PUSH_CHANGES_PER_USER)
  private any: boolean | null = null

  constructor(private readonly deps: RegistrationsDeps) {}

  /** Whether any device gets pushes; asked with every delivery. */
  get exist(): boolean {
    this.any ??= hasAddresses(this.deps.state())
    return this.any
  }

  /** See `UserObject.registerPush`. */
  async register(deviceId: string, address: PushAddress, expiresAt: number): Promise<Result<null>> {
    const { state, now } = this.deps
    const known = findAddress(state(), deviceId)
    if (known && isSameAddress(address, known.address)) {
      this.prolong(deviceId, expiresAt)
      return (await this.deps.settle(deviceId)) ? ok(null) : TRY_AGAIN
    }
    const retryAfter = this.take()
    if (retryAfter > 0) return fail('rate_limited', 'Too many changes of addresses', retryAfter)
    this.change(() => {
      const registeredAt = Math.max(now(), (known?.registeredAt ?? 0) + 1)
      const excess = saveAddress(state(), { deviceId, address, registeredAt, expiresAt })
      return [deviceId, ...excess]
    })
    return (await this.deps.settle(deviceId)) ? ok(null) : TRY_AGAIN
  }

  /** See `UserObject.unregisterPush`. */
  async unregister(deviceId: string, address: PushAddress): Promise<Result<null>> {
    this.drop(deviceId, addressKey(address))
    return (await this.deps.settle(deviceId)) ? ok(null) : TRY_AGAIN
  }

  /** See `UserObject.dropPush`. */
  drop(deviceId: string, key: string): void {
    const known = findAddress(this.deps.state(), deviceId)
    if (known && addressKey(known.address) === key) this.forget([deviceId])
  }

  /** The session of the device is over. */
  ended(deviceId: string): void {
    if (findAddress(this.deps.state(), deviceId)) this.forget([deviceId])
  }

  /** The device is there with a session that ends at `expiresAt`. */
  prolong(deviceId: string, expiresAt: number): void {
    if (!this.exist) return
    const known = findAddress(this.deps.state(), deviceId)
    if (!known || expiresAt < known.expiresAt + PROLONG_EVERY_MS) return
    this.deps.write(() => prolongAddress(this.deps.state(), deviceId, expiresAt))
  }

  /** The addresses to push to. Those whose session has run out by itself are forgotten here. */
  current(): DeviceAddress[] {
    const all = listAddresses(this.deps.state())
    const isOver = ({ expiresAt }: DeviceAddress): boolean => expiresAt <= this.deps.now()
    const over = all.filter(isOver)
    if (over.length > 0) this.forget(over.map(({ deviceId }) => deviceId))
    return all.filter((entry) => !isOver(entry))
  }

  /** Settles the debt of a device: has the main database say what is said here, and others drop the address. */
  async claim(deviceId: string): Promise<void> {
    const { env } = this.deps
    const owner = { userId: this.deps.ownerId(), deviceId }
    const entry = findAddress(this.deps.state(), deviceId)
    if (!entry) return await releaseAddress(env, owner)
    const { address, registeredAt } = entry
    const others = await claimAddress(env, owner, address, registeredAt)
    await Promise.all(
      others.map((other) =>
        userStub(env, other.userId).dropPush(other.deviceId, addressKey(address)),
      ),
    )
  }

  private forget(deviceIds: string[]): void {
    this.change(() => {
      for (const deviceId of deviceIds) dropAddress(this.deps.state(), deviceId)
      return deviceIds
    })
  }

  /** Writes, and owes the main database what it is to know of the devices that `block` returns. */
  private change(block: () => string[]): void {
    const { state, write, now, rearm } = this.deps
    this.any = null
    write(() => {
      for (const deviceId of block()) owe(state(), 'push-address', deviceId, now())
      if (!hasAddresses(state())) forgetPushes(state())
    })
    rearm()
  }

  private take(): number {
    return this.deps.limited ? this.changes.take(this.deps.now()) : 0
  }
}
