import * as z from 'zod'
import type { ChannelMember } from './members.ts'
import type { ChannelState } from './state.ts'

const marksSchema = z.record(z.string(), z.int())

/**
 * Members who have switched read receipts off, which the channel has to know without asking anybody. From
 * then on the others see their read mark where it was, and they see everybody's where it was. Once it is
 * on again, marks are shown as they are: a mark is one number, so the next thing that is read would tell
 * of all before it anyway. Whoever never switches it costs nothing.
 */
export class HiddenReads {
  private constructor(
    /** By member: the read marks of all who were in when they switched it off. */
    private readonly marks: Map<string, ReadonlyMap<string, number>>,
  ) {}

  static load(sql: SqlStorage): HiddenReads {
    const rows = sql
      .exec<{ user_id: string; marks: string }>('SELECT user_id, marks FROM hidden_reads')
      .toArray()
    return new HiddenReads(
      new Map(
        rows.map((row) => {
          const marks = marksSchema.parse(JSON.parse(row.marks))
          return [row.user_id, new Map(Object.entries(marks))]
        }),
      ),
    )
  }

  has(userId: string): boolean {
    return this.marks.has(userId)
  }

  /** Whether the one is told when the mark of the other moves, and the other way round. */
  between(userId: string, otherId: string): boolean {
    return userId !== otherId && (this.has(userId) || this.has(otherId))
  }

  /** How far a member has read, as `readerId` may know. */
  shown(member: ChannelMember, readerId: string): number {
    const { readMessageId, userId } = member
    if (this.marks.size === 0 || userId === readerId) return readMessageId
    const marks = [this.marks.get(userId), this.marks.get(readerId)]
    return Math.min(
      readMessageId,
      ...marks.map((then) => (then ? markThen(then, member) : Infinity)),
    )
  }

  /** Notes what a member has decided, together with the marks of this moment. Belongs into a block that writes. */
  set(state: ChannelState, userId: string, receipts: boolean): void {
    if (this.has(userId) !== receipts) return
    if (receipts) {
      state.sql.exec('DELETE FROM hidden_reads WHERE user_id = ?', userId)
      this.marks.delete(userId)
      return
    }
    const marks = new Map(
      state.currentMembers().map((member) => [member.userId, this.shown(member, userId)]),
    )
    const json = JSON.stringify(Object.fromEntries(marks))
    state.sql.exec('INSERT INTO hidden_reads (user_id, marks) VALUES (?, ?)', userId, json)
    this.marks.set(userId, marks)
  }
}

/** Whoever came in later had read what was there, and nothing since. */
function markThen(marks: ReadonlyMap<string, number>, member: ChannelMember): number {
  return Math.max(marks.get(member.userId) ?? 0, member.joinedVersion - 1)
}
