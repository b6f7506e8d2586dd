import type { Channel, Message } from '../../../protocol/objects.ts'
import { may } from '../../../protocol/permissions.ts'
import { messagePath } from '../../router.ts'
import { client } from '../../state/client.ts'
import { text } from '../../text.ts'
import { ContextMenu } from '../../ui/context-menu.tsx'
import { CopyIcon, DeleteIcon, EditIcon, LinkIcon } from '../../ui/icons.tsx'
import type { MenuItem } from '../../ui/menu-items.tsx'
import { isSelf } from '../../ui/names.ts'

interface Props {
  channel: Channel
  message: Message
  anchor: HTMLElement
  onEdit: () => void
  onDelete: () => void
  onClose: () => void
}

/** What can be done with a message. */
export function MessageMenu({ channel, message, anchor, onEdit, onDelete, onClose }: Props) {
  const words = text.conversation
  const isOwn = isSelf(message.userId)
  const isMember = channel.leftAt === null
  const items: MenuItem[] = [
    {
      label: words.copy,
      icon: <CopyIcon />,
      onSelect: () => void navigator.clipboard?.writeText(message.text),
    },
  ]
  const link = messagePath(message.channelId, message.messageId)
  items.push({
    label: words.copyLink,
    icon: <LinkIcon />,
    onSelect: () => void navigator.clipboard?.writeText(new URL(link, location.origin).href),
  })
  if (isOwn && isMember) {
    items.push({ label: words.edit, icon: <EditIcon />, onSelect: onEdit })
  }
  if (isMember && may(channel, isOwn ? 'deleteOwn' : 'deleteOthers')) {
    items.push({ label: words.delete, icon: <DeleteIcon />, danger: true, onSelect: onDelete })
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
