import { useState } from 'preact/hooks'
import type { Contact, ContactState } from '../../../protocol/objects.ts'
import { back, personPath } from '../../router.ts'
import { contacts, presenceNow } from '../../state/people.ts'
import { text } from '../../text.ts'
import { Face } from '../../ui/face.tsx'
import { BackIcon } from '../../ui/icons.tsx'
import { Link } from '../../ui/link.tsx'
import { presenceWords } from '../../ui/presence-words.ts'
import { FindPerson } from '../chats/find-person.tsx'
import { PersonActions } from './person-actions.tsx'

const SECTIONS: readonly Exclude<ContactState, 'none'>[] = [
  'incoming',
  'friend',
  'requested',
  'blocked',
]

/** Who wants to be a friend, who is one, who was asked, and who is blocked. */
export function People() {
  const [finding, setFinding] = useState(false)
  const words = text.people
  return (
    <section class="content" aria-labelledby="people-title">
      <header class="conversation-head">
        <button
          type="button"
          class="icon-button only-narrow"
          aria-label={text.conversation.back}
          onClick={() => back('/')}
        >
          <BackIcon />
        </button>
        <h1 id="people-title" class="head-title">
          {words.title}
        </h1>
        <button type="button" class="button" onClick={() => setFinding(true)}>
          {words.find}
        </button>
      </header>
      <div class="settings">
        {contacts.value.length === 0 && <p class="settings-hint">{words.none}</p>}
        {SECTIONS.map((state) => (
          <Section key={state} state={state} />
        ))}
      </div>
      {finding && <FindPerson onClose={() => setFinding(false)} />}
    </section>
  )
}

function Section({ state }: { state: Exclude<ContactState, 'none'> }) {
  const listed = contacts.value.filter((contact) => contact.state === state)
  if (listed.length === 0) return null
  const title = text.people.sections[state]
  return (
    <section aria-labelledby={`people-${state}`}>
      <h2 id={`people-${state}`}>{title}</h2>
      <ul aria-labelledby={`people-${state}`}>
        {listed.map((contact) => (
          <PersonRow key={contact.user.userId} contact={contact} />
        ))}
      </ul>
    </section>
  )
}

function PersonRow({ contact }: { contact: Contact }) {
  const { user, state } = contact
  const line = state === 'friend' ? presenceWords(presenceNow(user.userId)) : ''
  return (
    <li class="person-row">
      <Link href={personPath(user.userId)} class="person-link">
        <Face {...user} size={44} />
        <span class="person-text">
          <span class="person-name" dir="auto">
            {user.name}
          </span>
          <span class="person-handle">
            {line !== '' ? line : user.handle !== null && `@${user.handle}`}
          </span>
        </span>
      </Link>
      {state !== 'friend' && <PersonActions user={user} short />}
    </li>
  )
}
