import { useState } from 'preact/hooks'
import type { Channel, Message } from '../../../protocol/objects.ts'
import { later } from '../../ui/later.tsx'
import { WaitingBar } from '../../ui/waiting.tsx'
import type { MenuTarget } from './use-message-menu.ts'

const DeleteDialog = later(
  async () => (await import('./delete-dialog.tsx')).DeleteDialog,
  WaitingBar,
)
const MessageMenu = later(async () => (await import('./message-menu.tsx')).MessageMenu, WaitingBar)
const ReactionPicker = later(
  async () => (await import('./reaction-picker.tsx')).ReactionPicker,
  WaitingBar,
)

interface Props {
  channel: Channel
  /** The message whose menu is open. */
  target: MenuTarget | null
  onEdit: (message: Message) => void
  onReply: (message: Message) => void
  onClose: () => void
}

/** The menu of a message, and what it opens: the emoji to react with, the question before deleting. */
export function MessageActions({ channel, target, onEdit, onReply, onClose }: Props) {
  const [deleting, setDeleting] = useState<MenuTarget | null>(null)
  const [reacting, setReacting] = useState<MenuTarget | null>(null)
  return (
    <>
      {target !== null && (
        <MessageMenu
          key={target.message.messageId}
          channel={channel}
          message={target.message}
          anchor={target.article}
          onReact={() => setReacting(target)}
          onReply={() => onReply(target.message)}
          onEdit={() => onEdit(target.message)}
          onDelete={() => setDeleting(target)}
          onClose={onClose}
        />
      )}
      {reacting !== null && (
        <ReactionPicker
          message={reacting.message}
          anchor={reacting.article}
          onClose={() => setReacting(null)}
        />
      )}
      {deleting !== null && (
        <DeleteDialog
          channel={channel}
          message={deleting.message}
          onClose={() => setDeleting(null)}
        />
      )}
    </>
  )
}
