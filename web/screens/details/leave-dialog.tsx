import type { Channel } from '../../../protocol/objects.ts'
import { navigate } from '../../router.ts'
import { client } from '../../state/client.ts'
import { laterText } from '../../later-text.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'

interface Props {
  channel: Channel
  onClose: () => void
}

export function LeaveDialog({ channel, onClose }: Props) {
  const words = laterText.details
  return (
    <ConfirmDialog
      title={words.leaveTitle(channel.title ?? '')}
      body={words.leaveBody}
      confirm={words.leave}
      action={async () => {
        await client.leave(channel.channelId)
        navigate('/')
      }}
      onClose={onClose}
    />
  )
}
