import { useState } from 'preact/hooks'
import { chats, upToDate } from '../../state/chats.ts'
import { text } from '../../text.ts'
import { ChatRow } from './chat-row.tsx'

/** One stop of the Tab key; inside, arrows, Home and End move. */
export function ChatList({ openId }: { openId: string | null }) {
  const [focusedId, setFocusedId] = useState<string | null>(null)
  const rows = chats.value
  const stop = [focusedId, openId].find((id) => rows.some((row) => row.channelId === id))
  const stopId = stop ?? rows[0]?.channelId

  if (!upToDate.value && rows.length === 0) return <Skeleton />
  return (
    <nav class="chat-list" aria-label={text.chats.list}>
      <ul onKeyDown={moveFocus}>
        {rows.map((channel) => (
          <li key={channel.channelId}>
            <ChatRow
              channel={channel}
              isOpen={channel.channelId === openId}
              isStop={channel.channelId === stopId}
              onFocus={() => setFocusedId(channel.channelId)}
            />
          </li>
        ))}
      </ul>
    </nav>
  )
}

function Skeleton() {
  return (
    <div class="chat-list" role="status" aria-label={text.chats.loading}>
      {[1, 2, 3, 4, 5].map((row) => (
        <div key={row} class="chat-row skeleton-row" aria-hidden="true">
          <span class="skeleton skeleton-avatar" />
          <span class="skeleton skeleton-line" />
        </div>
      ))}
    </div>
  )
}

function moveFocus(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const links = [...event.currentTarget.querySelectorAll('a')]
  const at = links.findIndex((link) => link === document.activeElement)
  const target = {
    ArrowDown: links[at + 1],
    ArrowUp: links[at - 1],
    Home: links[0],
    End: links.at(-1),
  }[event.key]
  if (target === undefined) return
  event.preventDefault()
  target.focus()
}
