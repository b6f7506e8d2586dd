import type { Channel, Message } from '../../../protocol/objects.ts'
import { may } from '../../../protocol/permissions.ts'
import { messagePath } from '../../router.ts'
import { client } from '../../state/client.ts'
import { text } from '../../text.ts'
import { ContextMenu } from '../../ui/context-menu.tsx'
import { CopyIcon, DeleteIcon, EditIcon, LinkIcon, ReactIcon, ReplyIcon } from '../../ui/icons.tsx'
import type { MenuItem } from '../../ui/menu-items.tsx'
import { isSelf } from '../../ui/names.ts'

interface Props {
  channel: Channel
  message: Message
  anchor: HTMLElement
  onReact: () => void
  onReply: () => void
  onEdit: () => void
  onDelete: () => void
  onClose: () => void
}

/** What can be done with a message. */
export function MessageMenu({ channel, message, anchor, onClose, ...actions }: Props) {
  const words = text.conversation
  const isOwn = isSelf(message.userId)
  const isMember = channel.leftAt === null
  const items: MenuItem[] = []
  if (isMember) {
    items.push(
      { label: words.reactItem, icon: <ReactIcon />, onSelect: actions.onReact },
      { label: words.reply, icon: <ReplyIcon />, onSelect: actions.onReply },
    )
  }
  items.push({
    label: words.copy,
    icon: <CopyIcon />,
    onSelect: () => void navigator.clipboard?.writeText(message.text),
  })
  const link = messagePath(message.channelId, message.messageId)
  items.push({
    label: words.copyLink,
    icon: <LinkIcon />,
    onSelect: () => void navigator.clipboard?.writeText(new URL(link, location.origin).href),
  })
  if (isOwn && isMember) {
    items.push({ label: words.edit, icon: <EditIcon />, onSelect: actions.onEdit })
  }
  if (isMember && may(channel, isOwn ? 'deleteOwn' : 'deleteOthers')) {
    items.push({
      label: words.delete,
      icon: <DeleteIcon />,
      danger: true,
      onSelect: actions.onDelete,
    })
  }
  const showsReaders = isOwn && channel.kind === 'group'
  return (
    <ContextMenu
      label={words.actions}
      items={items}
      note={showsReaders ? words.readBy(client.readers(message).length) : null}
      anchor={anchor}
      onClose={onClose}
    />
  )
}
