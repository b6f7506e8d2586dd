import { and, eq, gte, isNotNull, lt, type SQL } from 'drizzle-orm'
import type { PatchMe } from '../../protocol/http.ts'
import { MAX_USERS_FOUND } from '../../protocol/limits.ts'
import type { User } from '../../protocol/objects.ts'
import { mainDb } from './main.ts'
import { user } from './schema.ts'

/** Profiles as the main database, which is their home, has them. */

/** The columns of a User. */
export const userColumns = {
  userId: user.id,
  handle: user.username,
  name: user.name,
  image: user.image,
  bio: user.bio,
  createdAt: user.createdAt,
}

export function toUser(row: Omit<User, 'createdAt'> & { createdAt: Date }): User {
  return { ...row, createdAt: row.createdAt.getTime() }
}

export async function findUser(env: Env, userId: string): Promise<User | null> {
  const [found] = await select(env, eq(user.id, userId))
  return found ?? null
}

export function findByHandle(env: Env, handle: string): Promise<User[]> {
  return select(env, eq(user.username, handle))
}

/** Whoever's handle begins so, in alphabetical order; at most 20. */
export function findByPrefix(env: Env, prefix: string): Promise<User[]> {
  // `{` comes after every character of a handle, so the unique index is read from one end to the other.
  const which = and(gte(user.username, prefix), lt(user.username, `${prefix}{`))
  return select(env, which)
}

/**
 * Changes what is given of a profile; nothing for an account that was deleted. `taken` if the handle is
 * somebody else's already, or reserved: then nothing is changed, however many ask for it at once.
 */
export async function updateUser(
  env: Env,
  userId: string,
  { handle, ...rest }: PatchMe,
): Promise<'changed' | 'taken'> {
  const change = { ...rest, ...(handle !== undefined && { username: handle }) }
  if (Object.keys(change).length === 0) return 'changed'
  try {
    await mainDb(env)
      .update(user)
      .set({ ...change, updatedAt: new Date() })
      .where(and(eq(user.id, userId), isNotNull(user.username)))
    return 'changed'
  } catch (error) {
    if (isTaken(error)) return 'taken'
    throw error
  }
}

function isTaken(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined
  return cause instanceof Error && cause.message.includes('UNIQUE constraint failed: user.username')
}

async function select(env: Env, which: SQL | undefined): Promise<User[]> {
  const rows = await mainDb(env)
    .select(userColumns)
    .from(user)
    .where(which)
    .orderBy(user.username)
    .limit(MAX_USERS_FOUND)
  return rows.map(toUser)
}
