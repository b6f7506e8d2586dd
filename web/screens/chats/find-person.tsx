import { useState } from 'preact/hooks'
import type { User } from '../../../protocol/objects.ts'
import { channelPath, navigate } from '../../router.ts'
import { client } from '../../state/client.ts'
import { findPerson } from '../../state/find-person.ts'
import { text } from '../../text.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { ErrorLine } from '../../ui/error-line.tsx'
import { Field } from '../../ui/field.tsx'
import { useAction } from '../../ui/use-action.ts'
import { FoundPerson } from './found-person.tsx'
import { useSuggested } from './use-suggested.ts'

/** Handle in, or how it begins; people out, and from there into a chat. */
export function FindPerson({ onClose }: { onClose: () => void }) {
  const [handle, setHandle] = useState('')
  const [exact, setExact] = useState<User | null>(null)
  const suggested = useSuggested(handle)
  const { busy, error, setError, run } = useAction()
  const words = text.find
  const found = exact === null ? suggested : [exact]

  function find(event: Event) {
    event.preventDefault()
    void run(async () => {
      const answer = await findPerson(handle)
      if (answer.ok) setExact(answer.user)
      else setError(answer.words)
    })
  }

  function chat(person: User) {
    void run(async () => {
      const { channelId } = await client.openDm(person.userId)
      onClose()
      navigate(channelPath(channelId))
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
            setExact(null)
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
      <p class="visually-hidden" role="status">
        {found.length > 0 && words.found(found.length)}
      </p>
      {found.length > 0 && (
        <ul class="found" aria-label={words.people}>
          {found.map((person) => (
            <FoundPerson
              key={person.userId}
              person={person}
              busy={busy}
              onChat={() => chat(person)}
              onLeave={onClose}
            />
          ))}
        </ul>
      )}
    </Dialog>
  )
}
