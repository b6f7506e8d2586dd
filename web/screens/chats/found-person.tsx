import type { User } from '../../../protocol/objects.ts'
import { personPath } from '../../router.ts'
import { text } from '../../text.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { Link } from '../../ui/link.tsx'

interface Props {
  person: User
  busy: boolean
  onChat: () => void
  onLeave: () => void
}

/** Somebody who was found: to their profile, or into a chat. */
export function FoundPerson({ person, busy, onChat, onLeave }: Props) {
  return (
    <li class="person-row">
      <Link href={personPath(person.userId)} class="person-link" onClick={onLeave}>
        <Avatar id={person.userId} name={person.name} image={person.image} size={44} />
        <span class="person-text">
          <span class="person-name" dir="auto">
            {person.name}
          </span>
          <span class="person-handle">@{person.handle}</span>
        </span>
      </Link>
      <button
        type="button"
        class="button"
        disabled={busy}
        aria-label={text.find.chatWith(person.name)}
        onClick={onChat}
      >
        {text.find.chat}
      </button>
    </li>
  )
}
