import { useState } from 'preact/hooks'
import { client } from '../../state/client.ts'
import { relationTo } from '../../state/people.ts'
import { text } from '../../text.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { personName } from '../../ui/names.ts'
import { clockTime, isoTime } from '../../ui/time.ts'
import { MessageBubble } from './message-bubble.tsx'
import type { Item } from './timeline-items.ts'

/** Messages of one person in a row: one name, one time, one avatar. */
export function MessageGroup({ item }: { item: Extract<Item, { kind: 'group' }> }) {
  const name = personName(item.userId)
  const at = item.entries[0]?.at ?? 0
  const [isShown, setShown] = useState(false)
  if (!item.isOwn && !isShown && relationTo(item.userId) === 'blocked') {
    return (
      <p class="group-hidden">
        {text.people.hidden(item.entries.length)}{' '}
        <button type="button" class="text-button" onClick={() => setShown(true)}>
          {text.people.show}
        </button>
      </p>
    )
  }
  return (
    <div
      class={item.isOwn ? 'group group-own' : 'group'}
      data-continues={item.continues ? '' : undefined}
    >
      {!item.isOwn && (
        <Avatar
          id={item.userId}
          name={name}
          image={client.person(item.userId)?.image ?? null}
          size={32}
        />
      )}
      <div class="group-body">
        {!item.continues && (
          <p class="group-head">
            {!item.isOwn && (
              <span class="group-name" dir="auto">
                {name}
              </span>
            )}
            <time dateTime={isoTime(at)}>{clockTime(at)}</time>
          </p>
        )}
        {item.entries.map((entry) => (
          <MessageBubble key={entry.key} entry={entry} name={name} isOwn={item.isOwn} />
        ))}
      </div>
    </div>
  )
}
