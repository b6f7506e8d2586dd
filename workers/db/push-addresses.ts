import { createHash } from 'node:crypto'
import { and, eq, lt, ne, sql } from 'drizzle-orm'
import { addressKey, type PushAddress } from '../../protocol/push.ts'
import { mainDb } from './main.ts'
import { pushAddress } from './schema.ts'

/** A device and whose it is. */
export interface AddressOwner {
  userId: string
  deviceId: string
}

/**
 * Gives an address to a device, unless this registration has been noted already. Returns the devices that
 * had it before: their objects are to be told, who then release it. May be repeated.
 */
export async function claimAddress(
  env: Env,
  { userId, deviceId }: AddressOwner,
  address: PushAddress,
  registeredAt: number,
): Promise<AddressOwner[]> {
  const db = mainDb(env)
  const hash = createHash('sha256').update(addressKey(address)).digest('hex')
  const next = sql<number>`(select ifnull(max(claim), 0) + 1 from push_address where hash = ${hash})`
  const own = sql<number>`(select claim from push_address where device_id = ${deviceId})`
  const [, others] = await db.batch([
    db
      .insert(pushAddress)
      .values({ deviceId, userId, hash, registeredAt, claim: next })
      .onConflictDoUpdate({
        target: pushAddress.deviceId,
        set: { userId, hash, registeredAt, claim: next },
        setWhere: sql`hash <> ${hash} or registered_at <> ${registeredAt}`,
      }),
    db
      .select({ userId: pushAddress.userId, deviceId: pushAddress.deviceId })
      .from(pushAddress)
      .where(
        and(
          eq(pushAddress.hash, hash),
          ne(pushAddress.deviceId, deviceId),
          lt(pushAddress.claim, own),
        ),
      ),
  ])
  return others
}

/** The device has no address any more. May be repeated. */
export async function releaseAddress(env: Env, { userId, deviceId }: AddressOwner): Promise<void> {
  await mainDb(env)
    .delete(pushAddress)
    .where(and(eq(pushAddress.deviceId, deviceId), eq(pushAddress.userId, userId)))
}
