import type { Channel, Message } from '../../../protocol/objects.ts'
import { client } from '../../state/client.ts'
import { text } from '../../text.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { channelName } from '../../ui/names.ts'

const QUOTED_LENGTH = 80

interface Props {
  channel: Channel
  message: Message
  onClose: () => void
}

/** Asks before a message is taken back for everyone. */
export function DeleteDialog({ channel, message, onClose }: Props) {
  const words = text.conversation
  return (
    <ConfirmDialog
      title={words.deleteTitle}
      body={words.deleteBody(quoted(message.text), channelName(channel))}
      confirm={words.deleteConfirm}
      action={async () => void (await client.delete(channel.channelId, message.messageId))}
      onClose={onClose}
      // Its menu, which had the focus, is gone by now, and the message may have been drawn anew.
      opener={() => document.querySelector(`article[data-message="${message.messageId}"]`)}
    />
  )
}

function quoted(full: string): string {
  const points = Array.from(full.slice(0, QUOTED_LENGTH * 2).replace(/\s+/g, ' '))
  return points.length > QUOTED_LENGTH
    ? `${points.slice(0, QUOTED_LENGTH).join('')}…`
    : points.join('')
}
