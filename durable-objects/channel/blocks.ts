import { fail, ok, type Failure, type Result } from '../../protocol/errors.ts'
import type { Member } from '../../protocol/objects.ts'
import { deliveredMark } from './members.ts'
import type { ChannelState } from './state.ts'

/**
 * Blocks in a DM, as the channel needs them to decide without asking anybody: while one is there, nothing
 * passes between the two. Groups have none; there both go on.
 */

const BLOCKED = fail('blocked', 'One of you has blocked the other')

const DELETED = fail('forbidden', 'The account of the other one was deleted')

type Marks = Pick<Member, 'readMessageId' | 'deliveredMessageId'>

/** Who has blocked the other in a DM, and what the two see of each other's marks meanwhile. */
export class Blocks {
  private constructor(
    private readonly blockers: Set<string>,
    private readonly marks: Map<string, Marks>,
  ) {}

  static load(sql: SqlStorage): Blocks {
    const blockers = sql.exec<{ user_id: string }>('SELECT user_id FROM blocks').toArray()
    const marks = sql
      .exec<{ user_id: string; read_message_id: number; delivered_message_id: number }>(
        'SELECT user_id, read_message_id, delivered_message_id FROM blocked_marks',
      )
      .toArray()
    return new Blocks(
      new Set(blockers.map((row) => row.user_id)),
      new Map(
        marks.map((row) => [
          row.user_id,
          { readMessageId: row.read_message_id, deliveredMessageId: row.delivered_message_id },
        ]),
      ),
    )
  }

  get any(): boolean {
    return this.blockers.size > 0
  }

  has(userId: string): boolean {
    return this.blockers.has(userId)
  }

  /** A member as `readerId` sees them: while one is blocked, with the marks from before. */
  shown(member: Member, readerId: string): Member {
    const marks = member.userId === readerId ? undefined : this.marks.get(member.userId)
    return marks ? { ...member, ...marks } : member
  }

  add(state: ChannelState, userId: string): void {
    if (!this.any) {
      for (const member of state.currentMembers()) {
        const marks = {
          readMessageId: member.readMessageId,
          deliveredMessageId: deliveredMark(member),
        }
        state.sql.exec(
          'INSERT OR REPLACE INTO blocked_marks VALUES (?, ?, ?)',
          member.userId,
          marks.readMessageId,
          marks.deliveredMessageId,
        )
        this.marks.set(member.userId, marks)
      }
    }
    state.sql.exec('INSERT OR IGNORE INTO blocks (user_id) VALUES (?)', userId)
    this.blockers.add(userId)
  }

  remove(state: ChannelState, userId: string): void {
    state.sql.exec('DELETE FROM blocks WHERE user_id = ?', userId)
    this.blockers.delete(userId)
    if (this.any) return
    state.sql.exec('DELETE FROM blocked_marks')
    this.marks.clear()
  }
}

/** Notes whether `userId` has blocked the other one. `not_found` for a channel that is no DM of theirs. */
export function setBlocked(state: ChannelState, userId: string, on: boolean): Result<null> {
  if (state.identity.kind !== 'dm' || !state.member(userId))
    return fail('not_found', 'No such channel')
  if (state.blocks.has(userId) === on) return ok(null)
  if (on) state.blocks.add(state, userId)
  else state.blocks.remove(state, userId)
  return ok(null)
}

/** Why nothing may be said here, or null: one has blocked the other, or is gone. */
export function refuseBlocked(state: ChannelState): Failure | null {
  if (state.identity.kind !== 'dm') return null
  // Only an account that was deleted has no handle.
  for (const { handle } of state.members.values()) if (handle === null) return DELETED
  return state.blocks.any ? BLOCKED : null
}

/**
 * Looks who has blocked the other before a DM is made. The object is not there yet to be told of a block
 * that comes while the database is asked, so what it is told meanwhile counts too.
 */
export class DmOpening {
  private readonly told = new Set<Set<string>>()

  /** Refuses with `blocked`; `find` asks the database. */
  async check(find: () => Promise<string[]>): Promise<Result<null>> {
    const meanwhile = new Set<string>()
    this.told.add(meanwhile)
    try {
      const blockers = await find()
      return blockers.length > 0 || meanwhile.size > 0 ? BLOCKED : ok(null)
    } finally {
      this.told.delete(meanwhile)
    }
  }

  note(userId: string, on: boolean): void {
    for (const meanwhile of this.told) {
      if (on) meanwhile.add(userId)
      else meanwhile.delete(userId)
    }
  }
}
