import type { Outgoing } from '../../../client/index.ts'
import type { Channel, Message } from '../../../protocol/objects.ts'
import { client } from '../../state/client.ts'
import { relationTo } from '../../state/people.ts'
import { text } from '../../text.ts'
import { isNoteToSelf, isSelf, personName, systemWords } from '../../ui/names.ts'
import { oneLine } from '../../ui/one-line.ts'

export interface LastLine {
  text: string
  at: number
  /** Null for what is stored, and for what is not kept yet. */
  state: Outgoing['state'] | null
}

/** The line under a chat's name: the last message, also one that is still on its way. */
export function lastLine(channel: Channel): LastLine {
  const outgoing = client.outgoing(channel.channelId).at(-1)
  if (outgoing !== undefined) {
    const { state, kept, createdAt } = outgoing
    const isTold = kept || state === 'failed'
    return { text: oneLine(outgoing.text), at: createdAt, state: isTold ? state : null }
  }
  const last = channel.lastMessage
  if (channel.leftAt !== null) return { text: text.chats.left, at: channel.leftAt, state: null }
  if (last === null) return { text: text.conversation.empty, at: channel.createdAt, state: null }
  return { text: words(channel, last), at: last.createdAt, state: null }
}

function words(channel: Channel, last: Message): string {
  if (last.kind === 'system') return systemWords(last)
  if (relationTo(last.userId) === 'blocked' && channel.kind === 'group')
    return text.people.hidden(1)
  const line = last.deletedAt === null ? oneLine(last.text) : text.chats.deleted
  if (isNoteToSelf(channel)) return line
  if (isSelf(last.userId)) return text.chats.from(text.chats.you, line)
  return channel.kind === 'group' ? text.chats.from(personName(last.userId), line) : line
}
