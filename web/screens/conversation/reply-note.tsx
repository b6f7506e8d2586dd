import { text } from '../../text.ts'
import { CloseIcon, ReplyIcon } from '../../ui/icons.tsx'
import { personName } from '../../ui/names.ts'
import { quotedLine, useQuoted } from './use-quoted.ts'

interface Props {
  channelId: string
  messageId: number
  onCancel: () => void
}

/** Over the field while a reply is written: to what. */
export function ReplyNote({ channelId, messageId, onCancel }: Props) {
  const message = useQuoted(channelId, messageId)
  const words = text.conversation
  return (
    <div class="composer-note">
      <ReplyIcon />
      <div>
        <p dir="auto">
          {message === null ? words.reply : words.replyingTo(personName(message.userId))}
        </p>
        <p class="composer-quote" dir="auto">
          {quotedLine(message)}
        </p>
      </div>
      <button type="button" class="icon-button" aria-label={words.cancelReply} onClick={onCancel}>
        <CloseIcon />
      </button>
    </div>
  )
}
