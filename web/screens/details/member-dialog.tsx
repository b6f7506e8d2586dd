import type { Channel } from '../../../protocol/objects.ts'
import { client } from '../../state/client.ts'
import { laterText } from '../../later-text.ts'
import { text } from '../../text.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import type { Asked } from './member-items.tsx'

interface Props {
  channel: Channel
  asked: Asked
  onClose: () => void
}

/** Asks before a member is removed, or becomes the owner. */
export function MemberDialog({ channel, asked: { deed, member }, onClose }: Props) {
  const words = laterText.details
  const title = channel.title ?? ''
  if (deed === 'remove') {
    return (
      <ConfirmDialog
        title={words.removeTitle(member.name)}
        body={words.removeBody(member.name, title)}
        confirm={text.group.remove(member.name)}
        action={() => client.removeMember(channel.channelId, member.userId)}
        onClose={onClose}
      />
    )
  }
  return (
    <ConfirmDialog
      title={words.handOverTitle(title, member.name)}
      body={words.handOverBody(member.name)}
      confirm={words.handOverConfirm}
      action={async () => void (await client.setRole(channel.channelId, member.userId, 'owner'))}
      onClose={onClose}
    />
  )
}
