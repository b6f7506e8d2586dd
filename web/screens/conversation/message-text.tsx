import type { Message } from '../../../protocol/objects.ts'
import { ALL_MEMBERS, splitHandles } from '../../../protocol/text.ts'
import { client } from '../../state/client.ts'
import { isSelf } from '../../ui/names.ts'

/** The text of a message, with the people it names set off. */
export function MessageText({ message }: { message: Message }) {
  if (message.mentions.length === 0) return <span>{message.text}</span>
  const byHandle = new Map(
    message.mentions.map((userId) => [client.person(userId)?.handle ?? '', userId]),
  )
  const parts = splitHandles(message.text)
  const named = new Set(parts.flatMap(({ handle }) => byHandle.get(handle ?? '') ?? []))
  // Whoever is mentioned and not named is so by `@all`: of somebody who may not, it is plain text.
  const isAll = message.mentions.some((userId) => !named.has(userId))

  return (
    <span>
      {parts.map(({ text, handle }, index) => {
        const userId = byHandle.get(handle ?? '')
        const isMention = handle !== null && (userId !== undefined || isAllOf(handle, isAll))
        if (!isMention) return text
        const isMine = userId === undefined ? message.mentions.some(isSelf) : isSelf(userId)
        return (
          <span key={index} class={isMine ? 'mention mention-own' : 'mention'}>
            {text}
          </span>
        )
      })}
    </span>
  )
}

function isAllOf(handle: string, isAll: boolean): boolean {
  return isAll && handle === ALL_MEMBERS
}
