import type { ComponentChildren } from 'preact'
import { text } from '../../text.ts'

interface Props {
  starts: readonly { label: string; icon: ComponentChildren; onSelect: () => void }[]
}

/** The list before the first chat: what can be done is the content. */
export function EmptyList({ starts }: Props) {
  return (
    <div class="empty-list">
      <h2>{text.chats.emptyTitle}</h2>
      <p>{text.chats.emptyHint}</p>
      {starts.map(({ label, icon, onSelect }) => (
        <button key={label} type="button" class="row-button" onClick={onSelect}>
          {icon}
          {label}
        </button>
      ))}
    </div>
  )
}
