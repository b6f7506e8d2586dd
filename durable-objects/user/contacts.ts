import * as z from 'zod'
import { fail, ok, type Result } from '../../protocol/errors.ts'
import {
  contactSchema,
  type Contact,
  type ContactState,
  type User,
} from '../../protocol/objects.ts'
import type { Relation } from '../../workers/db/contacts.ts'
import type { UserState } from './state.ts'

/** The contacts as this person's devices have them: a copy of what the main database says. */

const storedContactSchema = z.string().transform((json) => contactSchema.parse(JSON.parse(json)))

/** What somebody is to this person. */
export function contactState(state: UserState, otherId: string): ContactState {
  if (!state.exists) return 'none'
  const row = state.sql
    .exec<{ state: ContactState }>('SELECT state FROM contacts WHERE user_id = ?', otherId)
    .toArray()[0]
  return row?.state ?? 'none'
}

/** The contact as it is stored, or null for somebody who never was one. */
export function findContact(state: UserState, otherId: string): Contact | null {
  if (!state.exists) return null
  const row = state.sql
    .exec<{ contact: string }>('SELECT contact FROM contacts WHERE user_id = ?', otherId)
    .toArray()[0]
  return row ? storedContactSchema.parse(row.contact) : null
}

/**
 * Takes over what the database says of somebody, under the next value of the counter. Returns whether that
 * was news. Who is no longer anything keeps a row that says so, for devices that are away. Belongs into a
 * block that writes.
 */
export function storeRelation(state: UserState, otherId: string, relation: Relation): boolean {
  const before = findContact(state, otherId)
  const user = relation.user ?? before?.user
  if (!user || (relation.state === 'none' && (before === null || before.state === 'none'))) {
    return false
  }
  const contact = JSON.stringify(contactOf(user, relation.state))
  if (before !== null && contact === JSON.stringify(before)) return false
  state.sql.exec(
    'INSERT OR REPLACE INTO contacts (user_id, seq, state, contact) VALUES (?, ?, ?, ?)',
    otherId,
    state.nextSeq(),
    relation.state,
    contact,
  )
  return true
}

/** A contact without presence, which is not stored with it. */
export function contactOf(user: User, state: ContactState): Contact {
  return { user, state, status: null, lastActiveAt: null }
}

/** A page of the contacts, by user id. `before` is the `next` of the page before. */
export function listContacts(
  state: UserState,
  before: string | null,
  limit: number,
): { contacts: Contact[]; next: string | null } {
  if (!state.exists) return { contacts: [], next: null }
  const rows = state.sql
    .exec<{ user_id: string; contact: string }>(
      `SELECT user_id, contact FROM contacts WHERE user_id > ? AND state <> 'none'
       ORDER BY user_id LIMIT ?`,
      before ?? '',
      limit + 1,
    )
    .toArray()
  const page = rows.slice(0, limit)
  return {
    contacts: page.map((row) => storedContactSchema.parse(row.contact)),
    next: rows.length > limit ? (page.at(-1)?.user_id ?? null) : null,
  }
}

/** Everybody who is or was a contact, by id, after `after`: for holding the copy against its home. */
export function contactIds(state: UserState, after: string, limit: number): string[] {
  return state.sql
    .exec<{ user_id: string }>(
      'SELECT user_id FROM contacts WHERE user_id > ? ORDER BY user_id LIMIT ?',
      after,
      limit,
    )
    .toArray()
    .map((row) => row.user_id)
}

export type ContactChange = 'ask' | 'remove' | 'block' | 'unblock'

/** Whether the relation is what was asked for; why not, if it is not. */
export function outcome(change: ContactChange, { user, state }: Relation): Result<User> {
  const isGone = !user?.handle && (change === 'ask' || change === 'block')
  if (!user || isGone) return fail('not_found', 'There is no such user')
  if (change === 'ask' && state === 'blocked') {
    return fail('blocked', 'You have blocked this person: unblock them first')
  }
  const isDone = change === 'ask' ? state !== 'none' : change !== 'block' || state === 'blocked'
  return isDone ? ok(user) : fail('conflict', 'There are too many contacts or open requests')
}
