import { messagePath, navigate } from '../../router.ts'
import { client } from '../../state/client.ts'
import { setUnreadLine } from '../../state/unread-line.ts'
import { text } from '../../text.ts'
import { ArrowUpIcon } from '../../ui/icons.tsx'
import { useAction } from '../../ui/use-action.ts'
import { firstUnread } from './timeline-items.ts'

interface Props {
  channelId: string
  /** What had been read when the chat was opened. */
  readMessageId: number
}

/** The way to what one has not read when that begins further back than what is loaded. */
export function JumpToUnread({ channelId, readMessageId }: Props) {
  const { busy, error, run } = useAction()

  const jump = () =>
    run(async () => {
      // Nothing read yet: then it begins with the first message ever.
      const around = Math.max(1, readMessageId)
      await client.loadAround(channelId, around)
      const messages = client.timeline(channelId).around(around)
      const first =
        firstUnread(messages, readMessageId, client.userId ?? '') ??
        messages.find(({ messageId }) => messageId > readMessageId)?.messageId
      if (first === undefined) return
      setUnreadLine(channelId, first)
      navigate(messagePath(channelId, first))
    })

  return (
    <button type="button" class="jump jump-unread" disabled={busy} onClick={() => void jump()}>
      <ArrowUpIcon />
      {error ?? text.conversation.jumpToUnread}
    </button>
  )
}
