import { useState } from 'preact/hooks'
import { client } from '../../state/client.ts'
import { findPerson } from '../../state/find-person.ts'
import { laterText } from '../../later-text.ts'
import { text } from '../../text.ts'
import { Field } from '../../ui/field.tsx'
import { useAction } from '../../ui/use-action.ts'

export function AddMember({ channelId }: { channelId: string }) {
  const [handle, setHandle] = useState('')
  const { busy, error, setError, run } = useAction()

  function add(event: Event) {
    event.preventDefault()
    void run(async () => {
      const found = await findPerson(handle)
      if (!found.ok) return setError(found.words)
      await client.addMember(channelId, found.user.userId)
      setHandle('')
    })
  }

  return (
    <form onSubmit={add} class="inline-form details-section">
      <Field
        label={laterText.details.addMember}
        value={handle}
        onValue={(value) => {
          setHandle(value)
          setError(null)
        }}
        error={error}
        placeholder={text.find.placeholder}
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
      />
      <button type="submit" class="button" disabled={busy || handle.trim() === ''}>
        {text.group.add}
      </button>
    </form>
  )
}
