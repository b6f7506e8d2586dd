import type { Channel, Member } from '../protocol/objects.ts'
import type * as z from 'zod'
import type { receiptFrameSchema } from '../protocol/user-socket.ts'

export type Receipt = z.infer<typeof receiptFrameSchema>

/**
 * The members of a channel after a row of it came: those that were known where it names none, and
 * marks that never go backwards, for a row may be older than a receipt that came before it.
 */
export function mergeMembers(row: Channel, known: Channel | undefined): Channel['members'] {
  if (row.members === null) return known?.members ?? null
  const before = new Map(known?.members?.map((member) => [member.userId, member]))
  return row.members.map((member) => withMarks(member, before.get(member.userId)))
}

/** The channel with a receipt, or null if that tells nothing new. */
export function applyReceipt(channel: Channel, receipt: Receipt): Channel | null {
  const members = channel.members?.map((member) =>
    member.userId === receipt.userId ? withMarks(member, receipt) : member,
  )
  if (members?.some((member, index) => member !== channel.members?.[index])) {
    return { ...channel, members }
  }
  return null
}

/** The same object unless a mark moves forwards. */
function withMarks(
  member: Member,
  marks: Pick<Member, 'readMessageId' | 'deliveredMessageId'> | undefined,
): Member {
  const readMessageId = Math.max(member.readMessageId, marks?.readMessageId ?? 0)
  const delivered = Math.max(member.deliveredMessageId ?? 0, marks?.deliveredMessageId ?? 0)
  const deliveredMessageId = delivered > 0 ? delivered : member.deliveredMessageId
  const isSame =
    readMessageId === member.readMessageId && deliveredMessageId === member.deliveredMessageId
  return isSame ? member : { ...member, readMessageId, deliveredMessageId }
}
