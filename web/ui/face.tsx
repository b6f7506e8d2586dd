import type { ComponentChildren } from 'preact'
import { presenceNow } from '../state/people.ts'
import { text } from '../text.ts'
import { Avatar } from './avatar.tsx'

interface Props {
  userId: string
  name: string
  image: string | null
  size: 32 | 44 | 72
  /** Instead of initials. */
  children?: ComponentChildren
}

/** Somebody's picture, with a dot while they are there. */
export function Face({ userId, name, image, size, children }: Props) {
  const { status } = presenceNow(userId)
  return (
    <span class="face">
      <Avatar id={userId} name={name} image={image} size={size}>
        {children}
      </Avatar>
      {status === 'online' && (
        <span class={`dot dot-${size}`} role="img" aria-label={text.people.online} />
      )}
    </span>
  )
}
