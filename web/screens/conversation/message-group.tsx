import { Avatar } from '../../ui/avatar.tsx'
import { personName } from '../../ui/names.ts'
import { clockTime, isoTime } from '../../ui/time.ts'
import { MessageBubble } from './message-bubble.tsx'
import type { Item } from './timeline-items.ts'

interface Props {
  item: Extract<Item, { kind: 'group' }>
  /** A name and an avatar, where it is not plain who speaks. */
  showsName: boolean
}

/** Messages of one person in a row: one name, one time, one avatar. */
export function MessageGroup({ item, showsName }: Props) {
  const name = personName(item.userId)
  const at = item.entries[0]?.at ?? 0
  return (
    <div class={item.isOwn ? 'group group-own' : 'group'}>
      {showsName && <Avatar id={item.userId} name={name} size={32} />}
      <div class="group-body">
        <p class="group-head">
          {showsName && (
            <span class="group-name" dir="auto">
              {name}
            </span>
          )}
          <time dateTime={isoTime(at)}>{clockTime(at)}</time>
        </p>
        {item.entries.map((entry) => (
          <MessageBubble key={entry.key} entry={entry} name={name} isOwn={item.isOwn} />
        ))}
      </div>
    </div>
  )
}
