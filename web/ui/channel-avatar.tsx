import type { Channel } from '../../protocol/objects.ts'
import { Avatar } from './avatar.tsx'
import { NoteIcon } from './icons.tsx'
import { channelFace, channelName, isNoteToSelf } from './names.ts'

interface Props {
  channel: Channel
  size: 32 | 44 | 72
}

/** The face of a chat: the other person's, the group's, or a note. */
export function ChannelAvatar({ channel, size }: Props) {
  return (
    <Avatar id={channelFace(channel)} name={channelName(channel)} size={size}>
      {isNoteToSelf(channel) ? <NoteIcon /> : undefined}
    </Avatar>
  )
}
