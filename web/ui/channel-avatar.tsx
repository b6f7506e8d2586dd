import type { Channel } from '../../protocol/objects.ts'
import { Avatar } from './avatar.tsx'
import { Face } from './face.tsx'
import { NoteIcon } from './icons.tsx'
import { channelFace, channelName, isNoteToSelf, otherIn } from './names.ts'

interface Props {
  channel: Channel
  size: 32 | 44 | 72
}

/** The face of a chat: the other person's, the group's, or a note. */
export function ChannelAvatar({ channel, size }: Props) {
  const other = channel.kind === 'dm' ? otherIn(channel) : null
  if (other !== null) return <Face {...other} size={size} />
  return (
    <Avatar id={channelFace(channel)} name={channelName(channel)} size={size}>
      {isNoteToSelf(channel) ? <NoteIcon /> : undefined}
    </Avatar>
  )
}
