import { useEffect, useState } from 'preact/hooks'
import type { Channel } from '../../../protocol/objects.ts'
import { back, channelPath, navigate, personPath } from '../../router.ts'
import { client } from '../../state/client.ts'
import { connection } from '../../state/connection.ts'
import { presenceNow } from '../../state/people.ts'
import { openSearch } from '../../state/search.ts'
import { text } from '../../text.ts'
import { ChannelAvatar } from '../../ui/channel-avatar.tsx'
import { ErrorLine } from '../../ui/error-line.tsx'
import {
  BackIcon,
  CalendarIcon,
  InfoIcon,
  LeaveIcon,
  MoreIcon,
  PersonIcon,
  SearchIcon,
} from '../../ui/icons.tsx'
import { later } from '../../ui/later.tsx'
import { Menu } from '../../ui/menu.tsx'
import type { MenuItem } from '../../ui/menu-items.tsx'
import { channelName, isNoteToSelf, otherIn } from '../../ui/names.ts'
import { presenceWords } from '../../ui/presence-words.ts'
import { useAction } from '../../ui/use-action.ts'
import { WaitingBar } from '../../ui/waiting.tsx'
import { chatItems } from '../chats/chat-items.tsx'

const LeaveDialog = later(
  async () => (await import('../details/leave-dialog.tsx')).LeaveDialog,
  WaitingBar,
)
const JumpToDate = later(async () => (await import('./jump-to-date.tsx')).JumpToDate, WaitingBar)

interface Props {
  channel: Channel | null
  showsDetails: boolean
}

export function ConversationHead({ channel, showsDetails }: Props) {
  const [isLeaving, setLeaving] = useState(false)
  const { error, run } = useAction()
  const [isJumping, setJumping] = useState(false)
  const words = text.conversation
  useGroupPresence(channel)

  return (
    <header class="conversation-head">
      <button
        type="button"
        class="icon-button only-narrow"
        aria-label={words.back}
        onClick={() => back('/')}
      >
        <BackIcon />
      </button>
      {channel === null && <h1 class="visually-hidden">{words.chat}</h1>}
      {channel !== null && (
        <>
          <ChannelAvatar channel={channel} size={32} />
          <div class="conversation-title">
            <h1 dir="auto">{channelName(channel)}</h1>
            <p>{subtitle(channel)}</p>
          </div>
          <button
            type="button"
            class="icon-button"
            aria-label={words.search}
            onClick={() => openSearch(channel.channelId)}
          >
            <SearchIcon />
          </button>
          <Menu
            label={words.menu}
            icon={<MoreIcon />}
            items={items(channel, showsDetails, chatItems(channel, true, run), {
              leave: () => setLeaving(true),
              jump: () => setJumping(true),
            })}
          />
        </>
      )}
      <ErrorLine error={error} />
      {isJumping && channel !== null && (
        <JumpToDate channel={channel} onClose={() => setJumping(false)} />
      )}
      {isLeaving && channel !== null && (
        <LeaveDialog channel={channel} onClose={() => setLeaving(false)} />
      )}
    </header>
  )
}

function items(
  channel: Channel,
  showsDetails: boolean,
  own: MenuItem[],
  on: { leave: () => void; jump: () => void },
): MenuItem[] {
  const chat = channelPath(channel.channelId)
  const details = {
    label: text.conversation.details,
    icon: <InfoIcon />,
    onSelect: () => (showsDetails ? back(chat) : navigate(channelPath(channel.channelId, true))),
  }
  if (channel.leftAt !== null) return [details, ...own]
  const jump = {
    label: text.conversation.jumpToDateMenu,
    icon: <CalendarIcon />,
    onSelect: on.jump,
  }
  if (channel.kind === 'dm') {
    const other = otherIn(channel)
    if (other === null) return [details, jump, ...own]
    const profile = {
      label: text.people.profile,
      icon: <PersonIcon />,
      onSelect: () => navigate(personPath(other.userId)),
    }
    return [profile, details, jump, ...own]
  }
  const leave = {
    label: text.conversation.leave,
    icon: <LeaveIcon />,
    danger: true,
    onSelect: on.leave,
  }
  return [details, jump, ...own, leave]
}

function subtitle(channel: Channel): string {
  if (connection.value === 'connecting') return text.chats.connecting
  if (connection.value === 'offline') return text.chats.offline
  if (channel.kind === 'group') return groupLine(channel)
  const other = otherIn(channel)
  if (other !== null) return presenceWords(presenceNow(other.userId))
  return isNoteToSelf(channel) ? text.conversation.selfHint : ''
}

function groupLine({ memberCount, members }: Channel): string {
  const count = text.conversation.members(memberCount)
  const online = (members ?? []).filter(({ userId }) => presenceNow(userId).status === 'online')
  return online.length > 1 ? text.conversation.membersOnline(count, online.length) : count
}

/** Who is in a group is not watched but asked when one comes in, and again after a connection was lost. */
function useGroupPresence(channel: Channel | null): void {
  const groupId = channel?.kind === 'group' && channel.leftAt === null ? channel.channelId : null
  const isConnected = connection.value === 'fine'
  useEffect(() => {
    if (groupId === null || !isConnected) return
    client.people.channelPresence(groupId).catch(() => {
      // Nobody is shown as being there, then.
    })
  }, [groupId, isConnected])
}
