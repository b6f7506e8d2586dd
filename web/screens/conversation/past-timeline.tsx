import { useEffect, useState } from 'preact/hooks'
import type { Channel, Message } from '../../../protocol/objects.ts'
import { channelPath, navigate } from '../../router.ts'
import { follow } from '../../state/chats.ts'
import { client } from '../../state/client.ts'
import { unreadLineOf } from '../../state/unread-line.ts'
import { wordsFor } from '../../state/words-for-errors.ts'
import { text } from '../../text.ts'
import { JumpButton } from './jump-button.tsx'
import { LogRows } from './log-rows.tsx'
import { MessageActions } from './message-actions.tsx'
import { timelineItems } from './timeline-items.ts'
import { TimelineRows } from './timeline-rows.tsx'
import { useMessageMenu } from './use-message-menu.ts'
import { usePastScroll } from './use-past-scroll.ts'
import { WritingLine } from './writing-line.tsx'

interface Props {
  channel: Channel
  messageId: number
  onEdit: (message: Message) => void
  onReply: (message: Message) => void
}

/** The messages on both sides of one that was jumped to. At the end of them the chat goes on as ever. */
export function PastTimeline({ channel, messageId, onEdit, onReply }: Props) {
  const { channelId } = channel
  follow(channelId)
  const timeline = client.timeline(channelId)
  const edges = timeline.edges(messageId)
  const messages = timeline.around(messageId)
  const [isLoading, setLoading] = useState(false)
  const [error, setError] = useState<string | null>(null)
  const menu = useMessageMenu(channelId)
  const toLatest = () => navigate(channelPath(channelId), true)

  async function load(page: () => Promise<void>): Promise<void> {
    if (isLoading) return
    setLoading(true)
    setError(null)
    try {
      await page()
    } catch (caught) {
      setError(wordsFor(caught))
    } finally {
      setLoading(false)
    }
  }
  const loadIt = () => load(() => client.loadAround(channelId, messageId))

  useEffect(() => {
    if (edges === null) void loadIt()
  }, [channelId, messageId])

  // Who writes wants to see what they wrote, and that is at the end.
  const outgoing = client.outgoing(channelId).at(-1)?.clientId
  const [before] = useState(outgoing)
  useEffect(() => {
    if (outgoing !== undefined && outgoing !== before) toLatest()
  }, [outgoing])

  const first = messages[0]?.messageId
  const last = messages.at(-1)?.messageId
  const { span, onScroll } = usePastScroll({
    messages,
    messageId,
    onTop() {
      if (first === undefined || edges?.isFirst || error !== null) return
      void load(() => client.loadAround(channelId, first))
    },
    onBottom() {
      if (last === undefined || error !== null) return
      if (edges?.isLatest) toLatest()
      else void load(() => client.loadNewer(channelId, last))
    },
  })

  const me = client.userId ?? ''
  const firstUnreadId = unreadLineOf(channelId)
  const items = timelineItems({ messages: span.shown, outgoing: [], me, firstUnreadId })
  const isMissing = edges !== null && timeline.get(messageId) === null

  return (
    <div class={channel.kind === 'dm' ? 'timeline timeline-dm' : 'timeline'}>
      <div
        ref={span.scroller}
        class="timeline-scroll"
        role="log"
        aria-live="off"
        aria-label={text.conversation.messages}
        aria-busy={isLoading}
        tabIndex={0}
        onScroll={onScroll}
        {...menu.handlers}
      >
        <div class="timeline-top">
          {edges === null && isLoading && <p>{text.conversation.loadingMessage}</p>}
          {isMissing && <p role="status">{text.conversation.noMessage}</p>}
          {error !== null && (
            <p role="alert">
              {error}{' '}
              <button type="button" class="text-button" onClick={() => void loadIt()}>
                {text.conversation.tryAgain}
              </button>
            </p>
          )}
          {edges?.isFirst && <p>{text.conversation.start}</p>}
        </div>
        <LogRows span={span}>
          <TimelineRows items={items} />
        </LogRows>
      </div>
      <JumpButton count={0} onClick={toLatest} />
      <WritingLine channelId={channelId} />
      <MessageActions
        channel={channel}
        target={menu.target}
        onEdit={onEdit}
        onReply={onReply}
        onClose={menu.close}
      />
    </div>
  )
}
