import type { Message } from '../../../protocol/objects.ts'
import { text } from '../../text.ts'
import { CloseIcon, ReplyIcon } from '../../ui/icons.tsx'
import { personName } from '../../ui/names.ts'
import { oneLine } from '../../ui/one-line.ts'

/** Over the field while a reply is written: to what. */
export function ReplyNote({ message, onCancel }: { message: Message; onCancel: () => void }) {
  const words = text.conversation
  return (
    <div class="composer-note">
      <ReplyIcon />
      <div>
        <p dir="auto">{words.replyingTo(personName(message.userId))}</p>
        <p class="composer-quote" dir="auto">
          {message.deletedAt === null ? oneLine(message.text) : words.deleted}
        </p>
      </div>
      <button type="button" class="icon-button" aria-label={words.cancelReply} onClick={onCancel}>
        <CloseIcon />
      </button>
    </div>
  )
}
