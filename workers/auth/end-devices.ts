import { setTimeout } from 'node:timers/promises'
import { and, eq, ne, type SQL } from 'drizzle-orm'
import { backoff } from '../../durable-objects/shared/backoff.ts'
import { userStub } from '../../durable-objects/shared/stubs.ts'
import { mainDb } from '../db/main.ts'
import { session } from '../db/schema.ts'
import { logError } from '../log.ts'

/** Ending a session, in every way there is: its row goes first, then its sockets are closed. */

/** Ends one device of this person. False if they have none with this id. */
export async function endDevice(env: Env, userId: string, deviceId: string): Promise<boolean> {
  const ended = await endWhere(env, userId, eq(session.id, deviceId))
  return ended > 0
}

/** Ends all devices of this person, or all but one. */
export async function endDevices(env: Env, userId: string, except?: string): Promise<void> {
  await endWhere(env, userId, except === undefined ? undefined : ne(session.id, except))
}

async function endWhere(env: Env, userId: string, which: SQL | undefined): Promise<number> {
  const gone = await mainDb(env)
    .delete(session)
    .where(and(eq(session.userId, userId), which))
    .returning({ id: session.id })
  await Promise.all(gone.map(({ id }) => closeSockets(env, userId, id)))
  return gone.length
}

const ATTEMPTS = 3

/**
 * Has the person's object close the sockets of an ended session. The row is gone already, so the
 * device cannot come back; a failure is tried again, then logged, and never undoes the ending.
 */
export async function closeSockets(env: Env, userId: string, deviceId: string): Promise<void> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    try {
      await userStub(env, userId).endDevice(deviceId)
      return
    } catch (error) {
      if (attempt === ATTEMPTS) logError(`device ${deviceId}: sockets not closed`, error)
      else await setTimeout(backoff(attempt, 50, 400))
    }
  }
}
