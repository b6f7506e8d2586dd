import { useEffect, useRef, useState } from 'preact/hooks'
import type { Channel, Message } from '../../../protocol/objects.ts'
import { follow, upToDate } from '../../state/chats.ts'
import { client } from '../../state/client.ts'
import { pageVisible } from '../../state/connection.ts'
import { text } from '../../text.ts'
import { later } from '../../ui/later.tsx'
import { WaitingBar } from '../../ui/waiting.tsx'
import { Announcer } from './announcer.tsx'
import { JumpButton } from './jump-button.tsx'
import { LogRows } from './log-rows.tsx'
import { MessageActions } from './message-actions.tsx'
import { TimelineRows } from './timeline-rows.tsx'
import { countNew, countUnread, firstUnread, timelineItems } from './timeline-items.ts'
import { useMessageMenu } from './use-message-menu.ts'
import { useOlder } from './use-older.ts'
import { useScroll } from './use-scroll.ts'
import { WritingLine } from './writing-line.tsx'

const JumpToUnread = later(
  async () => (await import('./jump-to-unread.tsx')).JumpToUnread,
  WaitingBar,
)

/** Messages in memory behind what is on the page, while one stays at the end. */
const HELD = 500

interface Props {
  channel: Channel
  /** And not at the first unread message. */
  beginsAtEnd: boolean
  onEdit: (message: Message) => void
  onReply: (message: Message) => void
}

/** The messages of one chat: grouped, kept in place while they change, read when they are seen. */
export function Timeline({ channel, beginsAtEnd, onEdit, onReply }: Props) {
  const { channelId } = channel
  follow(channelId)
  const timeline = client.timeline(channelId)
  const me = client.userId ?? ''
  const messages = timeline.latest
  const outgoing = client.outgoing(channelId)
  const last = messages.at(-1)?.messageId ?? 0

  // The unread line stays where it was when the chat was opened: what comes while one looks is not new.
  const [opened] = useState({
    readMessageId: channel.readMessageId,
    lastMessageId: channel.lastMessage?.messageId ?? 0,
    unread: channel.unread,
  })
  const hasUnreadAbove =
    channel.leftAt === null &&
    !timeline.complete &&
    (timeline.oldestId ?? 0) > opened.readMessageId &&
    opened.unread > countUnread(messages, opened, me)
  const firstUnreadId = useRef<number | null>(null)
  if (firstUnreadId.current === null && upToDate.value) {
    const then = messages.filter(({ messageId }) => messageId <= opened.lastMessageId)
    firstUnreadId.current = firstUnread(then, opened.readMessageId, me)
  }

  const scroll = useScroll({
    messages,
    outgoingId: outgoing.at(-1)?.clientId,
    firstUnreadId: beginsAtEnd ? null : firstUnreadId.current,
    openedId: opened.lastMessageId,
  })
  const { span } = scroll
  const older = useOlder(channelId, span.scroller)
  const menu = useMessageMenu(channelId)

  // Whoever opens a chat that they had marked as unread has read it; a mark made meanwhile stays.
  const wasMarked = useRef(channel.markedUnread)
  const mayRead = pageVisible.value && scroll.isAtBottom && channel.leftAt === null
  useEffect(() => {
    if (!mayRead || !scroll.isAtEndNow() || last === 0) return
    if (last > channel.readMessageId || wasMarked.current) client.markRead(channelId, last)
    wasMarked.current = false
  }, [mayRead, last, channelId])

  const isTooLong = span.isFollowing && messages.length > 2 * HELD
  useEffect(() => {
    if (isTooLong) client.letGo(channelId, HELD)
  }, [isTooLong, channelId])

  const newCount = scroll.isAtBottom ? 0 : countNew(messages, scroll.seenId, me)
  const items = timelineItems({
    messages: span.shown,
    outgoing: span.reachesEnd ? outgoing : [],
    me,
    firstUnreadId: firstUnreadId.current,
  })

  return (
    <div class={channel.kind === 'dm' ? 'timeline timeline-dm' : 'timeline'}>
      <div
        ref={span.scroller}
        class="timeline-scroll"
        role="log"
        aria-live="off"
        aria-label={text.conversation.messages}
        aria-busy={older.isLoading}
        tabIndex={0}
        onScroll={scroll.onScroll}
        {...menu.handlers}
      >
        <div ref={older.sentinel} class="timeline-top">
          {older.isLoading && <span class="visually-hidden">{text.conversation.loadingOlder}</span>}
          {older.failed && (
            <p>
              {text.conversation.loadFailed}{' '}
              <button type="button" class="text-button" onClick={older.load}>
                {text.conversation.tryAgain}
              </button>
            </p>
          )}
          {timeline.complete && (
            <p>
              {messages.length + outgoing.length === 0
                ? text.conversation.empty
                : text.conversation.start}
            </p>
          )}
        </div>
        <LogRows span={span}>
          <TimelineRows items={items} />
        </LogRows>
      </div>
      {(scroll.isFar || newCount > 0) && <JumpButton count={newCount} onClick={scroll.toBottom} />}
      {hasUnreadAbove && (
        <JumpToUnread channelId={channelId} readMessageId={opened.readMessageId} />
      )}
      <WritingLine channelId={channelId} />
      <MessageActions
        channel={channel}
        target={menu.target}
        onEdit={onEdit}
        onReply={onReply}
        onClose={menu.close}
      />
      <Announcer channelId={channelId} />
    </div>
  )
}
