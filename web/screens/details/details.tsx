import type { Channel } from '../../../protocol/objects.ts'
import { may } from '../../../protocol/permissions.ts'
import { laterText } from '../../later-text.ts'
import { text } from '../../text.ts'
import { ChannelAvatar } from '../../ui/channel-avatar.tsx'
import { CloseIcon } from '../../ui/icons.tsx'
import { channelFace, channelName, isNoteToSelf } from '../../ui/names.ts'
import { AddMember } from './add-member.tsx'
import { ExportButton } from './export-button.tsx'
import { Invites } from './invites.tsx'
import { LeaveButton } from './leave-button.tsx'
import { Members } from './members.tsx'
import { Notifications } from './notifications.tsx'
import { RenameGroup } from './rename-group.tsx'

interface Props {
  channel: Channel
  onClose: () => void
}

/** Who is in a chat, and what one may change about it. */
export function Details({ channel, onClose }: Props) {
  const words = laterText.details
  const isGroup = channel.kind === 'group'
  const isMember = channel.leftAt === null
  const other = channel.members?.find(({ userId }) => userId === channelFace(channel))

  return (
    <section class="details" aria-label={text.conversation.details}>
      <header class="details-head">
        <h1>{isGroup ? words.groupTitle : words.personTitle}</h1>
        <button type="button" class="icon-button" aria-label={words.close} onClick={onClose}>
          <CloseIcon />
        </button>
      </header>
      <div class="details-face">
        <ChannelAvatar channel={channel} size={72} />
        <p class="details-name" dir="auto">
          {channelName(channel)}
        </p>
        <p class="details-sub">
          {isGroup && text.conversation.members(channel.memberCount)}
          {!isGroup && !isNoteToSelf(channel) && other?.handle != null && `@${other.handle}`}
          {isNoteToSelf(channel) && text.conversation.selfHint}
        </p>
      </div>
      {isMember && !isNoteToSelf(channel) && <Notifications channel={channel} />}
      {isMember && !isGroup && <ExportButton channel={channel} />}
      {isGroup && isMember && (
        <>
          {may(channel, 'rename') && (
            <RenameGroup
              key={channel.title}
              channelId={channel.channelId}
              title={channel.title ?? ''}
            />
          )}
          {may(channel, 'add') && <AddMember channelId={channel.channelId} />}
          {may(channel, 'invite') && <Invites channel={channel} />}
          <Members channel={channel} />
          <ExportButton channel={channel} />
          <LeaveButton channel={channel} />
        </>
      )}
    </section>
  )
}
