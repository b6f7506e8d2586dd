import type { Channel } from '../../../protocol/objects.ts'
import { channelPath } from '../../router.ts'
import { follow } from '../../state/chats.ts'
import { text } from '../../text.ts'
import { ChannelAvatar } from '../../ui/channel-avatar.tsx'
import { ContextMenu } from '../../ui/context-menu.tsx'
import { AlertIcon, BellOffIcon, ClockIcon } from '../../ui/icons.tsx'
import { Link } from '../../ui/link.tsx'
import { channelName } from '../../ui/names.ts'
import { isoTime, listTime } from '../../ui/time.ts'
import { useAction } from '../../ui/use-action.ts'
import { chatItems } from './chat-items.tsx'
import { lastLine, type LastLine } from './last-line.ts'
import { useRowMenu } from './use-row-menu.ts'

interface Props {
  channel: Channel
  isOpen: boolean
  /** Whether the Tab key stops here. */
  isStop: boolean
  onFocus: () => void
}

export function ChatRow({ channel, isOpen, isStop, onFocus }: Props) {
  follow(channel.channelId)
  const name = channelName(channel)
  const line = lastLine(channel)
  const { error, run } = useAction()
  const items = chatItems(channel, isOpen, run)
  const menu = useRowMenu(items.length > 0)

  return (
    <>
      <Link
        href={channelPath(channel.channelId)}
        class="chat-row"
        aria-current={isOpen ? 'page' : undefined}
        tabIndex={isStop ? 0 : -1}
        onFocus={onFocus}
        {...menu.handlers}
      >
        <ChannelAvatar channel={channel} size={44} />
        <span class="chat-row-text">
          <span class="chat-row-top">
            <span class="chat-row-name" dir="auto">
              {name || '…'}
            </span>
            <time class="chat-row-time" dateTime={isoTime(line.at)}>
              {listTime(line.at)}
            </time>
          </span>
          <span class="chat-row-bottom">
            <LineState state={line.state} />
            <span class="chat-row-line" dir="auto">
              {line.text}
            </span>
            <Badge channel={channel} />
          </span>
        </span>
      </Link>
      {error !== null && (
        <p class="note note-error" role="alert">
          {error}
        </p>
      )}
      {menu.anchor !== null && (
        <ContextMenu
          label={text.chats.menuOf(name)}
          items={items}
          anchor={menu.anchor}
          onClose={() => menu.close()}
        />
      )}
    </>
  )
}

function LineState({ state }: { state: LastLine['state'] }) {
  if (state === 'sending') return <ClockIcon label={text.chats.sending} />
  if (state === null) return null
  return (
    <span class="chat-row-failed">
      <AlertIcon label={text.chats.failed} />
    </span>
  )
}

function Badge({ channel }: { channel: Channel }) {
  const { unread, markedUnread, mentionCount, notify, leftAt } = channel
  if (leftAt !== null) return null
  const isMuted = notify !== 'all'
  const kind = isMuted ? 'badge badge-hollow' : 'badge'
  if (unread === 0) {
    return (
      <>
        {isMuted && <BellOffIcon label={text.chats.muted} />}
        {markedUnread && (
          <span class={`${kind} badge-dot`} role="img" aria-label={text.chats.markedUnread} />
        )}
      </>
    )
  }
  return (
    <>
      {isMuted && <BellOffIcon label={text.chats.muted} />}
      {mentionCount > 0 && (
        <span class="badge" role="img" aria-label={text.chats.mentioned}>
          @
        </span>
      )}
      <span class={kind} role="img" aria-label={text.chats.unread(unread)}>
        {unread}
      </span>
    </>
  )
}
