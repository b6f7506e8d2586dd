import { useState } from 'preact/hooks'
import type { User } from '../../../protocol/objects.ts'
import { channelPath, navigate, personPath } from '../../router.ts'
import { client } from '../../state/client.ts'
import { findPerson } from '../../state/find-person.ts'
import { text } from '../../text.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { ErrorLine } from '../../ui/error-line.tsx'
import { Field } from '../../ui/field.tsx'
import { Link } from '../../ui/link.tsx'
import { useAction } from '../../ui/use-action.ts'

/** Handle in, person out, and from there into a chat. */
export function FindPerson({ onClose }: { onClose: () => void }) {
  const [handle, setHandle] = useState('')
  const [person, setPerson] = useState<User | null>(null)
  const { busy, error, setError, run } = useAction()
  const words = text.find

  function find(event: Event) {
    event.preventDefault()
    void run(async () => {
      const found = await findPerson(handle)
      if (found.ok) setPerson(found.user)
      else setError(found.words)
    })
  }

  return (
    <Dialog title={words.title} onClose={onClose}>
      <form onSubmit={find} class="inline-form">
        <Field
          label={words.handle}
          value={handle}
          onValue={(value) => {
            setHandle(value)
            setPerson(null)
            setError(null)
          }}
          placeholder={words.placeholder}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          takesFocus
        />
        <button type="submit" class="button" disabled={busy || handle.trim() === ''}>
          {words.find}
        </button>
      </form>
      <ErrorLine error={error} />
      {person !== null && (
        <div class="person-row">
          <Link href={personPath(person.userId)} class="person-link" onClick={onClose}>
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
            class="button button-primary"
            disabled={busy}
            onClick={() =>
              void run(async () => {
                const { channelId } = await client.openDm(person.userId)
                onClose()
                navigate(channelPath(channelId))
              })
            }
          >
            {words.chat}
          </button>
        </div>
      )}
    </Dialog>
  )
}
