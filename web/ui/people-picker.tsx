import { useState } from 'preact/hooks'
import type { User } from '../../protocol/objects.ts'
import { findPerson } from '../state/find-person.ts'
import { text } from '../text.ts'
import { Avatar } from './avatar.tsx'
import { Field } from './field.tsx'
import { CloseIcon } from './icons.tsx'
import { isSelf } from './names.ts'
import { useAction } from './use-action.ts'

interface Props {
  people: readonly User[]
  onPeople: (people: User[]) => void
}

/** Several people by handle: type one, press Enter, type the next. */
export function PeoplePicker({ people, onPeople }: Props) {
  const [handle, setHandle] = useState('')
  const { busy, error, setError, run } = useAction()
  const words = text.group

  function add(event: Event) {
    event.preventDefault()
    if (handle.trim() === '') return
    void run(async () => {
      const found = await findPerson(handle)
      if (!found.ok) return setError(found.words)
      const { user } = found
      if (isSelf(user.userId)) return setError(words.selfIn)
      if (people.some(({ userId }) => userId === user.userId)) return setError(words.alreadyIn)
      onPeople([...people, user])
      setHandle('')
    })
  }

  return (
    <>
      <form onSubmit={add} class="inline-form">
        <Field
          label={words.people}
          value={handle}
          onValue={(value) => {
            setHandle(value)
            setError(null)
          }}
          hint={words.peopleHint}
          error={error}
          placeholder={text.find.placeholder}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
        />
        <button type="submit" class="button" disabled={busy}>
          {words.add}
        </button>
      </form>
      <ul class="picked">
        {people.map((person) => (
          <li key={person.userId} class="person-row">
            <Avatar id={person.userId} name={person.name} size={32} />
            <span class="person-text">
              <span class="person-name" dir="auto">
                {person.name}
              </span>
              <span class="person-handle">@{person.handle}</span>
            </span>
            <button
              type="button"
              class="icon-button"
              aria-label={words.remove(person.name)}
              onClick={() => onPeople(people.filter(({ userId }) => userId !== person.userId))}
            >
              <CloseIcon />
            </button>
          </li>
        ))}
      </ul>
    </>
  )
}
