import { text } from '../../text.ts'
import { systemWords } from '../../ui/names.ts'
import { dayName, fullTime, isoTime } from '../../ui/time.ts'
import { MessageGroup } from './message-group.tsx'
import type { Item } from './timeline-items.ts'

export function TimelineRows({ items }: { items: readonly Item[] }) {
  return (
    <>
      {items.map((item) => (
        <Row key={item.key} item={item} />
      ))}
    </>
  )
}

function Row({ item }: { item: Item }) {
  switch (item.kind) {
    case 'day':
      return (
        <p class="day-line">
          <time dateTime={isoTime(item.at)}>{dayName(item.at)}</time>
        </p>
      )
    case 'unread':
      return <p class="unread-line">{text.conversation.newLine}</p>
    case 'system':
      return (
        <p
          class="system-line"
          dir="auto"
          title={fullTime(item.message.createdAt)}
          data-message={item.message.messageId}
        >
          {systemWords(item.message)}
        </p>
      )
    case 'group':
      return <MessageGroup item={item} />
  }
}
