import type { Channel } from '../../../protocol/objects.ts'
import { may } from '../../../protocol/permissions.ts'
import { navigate } from '../../router.ts'
import { client } from '../../state/client.ts'
import { text } from '../../text.ts'
import { BellIcon, BellOffIcon, EyeOffIcon, UnreadIcon } from '../../ui/icons.tsx'
import type { MenuItem } from '../../ui/menu-items.tsx'

/** What one may set about a chat for oneself, in its row and over its messages. */
export function chatItems(
  channel: Channel,
  isOpen: boolean,
  run: (action: () => Promise<void>) => Promise<void>,
): MenuItem[] {
  if (channel.leftAt !== null || !may(channel, 'settings')) return []
  const { channelId, lastMessage } = channel
  const words = text.chats
  const isUnread = channel.markedUnread || channel.unread > 0
  const isLoud = channel.notify === 'all'

  return [
    {
      label: isUnread ? words.markRead : words.markUnread,
      icon: <UnreadIcon />,
      onSelect: () =>
        void run(async () => {
          if (isUnread && lastMessage !== null) client.markRead(channelId, lastMessage.messageId)
          else await client.markUnread(channelId, !isUnread)
          // An open chat is read as it is looked at.
          if (!isUnread && isOpen) navigate('/')
        }),
    },
    {
      label: isLoud ? words.mute : words.unmute,
      icon: isLoud ? <BellOffIcon /> : <BellIcon />,
      onSelect: () =>
        void run(async () => void (await client.setNotify(channelId, isLoud ? 'none' : 'all'))),
    },
    {
      label: words.hide,
      icon: <EyeOffIcon />,
      onSelect: () =>
        void run(async () => {
          await client.hide(channelId)
          if (isOpen) navigate('/')
        }),
    },
  ]
}
